"""Client libraries as the machine sees them: classes whose methods write down what is done to them.

The rows stand in `asyncapi.mqtt.sinks`. Here they become outside classes of the machine's library, with the ways in
which each family of clients hands over its messages. To add a library, add its rows there, and name its client
classes under the style in which it calls handlers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import each
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.values import (
    ABSENT,
    Bound,
    External,
    Func,
    HoledText,
    Instance,
    Native,
    Opaque,
    Value,
)
from asyncapi.mqtt.bus import Bus
from asyncapi.mqtt.sinks import Sink, SinkTable
from asyncapi.mqtt.styles import STYLES, ClientStyle

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine


def add_clients(library: Outsides, table: SinkTable, bus: Bus) -> None:
    """Add the rows of all clients to a machine's library; what they do is written down on the bus."""
    bus.table = table
    rows: dict[str, list[Sink]] = {}
    for row in table.sinks:
        for owner in row.owners:
            rows.setdefault(owner, []).append(row)
    for style in STYLES:
        library.own(*style.owned)
        library.aliases.update(style.aliases)
    canonical = {owner: library.canonical(owner) for owner in rows}
    joined: dict[str, list[Sink]] = {}
    for owner, owned in rows.items():
        kept = joined.setdefault(canonical[owner], [])
        kept.extend(row for row in owned if row not in kept)
    styles = {name: style for style in STYLES for name in style.classes}
    for owner, owned in joined.items():
        known = styles.get(owner)
        if all(row.form == "constructor" or not owner[owner.rfind(".") + 1 :][:1].isupper() for row in owned):
            _add_functions(library, bus, owner, owned)
            continue
        library.classes[owner] = _client_class(bus, known or ClientStyle(classes=(owner,)), owned)
    generic = {row.name: row for row in table.sinks if not row.owners}
    bus.generic = generic
    library.unknown_calls.append(bus.on_unknown_call)
    for implied in table.implies:
        library.classes.setdefault(implied.constructor, Outside(init=_noted(bus, implied.constructor)))
    for name in table.environment:
        library.functions[name] = _from_environment
    _add_message_classes(library, bus)
    paho_topics = {
        "topic_matches_sub": lambda m, a, k, at: (
            _matches(m, a[1], a[0]) if len(a) > 1 else Opaque("a test", kind="bool")
        )
    }
    for name, run in paho_topics.items():
        library.functions[f"paho.mqtt.client.{name}"] = run
        library.functions[f"paho.mqtt.{name}"] = run


def _noted(bus: Bus, constructor: str) -> Callable[..., None]:
    """Return what keeps that an object was made from which edges follow."""

    def init(m: Machine, owner: Instance, arguments: list[Value], named: dict[str, Value], at: CallSite) -> None:
        bus.made.append((constructor, tuple(arguments), dict(named), at))
        m.escaping([*arguments, *named.values()], at)

    return init


def _from_environment(m: Machine, a: list[Value], k: dict[str, Value], at: CallSite) -> Value:
    """A team's own reader of the environment: name, then default."""
    from asyncapi.machine.values import Assumed

    name = a[0] if a and isinstance(a[0], str) else ""
    default = a[1] if len(a) > 1 else k.get("default", k.get("fallback", ABSENT))
    if default is ABSENT or default is None or default == "":
        return Opaque(f"environment variable {name} has no default", name=str(name).lower(), environment=str(name))
    return Assumed(default, name=str(name).lower(), environment=str(name))


def _add_functions(library: Outsides, bus: Bus, module: str, rows: list[Sink]) -> None:
    """Add functions of a module, and constructors whose making is an effect (a last will)."""
    for row in rows:
        path = f"{module}.{row.name}"

        def run(
            m: Machine, a: list[Value], k: dict[str, Value], at: CallSite, row: Sink = row, path: str = path
        ) -> Value:
            found = bus.record(m, row, None, a, k, at)
            if row.form == "constructor":
                made = m.bare(External(path), at)
                if isinstance(made, Instance):
                    made.fields.update({name: value for name, value in k.items() if name != "**"})
                    made.extra = (tuple(a), dict(k))
                return made
            return found

        library.functions[path] = run


HARMLESS = [
    "connect",
    "connect_async",
    "reconnect",
    "disconnect",
    "loop",
    "loop_start",
    "loop_stop",
    "tls_set",
    "tls_insecure_set",
    "username_pw_set",
    "set_auth_credentials",
    "enable_logger",
    "ping",
    "user_data_set",
    "unsubscribe",
    "reconnect_delay_set",
    "ws_set_options",
    "will_clear",
    "max_inflight_messages_set",
    "init_app",
    "mqtt_startup",
    "mqtt_shutdown",
]
"""Methods of clients that neither send nor subscribe; they may fail, as everything that talks to a broker may."""
WILLS = ("will", "will_message", "will_param")
"""Arguments of clients that are wills: they count where they are made."""


