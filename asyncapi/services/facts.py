"""Effects of a run as the facts of a service: who sends and receives what, with which QoS, model and wire form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from asyncapi.machine.lattice import each, together, under
from asyncapi.machine.values import ABSENT, Assumed, Bound, Func, Instance, Value
from asyncapi.mqtt.effects import Arrival, Effect
from asyncapi.mqtt.filters import spelled
from asyncapi.services.payload_facts import Payloads, SentPayload
from asyncapi.services.places import Place, Places
from asyncapi.services.running import ServiceRun
from asyncapi.services.topic_facts import TopicFact, settled, topic_of
from asyncapi.sites import Cause, Said, Site, Unresolved
from asyncapi.sources import Source
from asyncapi.topics import unshared

ASSUMED = 0.9
"""What one assumption leaves of confidence: a function that no root reaches, a setting's default."""
NOT_A_CLIENT = 0.5
"""Confidence where it is not known that a client is called at all."""


class Facts(NamedTuple):
    """What a service does."""

    sites: tuple[Site, ...]
    unresolved: tuple[Unresolved, ...]
    causes: tuple[Cause, ...]


def facts(run: ServiceRun, service: str, envelopes: dict[str, str]) -> Facts:
    """Return the facts of a service that was run."""
    return _Reader(run, service, envelopes).read()


