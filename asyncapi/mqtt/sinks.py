"""Which calls publish and subscribe: their argument positions and defaults, as data.

Defaults are those the libraries document; a team adds rows for its own clients in portal.toml.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from asyncapi.sites import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """One call that publishes or subscribes.

    `name` is the method's or function's last name; `owners` the dotted classes (or modules) it belongs to,
    empty for any. Arguments are given by position and keywords: `topic=(0, "topic")`; position -1 means by
    keyword only. `form` says how it is written: a call, a decorator, or a constructor. `many` takes lists;
    `within` names a handler for part of what another call subscribes to. `decodes` tells that the library reads
    messages into what the handler's parameters are annotated with. `held` tells that topic, QoS and retain flag are
    arguments of what made the object; `prefix` is an argument of what made the router, and comes before each topic.
    A decorator that sends, sends what the function below it returns.
    """

    action: Action
    name: str
    owners: tuple[str, ...] = ()
    topic: tuple[int, str] = (0, "topic")
    payload: tuple[int, str] | None = None
    qos: tuple[int, str] | None = None
    retain: tuple[int, str] | None = None
    handler: tuple[int, str] | None = None
    default_qos: int | None = None
    default_retain: bool | None = None
    form: Literal["call", "decorator", "constructor"] = "call"
    many: bool = False
    implied: bool = False
    within: bool = False
    decodes: bool = False
    held: bool = False
    prefix: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """An edge that follows from constructing a library object we cannot read.

    `topic` may hold `{argument}` names of the constructor; `when` names arguments that must have the value
    given beside them (or be left out where `default` holds the same).
    """

    constructor: str
    action: Action
    topic: str
    when: tuple[tuple[str, bool], ...] = ()
    defaults: tuple[tuple[str, str | bool], ...] = ()
    qos: int | None = None
    retain: bool | None = None
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkTable:
    """Everything the scanner takes for granted about libraries, and the envelopes (class, field) it is told of."""

    sinks: tuple[Sink, ...] = ()
    implies: tuple[Implied, ...] = field(default=())
    environment: tuple[str, ...] = ()
    envelopes: tuple[tuple[str, str], ...] = ()

    def extended(self, other: SinkTable) -> SinkTable:
        """Return this table with a team's rows in front."""
        return SinkTable(
            sinks=(*other.sinks, *self.sinks),
            implies=(*other.implies, *self.implies),
            environment=(*other.environment, *self.environment),
            envelopes=(*other.envelopes, *self.envelopes),
        )


PAHO = (
    "paho.mqtt.client.Client",
    "paho.mqtt.Client",
)
AIOMQTT = ("aiomqtt.Client", "aiomqtt.client.Client", "asyncio_mqtt.Client", "asyncio_mqtt.client.Client")
GMQTT = ("gmqtt.Client", "gmqtt.client.Client")
UMQTT = (
    "umqtt.simple.MQTTClient",
    "umqtt.robust.MQTTClient",
    "umqtt.simple2.MQTTClient",
    "umqtt.robust2.MQTTClient",
    "umqttsimple.MQTTClient",
    "adafruit_minimqtt.adafruit_minimqtt.MQTT",
)
MQTT_AS = ("mqtt_as.MQTTClient", "mqtt_as.mqtt_as.MQTTClient")
FASTAPI_MQTT = ("fastapi_mqtt.FastMQTT", "fastapi_mqtt.fastmqtt.FastMQTT")
AMQTT = ("amqtt.client.MQTTClient", "hbmqtt.client.MQTTClient", "amqtt.MQTTClient")
AWS_IOT = ("AWSIoTPythonSDK.MQTTLib.AWSIoTMQTTClient", "awscrt.mqtt.Connection")
FLASK = ("flask_mqtt.Mqtt",)
FASTSTREAM = ("faststream.mqtt.MQTTBroker", "faststream.mqtt.broker.MQTTBroker", "faststream.mqtt.fastapi.MQTTRouter")
FASTSTREAM_ROUTERS = ("faststream.mqtt.MQTTRouter", "faststream.mqtt.broker.MQTTRouter")
HELD = frozenset(f"{owner}.publisher" for owner in (*FASTSTREAM, *FASTSTREAM_ROUTERS))
HOME_ASSISTANT = ("homeassistant.components.mqtt",)

