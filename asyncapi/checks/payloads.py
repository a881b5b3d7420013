"""What travels: fields every message has, extras, wire forms, models of handlers, a model against itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncapi.checks.subject import Problem, Subject, listed, name, place, who
from asyncapi.schemas import Schema
from asyncapi.topics import as_filter, unshared
from asyncapi.view.registry import Message, Operation, Topic

if TYPE_CHECKING:
    from asyncapi.payload.wire import WireSchemas
    from asyncapi.schemas.prover.subset import Prover

FORMS = frozenset(("raw", "envelope"))
BUDGET, MOST_UNDECIDED = 5_000, 20


def required_field_missing(subject: Subject) -> Iterator[Problem]:
    """A message lacks a field that the policy wants on every message."""
    wanted = subject.registry.policy.required_fields
    for message, topics in subject.models() if wanted else ():
        found = subject.model_properties(message)
        missing = [field for field in wanted if found is not None and field not in found]
        if missing:
            yield Problem(
                message=f"{message.name} has no {' and no '.join(missing)}",
                remedy="inherit the base model that has the fields of every message",
                about=message.name,
                topics=topics,
                source=message.source,
                pointer=message.pointer,
            )


def extras_not_forbidden(subject: Subject) -> Iterator[Problem]:
    """A model ignores or keeps unknown fields, while most models of the system forbid them."""
    models = [(message, topics, _extra(subject, message)) for message, topics in subject.models()]
    known = [extra for _, _, extra in models if extra]
    if known.count("forbid") * 2 <= len(known):
        return
    for message, topics, extra in models:
        if extra and extra != "forbid":
            yield Problem(
                message=f"{message.name} does not forbid unknown fields (extra = {extra})",
                remedy='set model_config = ConfigDict(extra="forbid"), as the other models do',
                about=message.name,
                topics=topics,
                source=message.source,
                pointer=message.pointer,
            )


def _extra(subject: Subject, message: Message) -> str:
    schema: Schema | None = message.model or message.payload
    target = schema.get("$ref") if schema else None
    found = subject.registry.schemas.get(target.rpartition("/")[2]) if isinstance(target, str) else schema
    return str(found.get("x-extra", "")) if found else ""


def wire_form_mismatch(subject: Subject) -> Iterator[Problem]:
    """A topic is sent bare and read as an envelope, or the other way round."""
    for topic in subject.registry.topics:
        sent = {operation.service: _forms(operation) for operation in subject.senders(topic)}
        for operation in subject.receivers(topic):
            reads = _forms(operation)
            others = tuple(service for service, forms in sent.items() if reads and forms - reads)
            if others:
                form = listed(sorted(sent[others[0]] - reads))
                yield Problem(
                    message=f"{operation.service} reads {name(topic)} as {listed(sorted(reads))}, "
                    f"but {who(others, 'send')} it as {form}",
                    remedy="send and read the form that the contract names, or accept both",
                    topics=(name(topic),),
                    services=(operation.service, *others),
                    source=place(operation),
                    pointer=operation.pointer,
                )


def _forms(operation: Operation) -> frozenset[str]:
    """Return the forms that the calls of an operation use together; nothing where one of them is unknown."""
    said = [site.wire for site in operation.sites] or [operation.wire]
    if not all(said):
        return FORMS & {operation.wire}
    return FORMS if "mixed" in said else FORMS & set(said)


def wire_form_not_as_declared(subject: Subject) -> Iterator[Problem]:
    """A service sends a topic in another form than the contract declares."""
    for topic in subject.registry.topics:
        declared = {message.wire for message in subject.messages(topic)} & FORMS
        by_code = any(item.fact == "wire" and item.used and item.by == "service code" for item in topic.evidence)
        for operation in subject.senders(topic) if declared and not by_code else ():
            other = _forms(operation) - declared
            if other:
                yield Problem(
                    message=f"{operation.service} sends {name(topic)} as {listed(sorted(other))}; "
                    f"declared is {listed(sorted(declared))}",
                    remedy="send the declared form, or correct the declaration",
                    topics=(name(topic),),
                    services=(operation.service,),
                    source=next((s.source for s in operation.sites if s.wire in (*other, "mixed")), place(operation)),
                    pointer=operation.pointer,
                )


def other_model_at_call(subject: Subject) -> Iterator[Problem]:
    """A call sends, or a handler validates, another model than the contract of the topic names."""
    for topic in subject.registry.topics:
        messages = subject.messages(topic)
        wanted = {message.name for message in messages}
        envelopes = {key.rpartition(".")[2] for key in _envelopes(subject, messages)}
        for operation in (*subject.senders(topic), *subject.receivers(topic)) if wanted else ():
            if unshared(operation.filter) in ("", topic.address, as_filter(topic.address or "")):
                yield from _other_models(topic, operation, wanted, envelopes)


def _envelopes(subject: Subject, messages: tuple[Message, ...]) -> Iterator[str]:
    """Yield the names of a topic's envelope classes: a handler may validate the envelope and not the model in it."""
    for message in messages:
        target = (message.payload or {}).get("$ref")
        schema = subject.registry.schemas.get(target.rpartition("/")[2], {}) if isinstance(target, str) else {}
        if "x-envelope" in schema:
            yield str(schema.get("x-source", "")).rpartition("#")[2]


