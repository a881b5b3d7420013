"""Stand-in for `umqtt.simple`: the same methods and the same errors, on paho."""

from __future__ import annotations

import queue
from collections.abc import Callable

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode


class MQTTException(Exception):  # noqa: N818
    """The broker refused."""


class MQTTClient:
    """A client that takes messages only when it is asked to, on the caller's thread."""

    def __init__(
        self,
        client_id: bytes,
        server: str,
        port: int = 0,
        user: str | None = None,
        password: str | None = None,
        keepalive: int = 0,
    ) -> None:
        """Keep what connecting needs."""
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=client_id.decode())
        self._client.on_message = self._keep
        if user:
            self._client.username_pw_set(user, password)
        self._address = (server, port or 1883, keepalive or 60)
        self._incoming: queue.SimpleQueue[MQTTMessage] = queue.SimpleQueue()
        self._callback: Callable[[bytes, bytes], None] | None = None

    def set_callback(self, callback: Callable[[bytes, bytes], None]) -> None:
        """Say who takes messages, with topic and payload as bytes."""
        self._callback = callback

    def set_last_will(self, topic: bytes, msg: bytes | str, retain: bool = False, qos: int = 0) -> None:
        """Leave a message for the case that the connection is lost."""
        self._client.will_set(topic.decode(), msg, qos, retain)

    def connect(self) -> None:
        """Connect; raises OSError when nobody answers, MQTTException when the broker refuses."""
        host, port, keepalive = self._address
        self._client.connect(host, port, keepalive)
        while not self._client.is_connected():
            self._turn(0.1)

    def disconnect(self) -> None:
        """Say goodbye."""
        self._client.disconnect()

    def ping(self) -> None:
        """Do nothing; paho keeps the connection alive."""

    def publish(self, topic: bytes, msg: bytes | str, retain: bool = False, qos: int = 0) -> None:
        """Publish; with QoS 1, return when the broker has it."""
        sent = self._client.publish(topic.decode(), msg, qos, retain)
        while not sent.is_published():
            self._turn(0.1)

    def subscribe(self, topic: bytes, qos: int = 0) -> None:
        """Subscribe."""
        self._client.subscribe(topic.decode(), qos)

    def check_msg(self) -> None:
        """Hand over a message, if there is one."""
        self._turn(0)
        if not self._incoming.empty():
            message = self._incoming.get()
            assert self._callback is not None
            self._callback(message.topic.encode(), bytes(message.payload))

    def _turn(self, seconds: float) -> None:
        if self._client.loop(seconds) != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise OSError("connection lost")

    def _keep(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self._incoming.put(message)
