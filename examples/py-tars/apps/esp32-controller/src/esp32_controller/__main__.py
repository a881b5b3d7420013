"""What the board runs after it has found the network."""

import time

from machine import ADC, Pin

from esp32_controller.controller import Controller, log
from esp32_controller.servos import Servos
from esp32_controller.settings import load

RETRY_S = 2


def main():
    """Work for ever; after a loss of the broker, start anew."""
    sensor = ADC(Pin(35))
    controller = Controller(load(), Servos(), lambda: sensor.read_uv() // 100)
    while True:
        try:
            controller.connect()
            while True:
                controller.work()
                time.sleep(0.005)
        except OSError as error:
            log("warning", "broker lost", error=str(error))
            time.sleep(RETRY_S)


main()
