"""How families of client libraries behave: what handlers are given, what waits, what is an event; as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientStyle:
    """How a family of clients behaves: the classes, the arguments a handler gets, what waits, what is an event.

    `arguments` are the names of what a handler is given: client, userdata, message, topic, payload and so on. `waits`
    are methods that come back only when the connection ends, `events` attributes that hold handlers of the client
    itself, `streams` attributes to loop over for messages, `answers` methods that wait for one message. `decorators`
    are (method, event whose handler it keeps), `owned` modules that the rows stand for, `aliases` (name, known name).
    """

    classes: tuple[str, ...]
    arguments: tuple[str, ...] = ("client", "userdata", "message")
    waits: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    decorators: tuple[tuple[str, str], ...] = ()
    answers: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()


EVENTS = ("on_connect", "on_disconnect", "on_subscribe", "on_publish", "on_pre_connect", "on_connect_fail")
STYLES = (
    ClientStyle(
        classes=("paho.mqtt.client.Client",),
        waits=("loop_forever",),
        events=EVENTS,
        decorators=(
            ("connect_callback", "on_connect"),
            ("disconnect_callback", "on_disconnect"),
            ("subscribe_callback", "on_subscribe"),
            ("message_callback", "on_message"),
            ("publish_callback", "on_publish"),
        ),
        owned=("paho",),
        aliases=(("paho.mqtt.Client", "paho.mqtt.client.Client"),),
    ),
    ClientStyle(
        classes=("aiomqtt.Client",),
        arguments=("message",),
        streams=("messages", "filtered_messages", "unfiltered_messages"),
        owned=("aiomqtt", "asyncio_mqtt"),
        aliases=(
            ("aiomqtt.client", "aiomqtt"),
            ("asyncio_mqtt.client", "aiomqtt"),
            ("asyncio_mqtt", "aiomqtt"),
            ("aiomqtt.message", "aiomqtt"),
            ("aiomqtt.topic", "aiomqtt"),
        ),
    ),
    ClientStyle(
        classes=("gmqtt.Client",),
        arguments=("client", "topic", "payload", "qos", "properties"),
        events=EVENTS,
        owned=("gmqtt",),
        aliases=(("gmqtt.client", "gmqtt"),),
    ),
    ClientStyle(
        classes=("fastapi_mqtt.FastMQTT",),
        arguments=("client", "topic", "payload", "qos", "properties"),
        decorators=(
            ("on_connect", "on_connect"),
            ("on_message", "on_message"),
            ("on_disconnect", "on_disconnect"),
            ("on_subscribe", "on_subscribe"),
        ),
        waits=(),
        owned=("fastapi_mqtt",),
        aliases=(("fastapi_mqtt.fastmqtt", "fastapi_mqtt"), ("fastapi_mqtt.config", "fastapi_mqtt")),
    ),
    ClientStyle(
        classes=("flask_mqtt.Mqtt",),
        decorators=(("on_connect", "on_connect"), ("on_message", "on_message"), ("on_disconnect", "on_disconnect")),
        owned=("flask_mqtt",),
    ),
    ClientStyle(
        classes=("umqtt.simple.MQTTClient", "adafruit_minimqtt.adafruit_minimqtt.MQTT"),
        arguments=("topic", "payload"),
        waits=("wait_msg", "check_msg", "loop"),
        owned=("umqtt", "umqttsimple", "adafruit_minimqtt"),
        aliases=(
            ("umqtt.robust", "umqtt.simple"),
            ("umqtt.simple2", "umqtt.simple"),
            ("umqtt.robust2", "umqtt.simple"),
            ("umqttsimple", "umqtt.simple"),
        ),
    ),
    ClientStyle(
        classes=("mqtt_as.MQTTClient",),
        arguments=("topic", "payload", "retained"),
        streams=("queue",),
        owned=("mqtt_as",),
        aliases=(("mqtt_as.mqtt_as", "mqtt_as"),),
    ),
    ClientStyle(
        classes=("amqtt.client.MQTTClient",),
        arguments=("message",),
        answers=("deliver_message",),
        owned=("amqtt", "hbmqtt"),
        aliases=(("hbmqtt.client", "amqtt.client"), ("amqtt.MQTTClient", "amqtt.client.MQTTClient")),
    ),
    ClientStyle(
        classes=("AWSIoTPythonSDK.MQTTLib.AWSIoTMQTTClient", "awscrt.mqtt.Connection"),
        owned=("AWSIoTPythonSDK", "awscrt", "awsiot"),
    ),
    ClientStyle(classes=("homeassistant.components.mqtt",), arguments=("message",)),
)