_Q0 = {"default_qos": 0}
_Q0_PLAIN = {"default_qos": 0, "default_retain": False}


def _publish(owners: tuple[str, ...], **facts: object) -> Sink:
    """Row of the usual signature: publish(topic, payload=None, qos=0, retain=False)."""
    usual = {"name": "publish", "payload": (1, "payload"), "qos": (2, "qos"), "retain": (3, "retain")}
    return Sink(action="send", owners=owners, **{**usual, **_Q0_PLAIN, **facts})  # type: ignore[arg-type]


def _subscribe(owners: tuple[str, ...], **facts: object) -> Sink:
    """Row of the usual signature: subscribe(topic, qos=0)."""
    usual = {"name": "subscribe", "qos": (1, "qos"), "many": True, **_Q0, **facts}
    return Sink(action="receive", owners=owners, **usual)  # type: ignore[arg-type]


def _faststream(owners: tuple[str, ...], prefix: tuple[int, str] | None) -> Iterator[Sink]:
    """Rows of brokers and routers: handlers and publishers as decorators, publishers as objects to call later."""
    said = {"qos": (-1, "qos"), "retain": (-1, "retain"), "prefix": prefix}
    for form in ("decorator", "call"):
        yield _subscribe(owners, name="subscriber", qos=(-1, "qos"), form=form, decodes=True, prefix=prefix, many=False)
    yield _publish(owners, name="publisher", payload=None, form="decorator", **said)
    yield _publish(tuple(f"{owner}.publisher" for owner in owners), payload=(0, "message"), held=True, **said)


