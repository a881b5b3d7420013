"""What a program does to its MQTT clients in one run, written down in the order in which it happens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import each, key
from asyncapi.machine.values import (
    ABSENT,
    REST,
    Bound,
    Cell,
    Class,
    DictCell,
    Encoded,
    External,
    Func,
    Hole,
    HoledText,
    Instance,
    ListCell,
    Native,
    Opaque,
    Received,
    Spread,
    Tup,
    Union,
    Value,
)
from asyncapi.mqtt.effects import Arrival, Effect
from asyncapi.mqtt.sinks import Sink, SinkTable

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine
    from asyncapi.mqtt.styles import ClientStyle


class Recorder:
    """What one service's program does to its clients; `effects` in the order in which they happened."""

    def __init__(self) -> None:
        self.table = SinkTable()
        self.generic: dict[str, Sink] = {}
        self.effects: list[Effect] = []
        self.known: dict[object, Effect] = {}
        self.clients: list[Instance] = []
        self.styles: dict[int, ClientStyle] = {}
        self.births: dict[int, CallSite] = {}
        self.subscriptions: list[Effect] = []
        self.consumers: list[tuple[Instance | None, Callable[[Value], None], object]] = []
        self.delivered: set[object] = set()
        self.message: Arrival | None = None
        self.messages: list[Arrival] = []
        self.root = "run"
        self.made: list[tuple[str, tuple[Value, ...], dict[str, Value], CallSite]] = []

    def adopt(self, m: Machine, client: Instance, style: ClientStyle, at: CallSite) -> None:
        """Take in a new client; the own line that led to its making stands for what has no line of its own."""
        self.clients.append(client)
        self.styles[client.number] = style
        outward = (at, *(site for _, site in reversed(m.stack) if site is not None))
        self.births[client.number] = next((site for site in outward if site.own and site.line), at)

    def record(
        self,
        m: Machine,
        row: Sink,
        client: Instance | None,
        arguments: list[Value],
        named: dict[str, Value],
        at: CallSite,
        *,
        handler: Value = ABSENT,
        sure: bool = True,
    ) -> Value:
        """Write down one publish or subscribe, and return what the library gives back."""
        m.fails()
        argument = partial(_argument, m, arguments, named)
        topic = argument(row.topic)
        if topic is ABSENT:
            topic = (
                argument((row.topic[0], "sub"))
                if row.name == "message_callback_add"
                else Opaque("no topic is given", name="topic")
            )
        for one_topic, payload, qos, retain in self._messages(m, topic, row, argument):
            effect = Effect(
                row=row,
                client=client,
                topic=one_topic,
                payload=payload,
                qos=qos,
                retain=retain,
                handler=argument(row.handler) if handler is ABSENT else handler,
                at=at,
                stack=tuple(m.stack),
                assumed=dict(m.assumed),
                conditions=m.conditions,
                message=self.message,
                root=self.root,
                sure=sure,
            )
            self._keep(effect)
        if row.action == "receive":
            return Tup((0, Opaque("the number of a packet", kind="int")))
        return Opaque("what a publish gives back", name="info")

    def _keep(self, effect: Effect) -> None:
        parts = (effect.topic, effect.payload, effect.qos, effect.retain, effect.handler)
        name = (
            id(effect.row),
            effect.client.number if effect.client is not None else 0,
            effect.at.file,
            effect.at.line,
            tuple((id(code), site and site.line) for code, site in effect.stack),
            tuple(name_of(part) for part in parts),
            effect.message.number if effect.message is not None else 0,
            tuple(sorted((repr(k), repr(v)) for k, v in effect.assumed.items() if isinstance(k, Hole | tuple))),
        )
        if name in self.known:
            return
        self.known[name] = effect
        self.effects.append(effect)
        if effect.row.action == "receive":
            self.subscriptions.append(effect)

    def _messages(
        self, m: Machine, topic: Value, row: Sink, argument: Callable[[Any], Value]
    ) -> list[tuple[Value, Value, Value, Value]]:
        """Return (topic, payload, QoS, retain) of each message that one call sends, or of each filter it takes."""
        payload, qos, retain = argument(row.payload), argument(row.qos), argument(row.retain)
        if row.action == "send" and row.many:
            found = []
            for one, _ in items.listed(m, topic, None):
                if isinstance(one, DictCell):
                    found.append(
                        (
                            one.fields.get("topic", ABSENT),
                            one.fields.get("payload", ABSENT),
                            one.fields.get("qos", ABSENT),
                            one.fields.get("retain", ABSENT),
                        )
                    )
                elif one.__class__ is Tup:
                    padded = [*one.items, ABSENT, ABSENT, ABSENT][:4]
                    found.append((padded[0], padded[1], padded[2], padded[3]))
                else:
                    found.append((one, ABSENT, ABSENT, ABSENT))
            return found
        if (
            row.action == "send"
            and isinstance(topic, Instance)
            and topic.extra
            and isinstance(topic.cls, External)
            and topic.cls.name == "Message"
        ):
            given, named = topic.extra
            padded = [*given, ABSENT, ABSENT, ABSENT, ABSENT][:4]
            return [
                (
                    named.get("topic", padded[0]),
                    named.get("payload", padded[1]),
                    named.get("qos", padded[2]),
                    named.get("retain", padded[3]),
                )
            ]
        return [(one, payload, level, retain) for one, level in self._topics(m, topic, row, qos)]

    def _topics(self, m: Machine, topic: Value, row: Sink, qos: Value) -> list[tuple[Value, Value]]:
        """Return the topics of a call, each with its QoS: rows that take lists, pairs and dicts give several."""
        if not row.many and not (isinstance(topic, Instance) and topic.extra):
            return [(topic, qos)]
        found: list[tuple[Value, Value]] = []
        for one in each(topic):
            if isinstance(one, ListCell):
                for item, _ in items.elements(one):
                    found.extend(self._topics(m, item, row, qos))
            elif one.__class__ is Tup:
                if len(one.items) == 2 and not isinstance(one.items[1], (str, HoledText)):
                    options = one.items[1]
                    if isinstance(options, Instance):
                        options = options.fields.get("qos", Opaque("subscribe options"))
                    found.append((one.items[0], options))
                else:
                    for item in one.items:
                        found.extend(self._topics(m, item, row, qos))
            elif isinstance(one, DictCell):
                for name, value in one.fields.items():
                    if name is not REST and isinstance(name, str) and name in ("topic",):
                        found.append((value, one.fields.get("qos", qos)))
            elif isinstance(one, Instance) and one.extra and one.cls.name in ("Subscription",):
                arguments, named = one.extra
                found.append(
                    (
                        arguments[0] if arguments else named.get("topic", Opaque("a topic")),
                        named.get("qos", arguments[1] if len(arguments) > 1 else qos),
                    )
                )
            else:
                found.append((one, qos) if len(each(topic)) > 1 else (topic, qos))
        return found or [(Opaque("a list of topics that is not known", name=getattr(topic, "name", "")), qos)]

    def on_unknown_call(
        self, m: Machine, callee: Value, arguments: list[Value], named: dict[str, Value], at: CallSite
    ) -> None:
        """Write down a call named like a client's, on something that is not known."""
        name = callee.name if isinstance(callee, (Opaque, External)) else ""
        row = self.generic.get(name)
        if row is None or (not arguments and not named):
            return
        if isinstance(callee, External) and "mqtt" not in callee.path.lower():
            return
        topic = arguments[0] if arguments else named.get(row.topic[1], ABSENT)
        if topic is ABSENT or callable(getattr(topic, "run", None)) or isinstance(topic, (Func, Bound, Class)):
            return
        self.record(m, row, None, arguments, named, at, sure=False)

    def subscriber(
        self,
        call: Sink,
        decorator: Sink,
        client: Instance | None,
        a: list[Value],
        k: dict[str, Value],
        at: CallSite,
    ) -> Value:
        """Return what a method gives that is a call and a decorator in one; as a decorator it knows its handler."""

        def decorate(m_: Machine, b: list[Value], k_: dict[str, Value], s: CallSite) -> Value:
            self.record(m_, decorator, client, a, k, at, handler=b[0] if b else ABSENT)
            return b[0] if b else None

        return Native(f"{call.name}()", decorate)


