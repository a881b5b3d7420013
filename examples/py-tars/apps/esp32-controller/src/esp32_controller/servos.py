"""The servos: pulse widths on the pins of the board."""

from machine import PWM, Pin

PINS = {"0": 13, "1": 12, "2": 14, "3": 27, "4": 26}
SHORTEST_US, LONGEST_US = 500, 2500


class Servos:
    """All servos by channel; without power until the first position."""

    def __init__(self):
        self.motors = {channel: PWM(Pin(pin), freq=50) for channel, pin in PINS.items()}

    def set(self, channels):
        """Move the servos that are named; pulse widths in microseconds, kept within what a servo can stand."""
        for channel, width in channels.items():
            motor = self.motors.get(channel)
            if motor:
                motor.duty_ns(min(max(width, SHORTEST_US), LONGEST_US) * 1000)

    def off(self):
        """Take the power off all servos."""
        for motor in self.motors.values():
            motor.duty_ns(0)
