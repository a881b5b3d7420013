"""What travels: which model a payload is of, bare or in an envelope, how it was dumped, what was taken over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from asyncapi.machine.lattice import each
from asyncapi.machine.values import (
    ABSENT,
    ANY,
    Class,
    DictCell,
    Encoded,
    External,
    HoledText,
    Instance,
    ListCell,
    Received,
    Value,
)
from asyncapi.mqtt.bus import Bus
from asyncapi.mqtt.effects import Arrival
from asyncapi.sites import Plain, WireForm

DUMP_OPTIONS = ("exclude_none", "by_alias", "exclude_unset", "exclude_defaults", "round_trip")
SHOWN = 80
"""Letters of a sent text that are worth telling as an example."""


class SentPayload(NamedTuple):
    """What travels: the model, in which form, how it was dumped, what else is known of it."""

    model: str = ""
    wire: WireForm = "unknown"
    dump: tuple[tuple[str, bool], ...] = ()
    plain: Plain = ""
    text: str = ""
    copies: tuple[tuple[str, str], ...] = ()
    messages: tuple[Arrival, ...] = ()


class Payloads:
    """Reads payloads; `envelopes` are those a team declares, with the field that carries the message."""

    def __init__(self, bus: Bus, envelopes: Mapping[str, str]) -> None:
        self.envelopes = envelopes
        self.carried = _carriers(bus)

    def sent(self, value: Value) -> SentPayload:
        """Return what a payload is, however it was encoded."""
        if value is ABSENT or value is None:
            return SentPayload()
        if value.__class__ is Encoded:
            return self._encoded(value)
        if isinstance(value, Instance):
            return self._object(value, ())
        if isinstance(value, (DictCell, ListCell)):
            return self._json(value)
        if isinstance(value, (str, bytes)):
            return SentPayload(
                plain="text" if isinstance(value, str) else "bytes",
                text=str(value) if isinstance(value, str) and len(value) < SHOWN else "",
            )
        if isinstance(value, HoledText):
            return SentPayload(plain="text")
        if isinstance(value, (int, float)):
            return SentPayload(plain="number")
        return SentPayload()

    def _encoded(self, value: Encoded) -> SentPayload:
        inner = value.value
        options = tuple(
            (name, said)
            for name in DUMP_OPTIONS
            for option, said in value.options
            if option == name and isinstance(said, bool)
        )
        if inner.__class__ is Encoded:
            told = self._encoded(inner)
            return told._replace(dump=tuple(dict([*options, *told.dump]).items()))
        if isinstance(inner, Instance):
            return self._object(inner, options)
        if isinstance(inner, (DictCell, ListCell)):
            return self._json(inner)
        if value.form == "bytes":
            return self.sent(inner) if isinstance(inner, (str, HoledText)) else SentPayload()
        if value.form == "json":
            return SentPayload(wire="raw" if isinstance(inner, (str, HoledText, int, float)) else "unknown")
        return SentPayload()

    def _object(self, value: Instance, options: tuple[tuple[str, bool], ...]) -> SentPayload:
        if isinstance(value.cls, External):
            return SentPayload()
        cls = value.cls.fields.get("__origin__", value.cls)
        copies, messages = _copies(value.fields), _messages(value.fields)
        if self._is_envelope(value.cls):
            wanted = self.envelopes.get(cls.path)
            inside = [
                self.sent(one) for name, held in value.fields.items() if wanted in (None, name) for one in each(held)
            ]
            models = [item for item in inside if item.model]
            if models:
                return models[0]._replace(wire="envelope", dump=tuple(dict([*options, *models[0].dump]).items()))
            return SentPayload("", "envelope", options, copies=copies, messages=messages)
        return SentPayload(cls.path, "raw", options, copies=copies, messages=messages)

    def _json(self, value: Value) -> SentPayload:
        if isinstance(value, DictCell):
            inside = [
                (name, self.sent(one))
                for name, held in value.fields.items()
                if isinstance(name, str)
                for one in each(held)
                if isinstance(one, (Instance, Encoded))
            ]
            models = [told for name, told in inside if told.model]
            if (
                len(models) == 1
                and len(value.fields) > 1
                and any(name in ("data", "payload") for name, told in inside if told.model)
            ):
                return models[0]._replace(wire="envelope")
            return SentPayload("", "raw", copies=_copies(value.fields), messages=_messages(value.fields))
        return SentPayload("", "raw")

    def accepted(self, message: Arrival) -> list[SentPayload]:
        """Return what a message was read as, each model once; an envelope counts for what it carries."""
        found: list[SentPayload] = []
        open_: list[SentPayload] = []
        for cls, _, path, _ in message.validated:
            if not isinstance(cls, Class):
                continue
            origin = cls.fields.get("__origin__", cls)
            if self._is_envelope(cls):
                inner = self._inner(cls)
                (found if inner else open_).append(SentPayload(inner, "envelope"))
            elif not path:
                found.append(SentPayload(origin.path, "raw"))
            elif len(path) == 1 and any(origin.path in models for models in self.carried.values()):
                found.append(SentPayload(origin.path, "envelope"))
        return list(dict.fromkeys(found or open_))

    def _inner(self, cls: Class) -> str:
        parameters = cls.fields.get("__parameters__")
        if parameters is not None:
            for item in parameters.items:
                if isinstance(item, Class):
                    return item.path
        return ""

    def _is_envelope(self, cls: Class) -> bool:
        """Say whether a class is declared as an envelope, or is generic in a field that carries others."""
        origin = cls.fields.get("__origin__", cls)
        if origin.path in self.envelopes:
            return True
        return (
            any(isinstance(base, External) and base.path in ("typing.Generic",) for base in origin.mro)
            or len(self.carried.get(origin.path, ())) > 1
        )


def _carriers(bus: Bus) -> dict[str, set[str]]:
    """Return, for each class that carries another model in a field, the models that it was sent with."""
    found: dict[str, set[str]] = {}
    for effect in bus.effects:
        for one in each(effect.payload) if effect.payload is not ABSENT else ():
            while one.__class__ is Encoded:
                one = one.value
            if isinstance(one, Instance) and isinstance(one.cls, Class):
                cls = one.cls.fields.get("__origin__", one.cls)
                for held in one.fields.values():
                    for inner in each(held):
                        while inner.__class__ is Encoded:
                            inner = inner.value
                        if isinstance(inner, Instance) and isinstance(inner.cls, Class) and inner.cls.annotations:
                            found.setdefault(cls.path, set()).add(inner.cls.path)
    for message in bus.messages:
        whole = [cls for cls, _, path, _ in message.validated if not path and isinstance(cls, Class)]
        inner = [cls for cls, _, path, _ in message.validated if len(path) == 1 and isinstance(cls, Class)]
        for cls in whole:
            origin = cls.fields.get("__origin__", cls)
            found.setdefault(origin.path, set()).update(one.path for one in inner)
    return found


def _copies(fields: dict[Any, Value]) -> tuple[tuple[str, str], ...]:
    """Return (field of the message received, own field) for what is taken over."""
    found = []
    for name, held in fields.items():
        for one in each(held):
            if isinstance(one, Received) and one.path and isinstance(name, str) and one.path[-1] is not ANY:
                found.append((str(one.path[-1]), str(name)))
    return tuple(found)


def _messages(fields: dict[Any, Value]) -> tuple[Arrival, ...]:
    """Return the messages that fields were taken out of."""
    taken = [one.message for held in fields.values() for one in each(held) if isinstance(one, Received)]
    return tuple(dict.fromkeys(item for item in taken if isinstance(item, Arrival)))
