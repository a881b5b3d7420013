"""Firmware that moves the servos (MicroPython, raw JSON)."""
