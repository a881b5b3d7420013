"""What the board runs after it has found the network."""

import utime
from machine import ADC, Pin
from umqtt.simple import MQTTException

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
                utime.sleep_ms(5)
        except (OSError, MQTTException) as error:
            log("warning", "broker lost", error=str(error))
            utime.sleep(RETRY_S)


main()