class _Reader:
    """Reads the effects of one run."""

    def __init__(self, run: ServiceRun, service: str, envelopes: dict[str, str]) -> None:
        self.m, self.bus, self.service = run.machine, run.bus, service
        self.sites: dict[object, Site] = {}
        self.unresolved: dict[Unresolved, None] = {}
        self.causes: dict[tuple[str, str], Cause] = {}
        self.beside: dict[str, list[Source]] = {}
        self.payloads = Payloads(run.bus, envelopes)
        self.places = Places(run.machine, run.bus.births)

    def read(self) -> Facts:
        """Return everything, in source order."""
        effects = self.bus.effects
        named = {(e.at.file, e.at.line) for e in effects if e.root == "run"}
        for effect in effects:
            if effect.root == "assumed" and (effect.at.file, effect.at.line) in named and effect.at.own:
                continue
            self._effect(effect)
        sites = [
            replace(site, through=(*site.through, *self.beside[site.topic]))
            if site.action == "receive" and site.topic in self.beside
            else site
            for site in _mixed(self.sites.values())
        ]
        known = {(site.action, site.source) for site in sites}
        unresolved = [item for item in self.unresolved if (item.action, item.source) not in known]
        return Facts(
            tuple(sorted(sites, key=lambda s: (s.source.file, s.source.line or 0, s.action, s.topic))),
            tuple(sorted(unresolved, key=lambda u: (u.source.file, u.source.line or 0, u.expression))),
            tuple(self.causes.values()),
        )

    def _effect(self, effect: Effect) -> None:
        row = effect.row
        if row.within and self._subscribed(effect):
            self._beside(effect)
            return
        if row.action == "receive":
            self._receive(effect)
            return
        wanted, environment = settled(effect.topic)
        values = [wanted, effect.payload, effect.qos, effect.retain]
        for (topic, payload, qos, retain), _ in together(
            [under(v, effect.assumed) if v is not ABSENT else v for v in values]
        ):
            found = self._known(topic, environment)
            place = self.places.place(effect, found)
            if found.reason:
                self._open(effect, found, place)
                continue
            told = self.payloads.sent(payload)
            self._site(effect, found, told, qos, retain, "", place)
            if not row.implied:
                for message in dict.fromkeys(filter(None, (effect.message, *told.messages))):
                    self._cause(message, effect, found.address, told)

    def _beside(self, effect: Effect) -> None:
        """Keep the place of a handler for a topic that is subscribed to elsewhere: that fact speaks for it."""
        for one in each(effect.topic):
            self.beside.setdefault(spelled(one), []).append(effect.at.source)

    def _site(
        self,
        effect: Effect,
        topic: TopicFact,
        told: SentPayload,
        qos: Value,
        retain: Value,
        handler: str,
        place: Place,
    ) -> None:
        row = effect.row
        level, level_from = _qos(qos, row.default_qos)
        kept, kept_from = _retain(retain, row.default_retain) if row.action == "send" else (None, "unknown")
        if level_from == "said" and row.qos is not None and self.places.left_out(effect, row.qos):
            level_from = "default"
        if kept_from == "said" and row.retain is not None and self.places.left_out(effect, row.retain):
            kept_from = "default"
        confidence = ASSUMED ** (topic.assumptions + (effect.root == "assumed"))
        if not effect.sure:
            confidence *= NOT_A_CLIENT
        site = Site(
            service=self.service,
            action=row.action,
            topic=topic.address,
            source=place.source,
            qos=level,
            qos_from=level_from,
            retain=kept,
            retain_from=kept_from,
            model=told.model,
            handler=handler,
            wire=told.wire,
            plain=told.plain,
            texts=(told.text,) if told.text else (),
            dump=told.dump,
            environment=topic.environment,
            constant=topic.origin.constant if topic.origin is not None else "",
            implied=row.implied or place.implied,
            steps=place.steps,
            confidence=round(confidence, 3),
            through=place.through,
        )
        name = (
            site.action,
            site.topic,
            site.source.ref,
            site.source.line,
            site.qos,
            site.retain,
            site.model,
            site.handler,
            site.wire,
            site.plain,
            site.texts,
        )
        old = self.sites.get(name)
        if old is None or old.confidence < site.confidence:
            self.sites[name] = site

    def _open(self, effect: Effect, topic: TopicFact, place: Place) -> None:
        item = Unresolved(
            service=self.service,
            action=effect.row.action,
            source=place.source,
            expression=place.expression,
            reason=topic.reason,
            through=place.through,
        )
        self.unresolved[item] = None

    def _known(self, value: Value, environment: str) -> TopicFact:
        """Return a topic, told of the variable that can replace it."""
        found = topic_of(self.m, value)
        return found._replace(environment=found.environment or environment) if environment else found

    def _subscribed(self, effect: Effect) -> bool:
        """Say whether a handler for a part of a subscription names the very topic of another subscribe call."""
        names = {spelled(one) for one in each(effect.topic)}
        return any(
            not other.row.within and spelled(one) in names
            for other in self.bus.subscriptions
            for one in each(other.topic)
        )

    def _receive(self, effect: Effect) -> None:
        wanted, environment = settled(effect.topic)
        for (topic, qos, handler), _ in together(
            [under(v, effect.assumed) if v is not ABSENT else v for v in (wanted, effect.qos, effect.handler)]
        ):
            found = self._known(topic, environment)
            place = self.places.place(effect, found)
            if found.reason:
                self._open(effect, found, place)
                continue
            if effect.row.within and qos is ABSENT:
                qos = next(
                    (o.qos for o in self.bus.subscriptions if not o.row.within and o.client is effect.client), ABSENT
                )
            messages = [m for m in self.bus.messages if m.subscription is effect and m.filter == spelled(topic)]
            read = [told for message in messages for told in self.payloads.accepted(message)]
            names = list(dict.fromkeys(name for name in (self._handler(handler, messages),) if name)) or [""]
            models = list(dict.fromkeys(p for p in read if p.model)) or [next((p for p in read), SentPayload())]
            for told in models:
                self._site(effect, found, told, qos, ABSENT, names[0], place)

    def _handler(self, handler: Value, messages: list[Arrival]) -> str:
        for message in messages:
            for code, _ in message.handlers:
                return code.qualname
        if isinstance(handler, (Func, Bound)):
            func = handler.func if isinstance(handler, Bound) else handler
            return func.code.qualname if isinstance(func, Func) else ""
        return next((message.start.qualname for message in messages if message.start is not None), "")

    def _cause(self, message: Arrival, effect: Effect, sent: str, told: SentPayload) -> None:
        received = topic_of(self.m, under(message.subscription.topic, effect.assumed))
        if received.reason or not received.address:
            return
        running = {code for code, _ in effect.stack}
        code = next((code for code, _ in message.handlers if code in running), None) or message.start
        place = (
            Source(file=code.file.file, symbol=code.qualname, line=code.line) if code is not None else effect.at.source
        )
        name = (unshared(received.address), sent)
        old = self.causes.get(name)
        copies = tuple(sorted({*told.copies, *(old.copies if old else ())}))
        self.causes[name] = Cause(
            service=self.service, received=name[0], sent=sent, handler=old.handler if old else place, copies=copies
        )


def _qos(value: Value, default: int | None) -> tuple[int | None, Said]:
    """Return a QoS and whether it was said."""
    if value is ABSENT:
        return default, "default" if default is not None else "unknown"
    if value.__class__ is Assumed:
        value = value.value
    if isinstance(value, Instance):
        value = value.fields.get("_value_", value)
    return (int(value), "said") if isinstance(value, int) and value in (0, 1, 2) else (None, "unknown")


def _retain(value: Value, default: bool | None) -> tuple[bool | None, Said]:
    if value is ABSENT:
        return default, "default" if default is not None else "unknown"
    if value.__class__ is Assumed:
        value = value.value
    return (bool(value), "said") if isinstance(value, (bool, int)) or value is None else (None, "unknown")


def _mixed(sites: Iterable[Site]) -> list[Site]:
    """Return the sites, those that differ in nothing but the wire form as one of mixed form."""
    found: dict[object, Site] = {}
    for site in sites:
        name = replace(site, wire="unknown", confidence=1.0, dump=())
        old = found.get(name)
        if old is not None and old.wire != site.wire and "unknown" not in (old.wire, site.wire):
            site = replace(old, wire="mixed")
        found[name] = site
    return list(found.values())
