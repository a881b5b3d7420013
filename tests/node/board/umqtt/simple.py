"""STAND-IN for `umqtt.simple`, for an interpreter without sockets: the same methods and errors, carried by others."""

import json
from binascii import hexlify, unhexlify

from js import carry


class MQTTException(Exception):  # noqa: N818
    """The broker refused; as in the real module, no OSError."""


def ask(what, **about):
    """Have something done, and return what comes of it."""
    answer = json.loads(carry(json.dumps(dict(about, what=what))))
    if answer.get("refused"):
        raise MQTTException(answer["error"])
    if "error" in answer:
        raise OSError(answer["error"])
    return answer.get("value")


def text(data):
    """Return text or bytes as hexadecimal digits."""
    return hexlify(data.encode() if isinstance(data, str) else data).decode()


class MQTTClient:
    """A client that takes messages only when it is asked to."""

    def __init__(self, client_id, server, port=0, user=None, password=None, keepalive=0):
        self.settings = {"clientId": client_id.decode(), "server": server, "port": port or 1883, "keepalive": keepalive}
        if user:
            self.settings.update(username=user, password=password)
        self.callback = self.will = None

    def set_callback(self, f):
        """Say who takes messages, with topic and payload as bytes."""
        self.callback = f

    def set_last_will(self, topic, msg, retain=False, qos=0):
        """Leave a message for the case that the connection is lost."""
        assert 0 <= qos <= 2 and topic
        self.will = {"topic": text(topic), "payload": text(msg), "retain": retain, "qos": qos}

    def connect(self):
        """Connect; raises OSError when nobody answers, MQTTException when the broker refuses."""
        ask("connect", will=self.will, **self.settings)

    def disconnect(self):
        """Say goodbye."""
        ask("disconnect")

    def ping(self):
        """Do nothing; the carrier keeps the connection alive."""

    def publish(self, topic, msg, retain=False, qos=0):
        """Publish; with QoS 1, return when the broker has it."""
        assert qos in (0, 1)
        ask("publish", topic=text(topic), payload=text(msg), retain=retain, qos=qos)

    def subscribe(self, topic, qos=0):
        """Subscribe."""
        assert self.callback is not None, "Subscribe callback is not set"
        ask("subscribe", topic=text(topic), qos=qos)

    def check_msg(self):
        """Hand over a message, if there is one."""
        found = ask("look")
        if found:
            self.callback(unhexlify(found[0]), unhexlify(found[1]))
