"""The list of rules and how grave each is by default; a rule's id is its function's name, its text the docstring."""

from __future__ import annotations

from asyncapi.checks import delivery, edges, naming, payloads, structure
from asyncapi.checks.subject import Rule
from asyncapi.findings import Severity

RULES: tuple[tuple[Rule, Severity], ...] = (
    (edges.topic_without_publisher, "error"),
    (edges.topic_without_subscriber, "warning"),
    (edges.subscription_meets_nothing, "error"),
    (edges.request_never_answered, "error"),
    (edges.deprecated_topic_in_use, "warning"),
    (delivery.publisher_qos_differs, "error"),
    (delivery.publisher_retain_differs, "error"),
    (delivery.retained_command, "error"),
    (delivery.subscriber_qos_below_publisher, "warning"),
    (delivery.qos_left_to_default, "warning"),
    (delivery.publishers_disagree, "warning"),
    (naming.topic_name_breaks_convention, "warning"),
    (naming.topic_undeclared, "warning"),
    (naming.hard_coded_topic, "note"),
    (naming.wildcard_in_address, "error"),
    (naming.messages_share_a_name, "warning"),
    (payloads.wire_form_mismatch, "error"),
    (payloads.wire_form_not_as_declared, "error"),
    (payloads.other_model_at_call, "error"),
    (payloads.several_models_undeclared, "warning"),
    (payloads.required_field_missing, "warning"),
    (payloads.extras_not_forbidden, "note"),
    (payloads.example_invalid, "warning"),
    (payloads.default_invalid, "warning"),
    (payloads.secret_in_contract, "warning"),
    (structure.correlation_field_missing, "error"),
    (structure.correlation_points_nowhere, "error"),
    (structure.address_duplicated, "error"),
    (structure.parameter_missing, "warning"),
    (structure.reply_from_other_channel, "error"),
)

EXPORTED: dict[str, tuple[Severity, str]] = {
    "module-not-importable": ("error", "A module of the contracts cannot be imported; what it holds is missing."),
    "topic-without-model": ("warning", "No model is known for a topic."),
    "model-without-topic": ("note", "A model is on no topic and in no other message."),
    "constant-duplicated": ("warning", "Several constants spell the same topic."),
    "evidence-contradicts": ("error", "Two sources say different things about a topic."),
    "model-not-found": ("error", "A declaration or portal.toml names a model that the contracts do not have."),
}


def rule_id(rule: Rule) -> str:
    """Return the kebab-case id of a rule."""
    return rule.__name__.replace("_", "-")


def rule_text(rule: Rule) -> str:
    """Return what a rule says of itself, on one line."""
    return " ".join((rule.__doc__ or "").split())
