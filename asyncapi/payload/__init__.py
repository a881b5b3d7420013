"""A payload somebody pasted → which topics accept it, which nearly, and what is wrong beside each field, in words."""

from __future__ import annotations

from asyncapi.payload.checking import check_payload, find
from asyncapi.payload.forms import has_envelope
from asyncapi.payload.report import Answer, Match, PayloadReport, as_data
from asyncapi.schemas.violations.reading import MAX_DEPTH, MAX_SIZE, Fault, Payload, read_payload
from asyncapi.schemas.violations.violation import Violation

__all__ = [
    "MAX_DEPTH",
    "MAX_SIZE",
    "Answer",
    "Fault",
    "Match",
    "Payload",
    "PayloadReport",
    "Violation",
    "as_data",
    "check_payload",
    "find",
    "has_envelope",
    "read_payload",
]
