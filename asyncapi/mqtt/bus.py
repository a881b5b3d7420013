"""The delivery of symbolic messages to their handlers.

Messages come while the program waits: for each subscription one message per handler of its client, its topic the
filter with named holes, its payload a thing that remembers what is taken out of it. Delivery goes on until nothing
new happens: a handler may subscribe, too.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from asyncapi.machine.code import CallSite
from asyncapi.machine.heap import PathEnd
from asyncapi.machine.lattice import each, join, key, together
from asyncapi.machine.values import (
    ABSENT,
    Bound,
    Class,
    Encoded,
    External,
    Func,
    Instance,
    Opaque,
    Received,
    Value,
)
from asyncapi.mqtt.effects import Arrival, Effect
from asyncapi.mqtt.filters import opened, spelled
from asyncapi.mqtt.recorder import Recorder, name_of
from asyncapi.mqtt.styles import STYLES, ClientStyle
from asyncapi.topics import overlaps

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine


class Bus(Recorder):
    """The clients of one run: what is done to them, and who gets the messages that they subscribe to."""

    def deliver(self, m: Machine) -> bool:
        """Bring events and messages to their handlers, once each; whether anything was new."""
        new = False
        for client in list(self.clients):
            style = self.styles[client.number]
            for event in style.events or ("on_connect",):
                for handler in self._kept(m, client, event):
                    name = ("event", client.number, event, name_of(handler))
                    if name not in self.delivered:
                        self.delivered.add(name)
                        new = True
                        m.apart(partial(self._event, m, client, handler))
        index = 0
        while index < len(self.subscriptions):
            subscription = self.subscriptions[index]
            index += 1
            new = self._to_handlers(m, subscription) or new
        while m.escaped:
            value, _ = m.escaped.pop(0)
            code = value.func.code if isinstance(value, Bound) else value.code
            if code not in m.reached:
                new = True
                self._supposed(m, value)
        return new

    def _supposed(self, m: Machine, value: Value) -> None:
        """Run a function that was handed to code nobody reads."""
        message, self.message = self.message, None
        m.assuming += 1
        try:
            m.apart(lambda: m.awaited(m.call(value, [], {}, m.place), m.place))
        finally:
            m.assuming -= 1
            self.message = message

    def _event(self, m: Machine, client: Instance, handler: Value) -> Value:
        func = handler.func if isinstance(handler, Bound) else handler
        open_ = [
            Opaque("flags of a connection", name="flags"),
            Opaque("a result code", name="rc"),
            Opaque("properties", name="properties"),
        ]
        style = self.styles[client.number]
        arguments: list[Value] = [
            client,
            *([client.fields.get("<userdata>", None)] if "userdata" in style.arguments else []),
            *open_,
        ]
        if isinstance(func, Func) and not func.code.vararg:
            # Versions of a library hand over more or fewer of them: the handler takes those it has names for.
            arguments = arguments[: max(len(func.code.positional) - isinstance(handler, Bound), 0)]
        return m.awaited(m.call(handler, arguments, {}, m.place), m.place)

    def _to_handlers(self, m: Machine, subscription: Effect) -> bool:
        new = False
        for topic, handler in list(self._audience(m, subscription)):
            name = (
                id(subscription),
                key(topic),
                handler if not isinstance(handler, (Func, Bound)) else name_of(handler),
            )
            if name in self.delivered:
                continue
            self.delivered.add(name)
            new = True
            self.send(m, subscription, topic, handler)
        return new

    def _kept(self, m: Machine, client: Instance, name: str) -> list[Value]:
        """Return the handlers that a client has under a name: set on it, or methods of a class that derives from it."""
        found = _handlers(client.fields.get(name, ABSENT))
        if not found and isinstance(client.cls, Class):
            method = m.class_attribute(client.cls, name)
            if isinstance(method, Func):
                return [Bound(method, client)]
        return found

    def _audience(self, m: Machine, subscription: Effect) -> list[tuple[Value, Any]]:
        """Return who gets the messages of a subscription: (topic as value, handler), one for each topic and handler."""
        found: list[tuple[Value, Any]] = []
        for (topic, handler), _ in together((subscription.topic, subscription.handler)):
            if handler is not ABSENT and handler is not None:
                found.extend((topic, item) for item in _handlers(handler))
                continue
            if subscription.row.within:
                continue
            client = subscription.client
            text = spelled(topic)
            special: list[tuple[Value, Any]] = []
            for other in self.subscriptions:
                if other.row.within and (other.client is client or client is None) and other is not subscription:
                    for one in each(other.topic):
                        if text and overlaps(text, spelled(one)):
                            special.extend((one if spelled(one) else topic, item) for item in _handlers(other.handler))
            found.extend(special)
            exact = any(spelled(one) == text for one, _ in special)
            owners = [client] if client is not None else self.clients
            if not exact:
                for owner in owners:
                    found.extend((topic, item) for item in self._kept(m, owner, "on_message"))
                    found.extend((topic, item) for item in _handlers(owner.fields.get("<subs_cb>", ABSENT)))
            for owner_, _, name in self.consumers:
                if owner_ is client or owner_ is None or client is None:
                    found.append((topic, name))
        return found

    def send(self, m: Machine, subscription: Effect, topic: Value, handler: Any) -> None:
        """Deliver one symbolic message to one handler."""
        message = self.new_message(subscription, topic)
        outer, self.message = self.message, message
        before = list(m.tasks)
        try:
            if isinstance(handler, (Func, Bound)):
                client = subscription.client
                style = self._style(subscription)
                arguments = self._arguments(m, style, client, message, handler)
                handled = partial(self._handled, m, handler, arguments)
                # It may come or not: what its handling writes is joined with what was.
                m.apart(partial(m.fork, [handled, lambda: None]))
            else:
                for _, run, name in self.consumers:
                    if name == handler:
                        run(self.seen_by(m, message, subscription.client))
        finally:
            self.message = outer
        for task in m.tasks:
            if task not in before:
                task.begin = partial(self._during, message, task.begin)

    def _during(self, message: Arrival, run: Callable[[], Value]) -> Value:
        """Run a task that the handling of a message began, as part of that handling."""
        outer, self.message = self.message, message
        try:
            return run()
        finally:
            self.message = outer

    def watched(self, m: Machine, func: Func, frame: Any, at: CallSite) -> None:
        """Keep which function a message is handed to where the program has looked at what it is."""
        message = self.message
        if message is None:
            return
        caller = m.stack[-1][0] if m.stack else None
        if message.start is None:
            message.start, message.conditions = func.code, len(m.conditions)
            return
        if caller is None or at.node not in caller.handing:
            return
        looked = len(m.conditions) > message.conditions or not _static(at.node)
        if looked and any(_derived(value, message) for value in frame.fields.values()):
            message.handlers.append((func.code, dict(m.assumed)))

    def _handled(self, m: Machine, handler: Value, arguments: list[Value]) -> Value:
        """Run a handler on a message."""
        return m.awaited(m.call(handler, arguments, {}, m.place), m.place)

    def _style(self, subscription: Effect) -> ClientStyle | None:
        """Return how the client of a subscription hands over messages, or the module whose function subscribes."""
        if subscription.client is not None:
            return self.styles.get(subscription.client.number)
        return next((style for style in STYLES if {*style.classes} & {*subscription.row.owners}), None)

    def new_message(self, subscription: Effect, topic: Value) -> Arrival:
        """Return a new message of a subscription."""
        number = len(self.messages) + 1
        message = Arrival(number, subscription, topic, spelled(topic))
        message.topic = opened(topic, message)
        self.messages.append(message)
        return message

    def seen_by(self, m: Machine, message: Arrival, client: Instance | None) -> Value:
        """Return a message as handlers see it."""
        style = self.styles.get(client.number) if client is not None else None
        made = m.bare(External("mqtt.Message"), m.place)
        assert isinstance(made, Instance)
        topic: Value = message.topic
        if style is None or "aiomqtt.Client" in style.classes:
            holder = m.bare(External("aiomqtt.Topic"), m.place)
            assert isinstance(holder, Instance)
            holder.fields["value"] = topic
            topic = holder
        payload = Received(message)
        made.fields.update(
            topic=topic,
            payload=payload,
            data=payload,
            qos=Opaque("the QoS of a message", name="qos", kind="int"),
            retain=Opaque("whether a message was retained", name="retain", kind="bool"),
            mid=Opaque("the number of a message", name="mid", kind="int"),
            timestamp=Opaque("the time of a message", name="timestamp", kind="float"),
            properties=Opaque("it is the response topic that the request names when it arrives", name="properties"),
        )
        made.extra = message
        return made

    def next_message(self, m: Machine, client: Instance | None) -> Value:
        """Return what waiting for one message gives: any of those that the client subscribes to."""
        m.wait()
        found = []
        for subscription in self.subscriptions:
            if subscription.client is client or client is None:
                for topic in each(subscription.topic):
                    message = self.new_message(subscription, topic)
                    self.message = message
                    found.append(self.seen_by(m, message, client))
        return join(found, None) if found else Opaque("a message that nobody subscribes to")

    def stream(
        self, m: Machine, client: Instance | None, body: Callable[[Value, bool], bool], at: CallSite | None
    ) -> bool:
        """Loop over the messages of a client: the body gets each while the program waits here."""
        name = (
            "stream",
            client.number if client is not None else 0,
            at.file if at else "",
            at.line if at else 0,
            len(self.consumers),
        )

        running = m.current.code if m.current is not None else None

        def run(value: Value) -> None:
            def one() -> Value:
                if body(value, True):
                    raise PathEnd
                return None

            if self.message is not None and self.message.start is None:
                self.message.start, self.message.conditions = running, -1
            m.fork([one, lambda: None])

        self.consumers.append((client, run, name))
        try:
            m.wait()
        finally:
            self.consumers.pop()
        return False

    def _arguments(
        self, m: Machine, style: ClientStyle | None, client: Instance | None, message: Arrival, handler: Value
    ) -> list[Value]:
        """Return what a handler is called with, in the manner of the library."""
        func = handler.func if isinstance(handler, Bound) else handler
        names = style.arguments if style is not None else ("client", "userdata", "message")
        count = (
            len(func.code.positional) - (1 if isinstance(handler, Bound) else 0)
            if isinstance(func, Func)
            else len(names)
        )
        if style is None:
            names = {
                1: ("message",),
                2: ("topic", "payload"),
                3: ("client", "userdata", "message"),
                5: ("client", "topic", "payload", "qos", "properties"),
            }.get(count, names)
        whole = self.seen_by(m, message, client)
        values: dict[str, Value] = {
            "client": client if client is not None else Opaque("a client", name="client"),
            "userdata": client.fields.get("<userdata>", None) if client is not None else None,
            "message": whole,
            "topic": message.topic,
            "payload": Received(message),
            "qos": Opaque("the QoS of a message", name="qos", kind="int"),
            "properties": Opaque("it is the response topic that the request names when it arrives", name="properties"),
            "retained": Opaque("whether a message was retained", kind="bool"),
        }
        if message.subscription.row.decodes and isinstance(func, Func):
            return self._decoded(m, handler, func, message)
        return [values[name] for name in names]

    def _decoded(self, m: Machine, handler: Value, func: Func, message: Arrival) -> list[Value]:
        """Return arguments of a handler whose library reads messages into what the parameters are annotated with."""
        found: list[Value] = []
        args = func.code.args
        for arg in (
            [*args.posonlyargs, *args.args][1 if isinstance(handler, Bound) else 0 :] if args is not None else ()
        ):
            kind = m.annotation(arg.annotation, func) if arg.annotation is not None else Opaque("a message")
            value: Value = Received(message, (), "json")
            if isinstance(kind, Class) and (m.annotations_of(kind)):
                validate = m.attribute(kind, "model_validate", m.place)
                value = m.call(validate, [value], {}, m.place) if not isinstance(validate, Opaque) else value
                if not message.validated:
                    message.validated.append((kind, "json", (), dict(m.assumed)))
            found.append(value)
        return found

    def validated(self, received: Received, cls: Value, how: str, assumed: dict[object, Value]) -> None:
        """Keep that (a part of) a message was read into a class."""
        message = received.message
        if isinstance(message, Arrival):
            message.validated.append((cls, how, received.path, dict(assumed)))


def _static(node: Any) -> bool:
    """Say whether a call names a function or method, and does not look it up in a table."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


def _derived(value: Value, message: Arrival) -> bool:
    """Say whether a value comes out of a message."""
    for one in each(value):
        while isinstance(one, Encoded):
            one = one.value
        if isinstance(one, Received) and one.message is message:
            return True
        if isinstance(one, Instance) and (
            one.extra is message or any(isinstance(v, Received) and v.message is message for v in one.fields.values())
        ):
            return True
    return False


def _handlers(value: Value) -> list[Value]:
    return [item for item in each(value) if isinstance(item, (Func, Bound))] if value is not ABSENT else []
