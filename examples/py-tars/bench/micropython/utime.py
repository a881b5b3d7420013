"""Stand-in for MicroPython's `utime`: the clock of this machine, in milliseconds that wrap around as on the board."""

from __future__ import annotations

from time import gmtime, monotonic_ns, sleep, time

__all__ = ["gmtime", "sleep", "sleep_ms", "ticks_add", "ticks_diff", "ticks_ms", "time"]

PERIOD = 1 << 30


def ticks_ms() -> int:
    """Return milliseconds since some moment, modulo the period."""
    return monotonic_ns() // 1_000_000 % PERIOD


def ticks_add(ticks: int, delta: int) -> int:
    """Return the moment that is so much later or earlier."""
    return (ticks + delta) % PERIOD


def ticks_diff(end: int, start: int) -> int:
    """Return the time between two moments that lie less than half a period apart."""
    return (end - start + PERIOD // 2) % PERIOD - PERIOD // 2


def sleep_ms(milliseconds: int) -> None:
    """Wait."""
    sleep(milliseconds / 1000)