def _client_class(bus: Bus, style: ClientStyle, rows: list[Sink]) -> Outside:
    """Return a class of clients: what its rows say, and what its style says of events, streams and waits."""
    made = Outside()
    for row in rows:
        made.methods.setdefault(row.name, _method(bus, row, [r for r in rows if r.name == row.name]))
    for name in style.waits:
        made.methods[name] = _waits
    for name in style.answers:
        made.methods[name] = lambda m, a, k, at: bus.next_message(m, a[0])
    for name, event in style.decorators:
        made.methods[name] = _event_decorator(event)
    for name in HARMLESS:
        made.methods.setdefault(name, _harmless)
    made.methods.setdefault("set_callback", _set_callback)
    made.methods["__enter__"] = made.methods["__aenter__"] = _itself

    def init(m: Machine, owner: Instance, arguments: list[Value], named: dict[str, Value], at: CallSite) -> None:
        bus.adopt(m, owner, style, at)
        for name, value in named.items():
            if name not in WILLS:
                owner.fields.setdefault(f"<{name}>", value)
        owner.extra = (style, tuple(arguments), dict(named))

    def attribute(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
        return _stream_of(m, owner, at) if name in style.streams else ABSENT

    made.init, made.attribute = init, attribute
    made.loop = lambda m, owner, body, at: bus.stream(m, owner, body, at)
    return made


def _stream_of(m: Machine, owner: Instance, at: CallSite) -> Value:
    found = m.bare(External("mqtt.Messages"), at)
    assert isinstance(found, Instance)
    found.extra = owner
    return found


def _itself(m: Machine, a: list[Value], k: dict[str, Value], at: CallSite) -> Value:
    return a[0]


def _harmless(m: Machine, a: list[Value], k: dict[str, Value], at: CallSite) -> Value:
    m.fails()
    return Opaque("what a client answers", kind="int")


def _waits(m: Machine, a: list[Value], k: dict[str, Value], at: CallSite) -> Value:
    m.wait()
    return Opaque("what a client answers", kind="int")


def _set_callback(m: Machine, a: list[Value], k: dict[str, Value], at: CallSite) -> Value:
    if len(a) > 1 and isinstance(a[0], Instance):
        m.write(a[0], "on_message", a[1])
    return None


def _event_decorator(event: str) -> Callable[..., Value]:
    """Return a method that keeps the function below it (or given to it) as the handler of an event."""

    def keep(m: Machine, owner: Value, handler: Value) -> Value:
        for one in each(owner):
            if isinstance(one, Instance):
                m.write(one, event, handler)
        return handler

    def run(m: Machine, a: list[Value], k: dict[str, Value], at: CallSite) -> Value:
        if len(a) > 1 and isinstance(a[1], (Func, Bound, Native)):
            return keep(m, a[0], a[1])
        return Native(event, lambda m_, b, k_, s: keep(m_, a[0], b[0]))

    return run


def _method(bus: Bus, row: Sink, rows: list[Sink]) -> Callable[..., Value]:
    forms = {item.form: item for item in rows}

    def run(m: Machine, a: list[Value], k: dict[str, Value], at: CallSite) -> Value:
        owner = a[0] if a and isinstance(a[0], Instance) else None
        if "decorator" in forms:
            decorator = forms["decorator"]

            def decorated(m_: Machine, b: list[Value], k_: dict[str, Value], s: CallSite) -> Value:
                bus.record(m_, decorator, owner, a[1:], k, at, handler=b[0])
                return b[0]

            if "call" not in forms:
                return Native(row.name, decorated)
            if decorator.action == "receive":
                return bus.subscriber(forms["call"], decorator, owner, a[1:], k, at)
        return bus.record(m, forms.get("call", row), owner, a[1:], k, at)

    return run


def _add_message_classes(library: Outsides, bus: Bus) -> None:
    library.classes["mqtt.Messages"] = Outside(
        loop=lambda m, owner, body, at: bus.stream(m, owner.extra, body, at),
        within=lambda m, owner, inside, at, f: inside(owner),
        methods={
            "__anext__": lambda m, a, k, at: bus.next_message(m, a[0].extra),
            "get": lambda m, a, k, at: bus.next_message(m, a[0].extra),
            "__call__": _itself,
        },
        called=lambda m, owner, a, k, at: owner,
    )
    library.classes["mqtt.Message"] = Outside()
    library.classes["aiomqtt.Topic"] = Outside(
        methods={"matches": lambda m, a, k, at: _matches(m, a[0].fields.get("value"), a[1] if len(a) > 1 else None)},
        init=lambda m, owner, a, k, at: owner.fields.update(value=a[0] if a else k.get("value", "")),
        text=lambda m, owner: owner.fields.get("value", ""),
        bound=None,
    )
    library.classes["aiomqtt.Wildcard"] = library.classes["aiomqtt.Topic"]
    library.aliases["aiomqtt.Wildcard"] = "aiomqtt.Topic"


def _matches(m: Machine, topic: Value, wanted: Value) -> Value:
    """Say whether a topic matches a filter, as far as both are known."""
    from asyncapi.mqtt.filters import narrowed

    if isinstance(wanted, Instance):
        wanted = wanted.fields.get("value", wanted)
    if not isinstance(wanted, str):
        return Opaque("a test of a topic", kind="bool")
    if isinstance(topic, str):
        from asyncapi.topics import overlaps

        return overlaps(wanted, topic)
    if isinstance(topic, HoledText):
        return narrowed(m, topic, wanted)
    return Opaque("a test of a topic", kind="bool")
