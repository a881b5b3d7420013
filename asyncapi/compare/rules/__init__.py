"""The rules: each says when a change is of its kind, and how it reads. `asyncapi.compare.judging` weighs it."""

from __future__ import annotations

from asyncapi.compare.rules.delivery import DELIVERY_RULES
from asyncapi.compare.rules.messages import MESSAGE_RULES
from asyncapi.compare.rules.payload import PAYLOAD_RULES
from asyncapi.compare.rules.rule import Rule
from asyncapi.compare.rules.topics import TOPIC_RULES

__all__ = ["RULES", "Rule"]

RULES: tuple[Rule, ...] = (*PAYLOAD_RULES, *MESSAGE_RULES, *DELIVERY_RULES, *TOPIC_RULES)
