"""Stand-in for MicroPython's MQTT client."""