def _argument(m: Machine, arguments: list[Value], named: dict[str, Value], place: tuple[int, str] | None) -> Value:
    """Return what a call passes at a place of a row; ABSENT where it passes nothing."""
    if place is None:
        return ABSENT
    position, name = place
    if name in named:
        return named[name]
    plain = [item for item in arguments if item.__class__ is not Spread]
    if 0 <= position < len(plain):
        return plain[position]
    if len(plain) < len(arguments):
        return items.element(m, next(item.value for item in arguments if item.__class__ is Spread))
    return Opaque("what `**` unpacks", name=name) if "**" in named else ABSENT


def name_of(value: Value) -> object:
    """Return what makes a value the same in another round: what it says, not which object says it."""
    if isinstance(value, (Func, Class)):
        return value.number if value.code is None else (id(value.code), _frame(value))
    if isinstance(value, Bound):
        return (name_of(value.func), value.owner.number if isinstance(value.owner, Cell) else id(value.owner))
    if isinstance(value, Instance):
        return ("object", value.cls.name, *_inside(value))
    if isinstance(value, (DictCell, ListCell)):
        return (type(value).__name__, *_inside(value))
    if isinstance(value, Encoded):
        return ("encoded", value.form, name_of(value.value))
    if isinstance(value, Union):
        return tuple(name_of(item) for item in each(value))
    if isinstance(value, Received):
        return ("received", value.path, value.form, getattr(value.message, "filter", ""))
    return key(value)


def _inside(cell: Cell) -> tuple[object, ...]:
    """Return where a cell was made and what it holds; of cells inside of it, which may lead in a circle, their kind."""
    held = ((str(k), type(v).__name__ if isinstance(v, Cell) else name_of(v)) for k, v in cell.fields.items())
    return (cell.made and cell.made.line, tuple(held))


def _frame(value: Any) -> object:
    """Return which round made a closure: its frame, where it has one of its own."""
    outer = getattr(value, "outer", None)
    return outer.number if outer is not None and outer.code.kind != "module" else 0
