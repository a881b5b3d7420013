"""The rules that look at systems, in their order; a rule's id is its function's name, its text the docstring.

How grave each is unless the team says otherwise stands in `asyncapi.rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from asyncapi.checks import delivery, edges, naming, payloads, structure, values
from asyncapi.checks.subject import Rule
from asyncapi.findings import Severity
from asyncapi.rules import EXPORT_RULES, IGNORE_RULES, READING_RULES, SYSTEM_RULES

RULES: tuple[Rule, ...] = (
    edges.topic_without_publisher,
    edges.topic_without_subscriber,
    edges.subscription_meets_nothing,
    edges.request_never_answered,
    edges.request_without_answer,
    edges.deprecated_topic_in_use,
    edges.deprecated_message_in_use,
    edges.flow_broken,
    delivery.publisher_qos_differs,
    delivery.publisher_retain_differs,
    delivery.retained_command,
    delivery.subscriber_qos_below_publisher,
    delivery.qos_left_to_default,
    delivery.publishers_disagree,
    naming.topic_name_breaks_convention,
    naming.topic_undeclared,
    naming.wildcard_in_address,
    payloads.wire_form_mismatch,
    payloads.wire_form_not_as_declared,
    payloads.other_model_at_call,
    payloads.several_models_undeclared,
    payloads.own_dump_rejected,
    payloads.required_field_missing,
    payloads.extras_not_forbidden,
    values.example_invalid,
    values.default_invalid,
    values.secret_in_contract,
    structure.correlation_field_missing,
    structure.correlation_points_nowhere,
    structure.address_duplicated,
    structure.parameter_missing,
    structure.reply_from_other_channel,
)


def rule_id(rule: Any) -> str:
    """Return the kebab-case id of a rule."""
    return str(rule.__name__).replace("_", "-")


def rule_text(rule: Any) -> str:
    """Return what a rule says of itself, on one line."""
    return " ".join((rule.__doc__ or "").split())


def every() -> dict[str, tuple[Severity, str]]:
    """Return severity and text of every rule by id."""
    return {**EXPORT_RULES, **READING_RULES, **_ours(), **IGNORE_RULES}


def _ours() -> dict[str, tuple[Severity, str]]:
    return {rule_id(rule): (SYSTEM_RULES[rule_id(rule)], rule_text(rule)) for rule in RULES}


def reference() -> str:
    """Return the reference page on the rules: id, default severity and text of each, by when they are looked at."""
    return "\n".join(
        [
            "# Rules",
            "",
            "A finding names its rule. portal.toml changes the severity of a rule by its id, or switches it `off`:",
            '`[checks.severity]` with `topic-without-subscriber = "note"`. Single findings are ignored under',
            "`[[checks.ignore]]`, with a reason and, if you like, a date.",
            "",
            *_section("Looked at when a document is made from code", EXPORT_RULES),
            *_section("Looked at when a document is read", READING_RULES),
            *_section("Looked at in every system, ours or not", _ours()),
            *_section("About the ignores themselves", IGNORE_RULES),
        ]
    )


def _section(title: str, rules: Mapping[str, tuple[Severity, str]]) -> Iterable[str]:
    yield from (f"## {title}", "", "| rule | severity | meaning |", "|---|---|---|")
    for name, (severity, text) in rules.items():
        yield f"| `{name}` | {severity} | {text.replace('|', chr(92) + '|')} |"
    yield ""