BUILTIN = SinkTable(
    sinks=(
        _publish(PAHO),
        _subscribe(PAHO),
        Sink(
            action="send",
            name="will_set",
            owners=PAHO,
            payload=(1, "payload"),
            qos=(2, "qos"),
            retain=(3, "retain"),
            implied=True,
            default_qos=0,
            default_retain=False,
        ),
        Sink(
            action="receive",
            name="message_callback_add",
            owners=PAHO,
            topic=(0, "sub"),
            handler=(1, "callback"),
            within=True,
        ),
        Sink(
            action="send",
            name="single",
            owners=("paho.mqtt.publish", "aiomqtt"),
            payload=(1, "payload"),
            qos=(2, "qos"),
            retain=(3, "retain"),
            default_qos=0,
            default_retain=False,
        ),
        Sink(
            action="send",
            name="multiple",
            owners=("paho.mqtt.publish",),
            topic=(0, "msgs"),
            payload=(-1, "payload"),
            default_qos=0,
            default_retain=False,
            many=True,
        ),
        Sink(
            action="receive",
            name="simple",
            owners=("paho.mqtt.subscribe",),
            topic=(0, "topics"),
            qos=(1, "qos"),
            default_qos=0,
            many=True,
        ),
        Sink(
            action="receive",
            name="callback",
            owners=("paho.mqtt.subscribe",),
            topic=(1, "topics"),
            handler=(0, "callback"),
            qos=(2, "qos"),
            default_qos=0,
            many=True,
        ),
        _publish(AIOMQTT),
        _subscribe(AIOMQTT),
        Sink(
            action="send",
            name="Will",
            owners=("aiomqtt", "aiomqtt.client", "asyncio_mqtt", "asyncio_mqtt.client"),
            payload=(1, "payload"),
            qos=(2, "qos"),
            retain=(3, "retain"),
            form="constructor",
            implied=True,
            default_qos=0,
            default_retain=False,
        ),
        _publish(GMQTT, topic=(0, "message_or_topic")),
        _subscribe(GMQTT, topic=(0, "subscription_or_topic")),
        Sink(
            action="send",
            name="Message",
            owners=("gmqtt", "gmqtt.client"),
            payload=(1, "payload"),
            qos=(2, "qos"),
            retain=(3, "retain"),
            form="constructor",
            implied=True,
            default_qos=0,
            default_retain=False,
        ),
        _publish(UMQTT, payload=(1, "msg"), retain=(2, "retain"), qos=(3, "qos")),
        _subscribe(UMQTT),
        Sink(
            action="send",
            name="set_last_will",
            owners=UMQTT,
            payload=(1, "msg"),
            retain=(2, "retain"),
            qos=(3, "qos"),
            implied=True,
            default_qos=0,
            default_retain=False,
        ),
        _publish(MQTT_AS, payload=(1, "msg"), retain=(2, "retain"), qos=(3, "qos")),
        _subscribe(MQTT_AS),
        Sink(
            action="send",
            name="MQTTConfig",
            owners=("fastapi_mqtt", "fastapi_mqtt.config"),
            topic=(-1, "will_message_topic"),
            payload=(-1, "will_message_payload"),
            form="constructor",
            implied=True,
            default_qos=0,
            default_retain=False,
        ),
        _publish(FASTAPI_MQTT, topic=(0, "message_or_topic")),
        Sink(
            action="receive",
            name="subscribe",
            owners=FASTAPI_MQTT,
            topic=(0, "topics"),
            qos=(-1, "qos"),
            default_qos=0,
            form="decorator",
            many=True,
        ),
        _publish(AMQTT, payload=(1, "message"), default_qos=None, default_retain=False),
        Sink(action="receive", name="subscribe", owners=AMQTT, topic=(0, "topics"), many=True),
        _publish(AWS_IOT, retain=None, qos=(2, "QoS"), default_qos=None),
        _subscribe(AWS_IOT, qos=(1, "QoS"), handler=(2, "callback")),
        Sink(action="send", name="publishAsync", owners=AWS_IOT, payload=(1, "payload"), qos=(2, "QoS")),
        Sink(action="receive", name="subscribeAsync", owners=AWS_IOT, qos=(1, "QoS"), handler=(3, "messageCallback")),
        Sink(
            action="send",
            name="configureLastWill",
            owners=AWS_IOT,
            payload=(1, "payload"),
            qos=(2, "QoS"),
            retain=(3, "retain"),
            implied=True,
            default_retain=False,
        ),
        _publish(FLASK),
        _subscribe(FLASK),
        Sink(action="receive", name="on_topic", owners=FLASK, form="decorator", within=True),
        Sink(
            action="send",
            name="async_publish",
            owners=HOME_ASSISTANT,
            topic=(1, "topic"),
            payload=(2, "payload"),
            qos=(3, "qos"),
            retain=(4, "retain"),
            default_qos=0,
            default_retain=False,
        ),
        Sink(
            action="receive",
            name="async_subscribe",
            owners=HOME_ASSISTANT,
            topic=(1, "topic"),
            handler=(2, "msg_callback"),
            qos=(3, "qos"),
            default_qos=0,
        ),
        *_faststream(FASTSTREAM, None),
        *_faststream(FASTSTREAM_ROUTERS, (0, "prefix")),
        _publish(FASTSTREAM, topic=(1, "topic"), payload=(0, "message"), qos=(-1, "qos"), retain=(-1, "retain")),
        _publish(FASTSTREAM, name="request", topic=(1, "topic"), payload=(0, "message"), qos=(-1, "qos")),
        _publish((), default_qos=None, default_retain=None),
        _subscribe((), default_qos=None),
        Sink(
            action="send",
            name="will_set",
            payload=(1, "payload"),
            qos=(2, "qos"),
            retain=(3, "retain"),
            implied=True,
        ),
        Sink(action="receive", name="message_callback_add", topic=(0, "sub"), handler=(1, "callback"), within=True),
    ),
)
