"""Several systems on the same brokers → their topics joined by the wire, and where the systems do not fit together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from asyncapi.payload.wire import Wired, WireSchemas, dumps
from asyncapi.schemas.prover.answers import Answer, Proven, Refuted, Undecided
from asyncapi.schemas.prover.subset import Prover
from asyncapi.topics import erase
from asyncapi.view.registry import Message, Operation, Registry, Topic

LONGEST_EXAMPLE = 300  # characters that fit beside a clash in a table


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A topic as one of the systems tells it."""

    system: str
    registry: Registry
    topic: Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedTopic:
    """One topic of one broker with what each system says of it, in the order of the systems."""

    address: str | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Where two systems do not fit together on a topic: in words, with a message that proves it where there is one."""

    kind: Literal["payload", "undecided", "qos", "retain"]
    systems: tuple[str, str]
    message: str
    example: str = ""


def joined(registries: Mapping[str, Registry]) -> tuple[JoinedTopic, ...]:
    """Return the topics of all systems; those with one address are joined where the systems share a broker."""
    groups = broker_groups({name: brokers(registry) for name, registry in registries.items()})
    found: dict[tuple[object, ...], list[Member]] = {}
    for name, registry in registries.items():
        for topic in registry.topics:
            own = (name, topic.key) if topic.address is None else (groups[name], erase(topic.address))
            found.setdefault(own, []).append(Member(system=name, registry=registry, topic=topic))
    return tuple(JoinedTopic(address=members[0].topic.address, members=tuple(members)) for members in found.values())


def brokers(registry: Registry) -> frozenset[str]:
    """Return the brokers of a system: host and port in lower case, variables filled, without the ports all mean."""
    hosts = (server.filled(server.host).strip().lower().rstrip("/") for server in registry.servers)
    return frozenset(host.removesuffix(":1883").removesuffix(":8883") for host in hosts if host)


def broker_groups(named: Mapping[str, frozenset[str]]) -> dict[str, int]:
    """Return the number of each system's group: systems that share a broker are in one.

    Systems that name no broker are one group, together with all others where those are one.
    """
    groups: list[tuple[set[str], list[str]]] = []
    for name, hosts in named.items():
        meeting = [group for group in groups if hosts & group[0]] if hosts else []
        merged = ({*hosts}.union(*(group[0] for group in meeting)), [n for group in meeting for n in group[1]] + [name])
        if hosts:
            groups = [group for group in groups if group not in meeting] + [merged]
    silent = [name for name, hosts in named.items() if not hosts]
    if len(groups) == 1:
        groups[0][1].extend(silent)
    elif silent:
        groups.append((set(), silent))
    return {name: number for number, (_, names) in enumerate(groups) for name in names}


class Fits:
    """Decides what systems read of each other; what each of them sends and takes is worked out once for all topics."""

    def __init__(self) -> None:
        self._prover = Prover()
        self._wires: dict[int, tuple[Registry, WireSchemas]] = {}

    def clashes(self, topic: JoinedTopic) -> tuple[Clash, ...]:
        """Return where the systems of a topic do not fit: payloads that a reader rejects, delivery seen differently."""
        found: list[Clash] = []
        for one in topic.members:
            for other in topic.members:
                if one is not other:
                    found += self._payloads(one, other)
        for at, one in enumerate(topic.members):
            for other in topic.members[at + 1 :]:
                found += _deliveries(one, other)
        return tuple(found)

    def _payloads(self, sender: Member, reader: Member) -> Iterator[Clash]:
        """Yield what one system sends and every reader of the other rejects, and what could not be decided."""
        senders, readers = _operations(sender, "send"), _operations(reader, "receive")
        accepted = [one for message in _messages(reader, readers) if (one := self._wire(reader).accepted(message))]
        if not senders or not accepted:
            return
        systems = (sender.system, reader.system)
        for message in _messages(sender, senders):
            answers = [
                self._best(sent, accepted)
                for dump in dumps(senders, unknown=("partial",))
                if (sent := self._wire(sender).sent(message, dump)) is not None
            ]
            refuted = next((answer for answer in answers if isinstance(answer, Refuted)), None)
            if refuted:
                said = f"{sender.system} sends {message.name}, which {_listed(readers)} of {reader.system} can reject"
                yield Clash(kind="payload", systems=systems, message=said, example=_short(refuted.example))
            elif any(isinstance(answer, Undecided) for answer in answers):
                said = (
                    f"whether {_listed(readers)} of {reader.system} can read {message.name} "
                    f"of {sender.system} could not be decided"
                )
                yield Clash(kind="undecided", systems=systems, message=said)

    def _best(self, sent: Wired, accepted: Iterable[Wired]) -> Answer:
        """Return the best answer that a receiving message gives to what is sent: rejected only if all reject it."""
        answers = [
            self._prover.subset(sent.schema, one.schema, a_schemas=sent.schemas, b_schemas=one.schemas, every=False)
            for one in accepted
        ]
        kinds = (Proven, Undecided, Refuted)
        return min(answers, key=lambda answer: kinds.index(type(answer)))

    def _wire(self, member: Member) -> WireSchemas:
        key = id(member.registry)
        if key not in self._wires:
            self._wires[key] = (member.registry, WireSchemas(member.registry))
        return self._wires[key][1]


def _deliveries(one: Member, other: Member) -> Iterator[Clash]:
    left, right = one.topic.expected, other.topic.expected
    systems = (one.system, other.system)
    if None not in (left.qos, right.qos) and left.qos != right.qos:
        said = f"{one.system} expects QoS {left.qos}, {other.system} QoS {right.qos}"
        yield Clash(kind="qos", systems=systems, message=said)
    if None not in (left.retain, right.retain) and left.retain != right.retain:
        words = {True: "retained", False: "not retained", None: ""}
        said = f"{one.system} expects it {words[left.retain]}, {other.system} {words[right.retain]}"
        yield Clash(kind="retain", systems=systems, message=said)


def _operations(member: Member, action: str) -> list[Operation]:
    found = (member.registry.operation(key) for key in member.topic.operations)
    return [operation for operation in found if operation and operation.action == action]


def _messages(member: Member, operations: list[Operation]) -> list[Message]:
    """Return the messages that operations name; all of the topic where one names none."""
    named = [operation.messages or member.topic.messages for operation in operations]
    found = (member.registry.message(key) for key in dict.fromkeys(key for keys in named for key in keys))
    return [message for message in found if message]


def _listed(operations: list[Operation]) -> str:
    return ", ".join(dict.fromkeys(operation.service for operation in operations))


def _short(example: object) -> str:
    text = json.dumps(example, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_EXAMPLE else text[: LONGEST_EXAMPLE - 1] + "…"
