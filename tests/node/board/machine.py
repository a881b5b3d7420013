"""STAND-IN for `machine`: the pins of a board that is not there; each change of a pin is printed."""

from js import batteryMillivolts

DIVIDER = 10


class Pin:
    """A pin by its number."""

    def __init__(self, number):
        self.number = number


class PWM:
    """Pulses on a pin, told in microseconds."""

    def __init__(self, pin, freq=50):
        assert 0 < freq < 400, freq
        self.pin = pin

    def duty_ns(self, width):
        """Print the length that a pulse is to have."""
        assert isinstance(width, int), width
        print("pin", self.pin.number, width // 1000)


class ADC:
    """The voltage behind the divider of the battery."""

    def __init__(self, pin):
        self.pin = pin

    def read_uv(self):
        """Return microvolts."""
        return int(batteryMillivolts()) * 1000 // DIVIDER
