"""The rules by id, as data: whoever only names a rule, as portal.toml does, loads none of the code that looks.

Each has its severity unless the team says another. Rules on systems and on changes are functions in
`asyncapi.checks` and `asyncapi.compare.rules`, whose docstrings are their texts; the others have theirs here.
"""

from __future__ import annotations

from collections.abc import Mapping

from asyncapi.findings import Severity

EXPORT_RULES: Mapping[str, tuple[Severity, str]] = {
    "module-not-importable": ("error", "A module of the contracts cannot be imported; what it holds is missing."),
    "value-not-readable": ("note", "A value of the contracts raises an error when it is looked at; it is left out."),
    "topic-not-valid": ("error", "A constant is called a topic, but no broker would take it for one; it is left out."),
    "model-without-schema": ("warning", "A model has no JSON Schema; it is left out."),
    "type-without-schema": ("warning", "The type of a field has no JSON Schema; the field is shown as opaque."),
    "callable-discriminator": ("warning", "The arms of a union are told apart by a function, which no schema can say."),
    "schema-reference-unresolved": ("warning", "A schema refers to something that its model does not define."),
    "schema-keyword-lost": ("warning", "A keyword of JSON Schema 2020-12 cannot be said in AsyncAPI's draft-07."),
    "schema-keyword-faulty": ("warning", "A schema has a keyword whose value is not allowed; it is left out."),
    "schema-default-lost": ("note", "A default cannot be written as JSON; it is left out."),
    "schema-example-lost": ("note", "An example cannot be written as JSON; it is left out."),
    "example-not-found": ("note", "No example of a message could be made that is valid."),
    "topic-without-model": ("warning", "No model is known for a topic."),
    "model-without-topic": ("note", "A model is on no topic and in no other message."),
    "constant-duplicated": ("warning", "Several constants spell the same topic."),
    "evidence-contradicts": ("error", "Two sources say different things about a topic."),
    "dump-names-mixed": ("warning", "A model is dumped by alias in one place and by name in another."),
    "model-not-found": ("error", "A declaration or portal.toml names a model that the contracts do not have."),
    "path-not-found": ("warning", "A folder under `path` does not exist; nothing is imported from it."),
    "service-not-found": ("warning", "A pattern under `services`, or the path of a service, matches nothing."),
    "file-not-readable": ("warning", "A file of a service is no Python; what it publishes and subscribes is missing."),
    "method-does-not-exist": ("error", "Service code calls a method that the class of its client does not have."),
    "constant-unused": (
        "note",
        "A topic constant of the contracts is used by no service, and nothing is sent or received on its topic.",
    ),
    "hard-coded-topic": ("note", "Service code spells out a topic for which the contracts have a constant."),
    "other-namesake-at-call": (
        "error",
        "A call sends, or a handler validates, a model that only shares its name with the contract of the topic.",
    ),
    "local-model-shadows-contract": (
        "warning",
        "A service defines a model of its own with the name of a contract's model, but with different fields.",
    ),
    "models-share-a-name": ("warning", "Two different models of the contracts have the same class name."),
    "reply-topic-unknown": ("warning", "A declaration says that answers go to a topic that nobody knows."),
    "event-type-unknown": ("error", "A call names an event type that the table of event types does not have."),
    "topic-as-event-type": ("error", "A call passes a topic where an event type is expected."),
    "call-not-resolved": ("note", "A call publishes or subscribes to a topic that its source does not show."),
    "client-not-known": (
        "note",
        "Calls of a service look like a client's publish or subscribe, but what they are called on is not known.",
    ),
    "scan-cut-short": (
        "warning",
        "A bound of the scanner was reached in a service; what lies beyond it was not followed and may be missing.",
    ),
}
"""What is found while code becomes a document; it travels in the document's `x-findings`."""

READING_RULES: Mapping[str, tuple[Severity, str]] = {
    "document-malformed": ("warning", "Something in the document is not as the specification has it."),
    "reference-not-resolved": ("warning", "A reference in the document leads nowhere."),
}
"""What is found while a document is read."""

SYSTEM_RULES: Mapping[str, Severity] = {
    "topic-without-publisher": "error",
    "topic-without-subscriber": "warning",
    "subscription-meets-nothing": "error",
    "request-never-answered": "error",
    "request-without-answer": "warning",
    "deprecated-topic-in-use": "warning",
    "deprecated-message-in-use": "warning",
    "flow-broken": "error",
    "publisher-qos-differs": "error",
    "publisher-retain-differs": "error",
    "retained-command": "error",
    "subscriber-qos-below-publisher": "warning",
    "qos-left-to-default": "warning",
    "publishers-disagree": "warning",
    "topic-name-breaks-convention": "warning",
    "topic-undeclared": "warning",
    "wildcard-in-address": "error",
    "wire-form-mismatch": "error",
    "wire-form-not-as-declared": "error",
    "other-model-at-call": "error",
    "several-models-undeclared": "warning",
    "own-dump-rejected": "error",
    "required-field-missing": "warning",
    "extras-not-forbidden": "note",
    "example-invalid": "warning",
    "default-invalid": "warning",
    "secret-in-contract": "warning",
    "correlation-field-missing": "error",
    "correlation-points-nowhere": "error",
    "address-duplicated": "warning",
    "parameter-missing": "warning",
    "reply-from-other-channel": "error",
}
"""What `asyncapi.checks` looks at in every system, ours or not."""

IGNORE_RULES: Mapping[str, tuple[Severity, str]] = {
    "ignore-expired": ("note", "The date of an ignore in portal.toml is over; what it hid is shown."),
    "ignore-unused": ("note", "An ignore in portal.toml meets no finding."),
}
"""What is found about the ignores of portal.toml themselves."""

FINDING_RULES = EXPORT_RULES.keys() | READING_RULES.keys() | SYSTEM_RULES.keys() | IGNORE_RULES.keys()

_CHANGES = (
    "condition-changed const-changed content-type-changed correlation-changed correlation-id-changed "
    "count-narrowed count-widened declared-qos-changed declared-retain-changed default-changed "
    "discriminator-renamed dump-options-changed enum-added enum-removed enum-value-added "
    "enum-value-removed extras-allowed extras-forbidden extras-ignored field-became-optional "
    "field-became-required field-renamed format-added format-changed format-removed headers-changed "
    "last-publisher-removed last-subscriber-removed length-narrowed length-widened message-added "
    "message-expiry-changed message-removed message-renamed message-words-changed model-rejects-itself "
    "multiple-added multiple-changed multiple-removed null-added null-removed operation-direction-changed "
    "optional-field-added optional-field-removed pattern-added pattern-changed pattern-removed "
    "payload-incompatible payload-opaque-changed payload-undecided publisher-added publisher-qos-lowered "
    "publisher-qos-raised publisher-removed range-narrowed range-widened reply-topic-changed "
    "required-field-added required-field-removed retain-added retain-removed state-changed "
    "subscriber-added subscriber-qos-lowered subscriber-qos-raised subscriber-removed topic-added "
    "topic-removed topic-renamed tuple-changed type-changed type-narrowed type-widened union-arm-added "
    "union-arm-removed unique-added unique-removed validator-added validator-removed wire-form-changed "
    "words-changed "
)
CHANGE_RULES = frozenset(_CHANGES.split())
"""What `asyncapi.compare` says of two versions."""
