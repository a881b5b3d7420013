"""Stand-in for MicroPython's `machine`: pins that lead nowhere."""

from __future__ import annotations


class Pin:
    """A pin by its number."""

    def __init__(self, number: int) -> None:
        """Keep the number."""
        self.number = number


class PWM:
    """Pulses on a pin; keeps how long they are."""

    def __init__(self, pin: Pin, freq: int = 50) -> None:
        """Start without pulses."""
        self.pin, self.freq, self.width_ns = pin, freq, 0

    def duty_ns(self, width: int) -> None:
        """Set the length of a pulse."""
        self.width_ns = width


class ADC:
    """A voltage on a pin: always that of a full battery."""

    def __init__(self, pin: Pin) -> None:
        """Keep the pin."""
        self.pin = pin

    def read_uv(self) -> int:
        """Return microvolts behind the divider (1 : 10) of the board."""
        return 780_000
