"""How the services of TARS talk to the broker."""

from tars.mqtt.client import MQTTClient, Sub

__all__ = ["MQTTClient", "Sub"]