def _other_models(topic: Topic, operation: Operation, wanted: set[str], envelopes: set[str]) -> Iterator[Problem]:
    fine = wanted | envelopes
    # A subscription whose handler validates the contract's model and others tells them apart by something unseen.
    told = {site.source for site in operation.sites if site.model.rpartition(".")[2] in fine}
    for site in operation.sites:
        model = site.model.rpartition(".")[2]
        if model and model not in fine and (operation.action == "send" or site.source not in told):
            verb = "sends" if operation.action == "send" else "validates"
            yield Problem(
                message=f"{operation.service} {verb} {model} on {name(topic)}; "
                f"the contract is {listed(sorted(wanted))}",
                remedy="use the contract's model, or correct the contract",
                about=model,
                topics=(name(topic),),
                services=(operation.service,),
                source=site.source,
                pointer=operation.pointer,
            )


def several_models_undeclared(subject: Subject) -> Iterator[Problem]:
    """A topic carries several models, but nobody declared that it should."""
    for topic in subject.registry.topics:
        said = [item for item in topic.evidence if item.fact == "model"]
        by = {item.by for item in said if item.used}
        chosen = any(item.by == "name" and "," in item.value for item in said)  # `Command = Start | Stop`
        if len(topic.messages) > 1 and by and not chosen and not by & {"portal.toml", "declared"}:
            names = [message.name for message in subject.messages(topic)]
            yield Problem(
                message=f"{name(topic)} carries {len(names)} models: {listed(names)}",
                remedy="declare all of them on the topic, or keep one",
                topics=(name(topic),),
                source=topic.source,
                pointer=topic.pointer,
            )


def own_dump_rejected(subject: Subject) -> Iterator[Problem]:
    """A model does not accept what it is dumped to, so that a subscriber with the same model rejects the message."""
    from asyncapi.payload.wire import WireSchemas
    from asyncapi.schemas.prover.subset import Prover

    proofs = _Proofs(WireSchemas(subject.registry), Prover(budget=BUDGET))
    found: dict[tuple[str, str], tuple[Message, list[Topic]]] = {}
    for topic in subject.registry.topics:
        for message in subject.messages(topic):
            if reason := proofs.rejection(message, subject.senders(topic)):
                found.setdefault((message.model_key or message.key, reason), (message, []))[1].append(topic)
    for (_, reason), (message, topics) in found.items():
        more = f" and {len(topics) - 1} more topics" if len(topics) > 2 else f" and {name(topics[-1])}"
        senders = [operation.service for topic in topics for operation in subject.senders(topic)]
        yield Problem(
            message=f"{message.name} as it is sent on {name(topics[0])}{more if topics[1:] else ''} "
            f"is not what it accepts: {reason}",
            remedy="dump and validate by the same names (by_alias, validate_by_name), "
            "or leave out what is only computed",
            about=message.name,
            topics=tuple(dict.fromkeys(map(name, topics))),
            services=tuple(dict.fromkeys(senders)),
            source=message.source,
            pointer=message.pointer,
        )


class _Proofs:
    """Proves that messages accept what they are dumped to. Stops after several proofs that ran out of work, because a
    stranger's document may hold nothing else.
    """

    def __init__(self, wire: WireSchemas, prover: Prover) -> None:
        self._wire, self._prover = wire, prover
        self._undecided = 0

    def rejection(self, message: Message, senders: tuple[Operation, ...]) -> str:
        """Return what of its own dump a message rejects, in words; empty when it accepts all, or that is unknown."""
        from asyncapi.payload.wire import dumps
        from asyncapi.schemas.prover.answers import Refuted, Undecided

        accepted, ways = self._wire.accepted(message), dumps(senders, unknown=("partial",))
        if accepted is None or (message.accepts is None and not any(way.endswith("without-none") for way in ways)):
            return ""
        for way in ways if self._undecided < MOST_UNDECIDED else ():
            sent = self._wire.sent(message, way)
            if sent is None:
                continue
            answer = self._prover.subset(
                sent.schema, accepted.schema, a_schemas=sent.schemas, b_schemas=accepted.schemas
            )
            self._undecided += isinstance(answer, Undecided)
            if isinstance(answer, Refuted):
                if not senders and any(cause.keyword == "required" for cause in answer.causes):
                    return ""  # whoever sends it may dump it by alias
                causes = [f"{'.'.join(cause.path) or 'the message'} ({cause.keyword})" for cause in answer.causes[:3]]
                return listed(causes) or "a dumped message is rejected"
        return ""
