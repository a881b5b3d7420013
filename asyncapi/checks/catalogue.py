"""The list of rules and how grave each is by default; a rule's id is its function's name, its text the docstring."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asyncapi.checks import delivery, edges, naming, payloads, structure, values
from asyncapi.checks.subject import Rule
from asyncapi.findings import Severity

RULES: tuple[tuple[Rule, Severity], ...] = (
    (edges.topic_without_publisher, "error"),
    (edges.topic_without_subscriber, "warning"),
    (edges.subscription_meets_nothing, "error"),
    (edges.request_never_answered, "error"),
    (edges.request_without_answer, "warning"),
    (edges.deprecated_topic_in_use, "warning"),
    (edges.deprecated_message_in_use, "warning"),
    (edges.flow_broken, "error"),
    (delivery.publisher_qos_differs, "error"),
    (delivery.publisher_retain_differs, "error"),
    (delivery.retained_command, "error"),
    (delivery.subscriber_qos_below_publisher, "warning"),
    (delivery.qos_left_to_default, "warning"),
    (delivery.publishers_disagree, "warning"),
    (naming.topic_name_breaks_convention, "warning"),
    (naming.topic_undeclared, "warning"),
    (naming.wildcard_in_address, "error"),
    (payloads.wire_form_mismatch, "error"),
    (payloads.wire_form_not_as_declared, "error"),
    (payloads.other_model_at_call, "error"),
    (payloads.several_models_undeclared, "warning"),
    (payloads.own_dump_rejected, "error"),
    (payloads.required_field_missing, "warning"),
    (payloads.extras_not_forbidden, "note"),
    (values.example_invalid, "warning"),
    (values.default_invalid, "warning"),
    (values.secret_in_contract, "warning"),
    (structure.correlation_field_missing, "error"),
    (structure.correlation_points_nowhere, "error"),
    (structure.address_duplicated, "warning"),
    (structure.parameter_missing, "warning"),
    (structure.reply_from_other_channel, "error"),
)

MADE: dict[str, tuple[Severity, str]] = {
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
}

READ: dict[str, tuple[Severity, str]] = {
    "document-malformed": ("warning", "Something in the document is not as the specification has it."),
    "reference-not-resolved": ("warning", "A reference in the document leads nowhere."),
}

KEPT: dict[str, tuple[Severity, str]] = {
    "ignore-expired": ("note", "The date of an ignore in portal.toml is over; what it hid is shown."),
    "ignore-unused": ("note", "An ignore in portal.toml meets no finding."),
}


def rule_id(rule: Any) -> str:
    """Return the kebab-case id of a rule."""
    return str(rule.__name__).replace("_", "-")


def rule_text(rule: Any) -> str:
    """Return what a rule says of itself, on one line."""
    return " ".join((rule.__doc__ or "").split())


def exported() -> dict[str, tuple[Severity, str]]:
    """Return severity and text of every rule that is looked at when a document is made from code."""
    from asyncapi.code_findings import CODE_RULES

    return MADE | {rule_id(rule): (severity, rule_text(rule)) for rule, severity in CODE_RULES}


def every() -> dict[str, tuple[Severity, str]]:
    """Return severity and text of every rule by id."""
    return exported() | READ | {rule_id(rule): (severity, rule_text(rule)) for rule, severity in RULES} | KEPT


def reference() -> str:
    """Return the reference page on the rules: id, default severity and text of each, by when they are looked at."""
    ours = {rule_id(rule): (severity, rule_text(rule)) for rule, severity in RULES}
    return "\n".join(
        [
            "# Rules",
            "",
            "A finding names its rule. portal.toml changes the severity of a rule by its id, or switches it `off`:",
            '`[checks.severity]` with `topic-without-subscriber = "note"`. Single findings are ignored under',
            "`[[checks.ignore]]`, with a reason and, if you like, a date.",
            "",
            *_section("Looked at when a document is made from code", exported()),
            *_section("Looked at when a document is read", READ),
            *_section("Looked at in every system, ours or not", ours),
            *_section("About the ignores themselves", KEPT),
        ]
    )


def _section(title: str, rules: dict[str, tuple[Severity, str]]) -> Iterable[str]:
    yield from (f"## {title}", "", "| rule | severity | meaning |", "|---|---|---|")
    for name, (severity, text) in rules.items():
        yield f"| `{name}` | {severity} | {text.replace('|', chr(92) + '|')} |"
    yield ""
