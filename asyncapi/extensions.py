"""Every `x-` name that our documents carry, where it stands and what it means.

The single list: the exporter writes no other, the reference page is generated from it, and every page must
render with all of them removed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """An `x-` name: the objects that may carry it, the shape of its value, and its meaning in a sentence or two."""

    name: str
    on: tuple[str, ...]
    shape: str
    meaning: str


def _x(name: str, on: str, shape: str, meaning: str) -> Extension:
    return Extension(name=name, on=tuple(on.split()), shape=shape, meaning=meaning)


EXTENSIONS: tuple[Extension, ...] = (
    _x(
        "x-source",
        "channel operation message schema",
        "`file#symbol`",
        "Where the object is written in the team's source, relative to the workspace.",
    ),
    _x(
        "x-lines",
        "info",
        "map `file#symbol` → line, from 1; further lines of one symbol are `file#symbol~2` …",
        "Line numbers of all sources; the only part of a document that changes when lines move.",
    ),
    _x(
        "x-source-url",
        "info",
        "text with `{file}`, `{line}` and, filled in when served, `{commit}`",
        "Turns sources into links; http and https only.",
    ),
    _x(
        "x-services",
        "info",
        "map service → {summary, owner, contact, repository, source, declared}",
        "The services of the system; `declared` marks those that were not scanned but written in portal.toml.",
    ),
    _x(
        "x-policy",
        "info",
        "{classes: map class → {qos, retain, description}, topic_name, exceptions: map address → reason, severity: map rule → severity, ignore: list, required_fields, correlation, diff_severity: map rule → break, risk or ok}",
        "What the team expects: delivery by topic class, the naming rule and its exceptions, severities of findings and of changes, fields every message has.",
    ),
    _x(
        "x-flows",
        "info",
        "map name → {summary, carries, steps: list of {sender, topic, receiver, when, alternative}}",
        "Flows declared by the team, to be checked against what the code does. A step with `when` is not always taken; an `alternative` is taken instead of the branch before it.",
    ),
    _x(
        "x-findings",
        "info",
        "list of {rule, severity, message, subject, remedy, source, pointer, topics, services}",
        "What could not be decided, or contradicted itself, when the document was made from code.",
    ),
    _x(
        "x-coverage",
        "info",
        "map of counts",
        "How many topics, sites and models were seen, how many calls were not resolved (`unresolved`) or not recognised (`silent`), and how often a bound cut something off (`cut`).",
    ),
    _x("x-class", "channel", "text", "The policy class of the topic, for example `event` or `stream`."),
    _x(
        "x-expected",
        "channel",
        "{qos, retain, source}",
        "Delivery that the policy or the declaration asks for; an expectation, not an observation.",
    ),
    _x(
        "x-evidence",
        "channel",
        "list of {fact, value, by, source, confidence, used}",
        "Every piece of evidence for the topic's model, class and delivery, ranked; `used` marks the winner.",
    ),
    _x("x-state", "channel message", "`active`, `deprecated` or `undeclared`", "Where the topic stands in its life."),
    _x("x-replaced-by", "channel message", "address or name", "What to use in place of something deprecated."),
    _x("x-remove-after", "channel message", "date, `YYYY-MM-DD`", "When something deprecated may be removed."),
    _x("x-owner", "channel", "text", "Who answers for the topic."),
    _x("x-contact", "channel", "text", "How to reach the owner."),
    _x(
        "x-replies",
        "channel",
        "list of {topic, field, answer_field}",
        "Where answers to messages of the channel go, and which fields tie question and answer.",
    ),
    _x("x-correlation", "channel", "list of field names", "Fields that follow a conversation through the channel."),
    _x("x-event-type", "channel", "text", "The name a registry of event types gives the topic."),
    _x(
        "x-undelivered",
        "info",
        "list of {service, filter, source}",
        "Subscriptions whose filter meets no channel of the document.",
    ),
    _x(
        "x-unseen",
        "info",
        "list of {service, kind: `unresolved`, `silent`, `cut` or `file`, actions: list of `send` and `receive`, source, said}",
        "What the scan knows not to have seen: calls whose topic is not known, calls that look like a client's and were not recognised, what a bound left out, and files that cannot be read. While there is any in a direction, that nobody publishes or subscribes is no error.",
    ),
    _x("x-service", "operation", "text", "The service whose view the operation is written from."),
    _x(
        "x-sites",
        "operation",
        "list of {source, qos, qos_from, retain, retain_from, wire, model, handler, dump, environment, steps, confidence}",
        "The calls in the service's source that the operation stands for, and how each was resolved.",
    ),
    _x("x-filter", "operation", "MQTT filter", "The wildcard subscription by which the service receives the channel."),
    _x(
        "x-dump",
        "operation",
        "map option → bool",
        "Options with which the sender dumps its model (`exclude_none`, `by_alias` …).",
    ),
    _x(
        "x-wire",
        "message operation",
        "`raw`, `envelope` or `mixed`",
        "Whether the model travels bare or inside an envelope; on an operation, what that service sends or accepts.",
    ),
    _x(
        "x-causes",
        "operation",
        "list of {operation, source, copies: map field → field}",
        "On a receive operation: operations of the same service that can follow from it, and the fields carried over.",
    ),
    _x("x-declared", "operation", "true", "The operation was written in portal.toml, not seen in source."),
    _x(
        "x-model",
        "message",
        "component schema key",
        "The schema of the model itself, where the payload is an envelope around it.",
    ),
    _x(
        "x-envelope",
        "schema",
        "{data: property name, model: component schema key}",
        "Marks a composed envelope schema: which property holds the model.",
    ),
    _x(
        "x-accepts",
        "message",
        "`$ref` to a component schema",
        "What subscribers' models accept, where that is not the payload schema.",
    ),
    _x("x-extra", "schema", "`forbid`, `ignore` or `allow`", "What the model does with unknown fields when reading."),
    _x(
        "x-partial",
        "schema",
        "true",
        "A dict of known keys: those that are not required may be missing from what is sent.",
    ),
    _x("x-declared-by", "schema", "map property → `file#symbol`", "Fields inherited from another class, and which."),
    _x("x-discriminator", "schema", "{propertyName, mapping}", "Which property tells the arms of a union apart."),
    _x("x-enum-varnames", "schema", "list of text", "Names of enum members in the order of `enum`."),
    _x("x-enum-descriptions", "schema", "list of text", "Docstrings of enum members in the order of `enum`."),
    _x(
        "x-key-type",
        "schema",
        "`integer`, `number`, `boolean`",
        "Type of the keys of a dict, which JSON spells as text.",
    ),
    _x(
        "x-limits",
        "schema",
        "{gt, ge, lt, le, multiple_of, max_digits, decimal_places, offset: `required` or `forbidden`, now: `past` or `future`}",
        "Limits of a decimal, a date, a time or a duration for which JSON Schema has no keyword; bounds are text in the format of the field.",
    ),
    _x(
        "x-validators",
        "schema",
        "map function → list of properties, empty for all of them",
        "Functions of the team that check or convert what is read; no schema says what they reject.",
    ),
    _x(
        "x-content-schema", "schema", "schema", "What a text field holds once decoded; draft-07 has no `contentSchema`."
    ),
    _x("x-deferred", "schema", "text", "A field whose type has no JSON Schema; shown as opaque."),
)

NAMES: frozenset[str] = frozenset(extension.name for extension in EXTENSIONS)
