"""STAND-IN for MicroPython's MQTT client."""
