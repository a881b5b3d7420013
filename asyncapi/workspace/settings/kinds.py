"""Kinds of value in portal.toml: what is allowed for each, in words for people and as a check."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from asyncapi.workspace.settings.model import mask_credentials

CHOICES: dict[str, tuple[object, ...]] = {
    "qos": (0, 1, 2),
    "wire": ("raw", "envelope"),
    "state": ("active", "deprecated"),
    "severity": ("error", "warning", "note", "off"),
    "diff severity": ("break", "risk", "ok"),
    "action": ("send", "receive"),
}


class Kind(NamedTuple):
    """A check of a value, and what it allows."""

    allows: Callable[[Any], bool]
    wanted: str


def complaint(kind: str, value: Any) -> str:
    """Return what is allowed when a value is not of its kind, else nothing."""
    if kind in CHOICES:
        good = any(type(value) is type(choice) and value == choice for choice in CHOICES[kind])
        return "" if good else allowed(kind)
    if kind == "pattern":
        return _pattern_complaint(value)
    return "" if KINDS[kind].allows(value) else KINDS[kind].wanted


def allowed(kind: str) -> str:
    """Return what a kind allows."""
    if kind in CHOICES:
        return ", ".join(str(choice) for choice in CHOICES[kind])
    return "a regular expression" if kind == "pattern" else KINDS[kind].wanted


def _pattern_complaint(value: Any) -> str:
    try:
        re.compile(value)
    except (re.error, TypeError, RecursionError) as error:
        return f"a regular expression ({error})"
    return ""


def _texts(value: Any, pattern: str = ".*") -> bool:
    return _are(value, str) and all(re.fullmatch(pattern, item, re.DOTALL) for item in value)


def _are(value: Any, *kinds: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kinds) for item in value)


def _text(value: Any, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _branches(value: Any) -> bool:
    """Say whether a value is a part of a flow that is not always taken, or several of which one is."""
    if isinstance(value, dict) and set(value) == {"either"}:
        return _are(value["either"], dict) and len(value["either"]) > 1 and all(map(_branch, value["either"]))
    return _branch(value)


def _branch(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"when", "steps"}:
        return False
    return isinstance(value["when"], str) and bool(value["when"].strip()) and _are(value["steps"], str)


def _date(value: Any) -> bool:
    if isinstance(value, str):
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
        return re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None
    return type(value) is date


def _host(value: Any) -> bool:
    try:
        return isinstance(value, str) and (not value or bool(mask_credentials(value)))
    except ValueError:
        return False


_DOTTED = r"[^\W\d]\w*(\.[^\W\d]\w*)*"
KINDS: dict[str, Kind] = {
    "text": Kind(lambda value: isinstance(value, str), "text in quotes"),
    "texts": Kind(lambda value: _texts(value), 'a list of texts, ["…"]'),
    "imports": Kind(lambda value: _texts(value, _DOTTED), 'a list of import names, ["package.module"]'),
    "globs": Kind(
        lambda value: _texts(value, r"(?!/)(?!.*(^|/)\.\.(/|$)).+"),
        'a list of patterns below this folder, ["apps/*"]',
    ),
    "class": Kind(lambda value: _text(value, f"{_DOTTED}:{_DOTTED}"), '"module:Class"'),
    "link": Kind(
        lambda value: _text(value, r"https?://(?:[^\s{}]|\{(?:commit|file|line)\})+"),
        "an address with http:// or https:// that holds no other braces than {commit}, {file} and {line}",
    ),
    "name": Kind(lambda value: _text(value, r".*\S.*"), "text in quotes that is not empty"),
    "urn": Kind(lambda value: _text(value, r"([A-Za-z][A-Za-z0-9+.-]*:\S+)?"), '"urn:example:greenhouse"'),
    "host": Kind(_host, '"broker.example.com:1883"'),
    "flag": Kind(lambda value: isinstance(value, bool), "true, false"),
    "number": Kind(
        lambda value: type(value) in (int, float) and 0 < value <= 86_400, "a number above 0, at most 86400"
    ),
    "position": Kind(
        lambda value: isinstance(value, str) or (type(value) is int and value >= 0), "a position from 0, or a name"
    ),
    "date": Kind(_date, "a date, 2026-12-31"),
    "edges": Kind(lambda value: _are(value, str, dict), "a list of topics, or of tables with topic, qos, retain, wire"),
    "replies": Kind(
        lambda value: _are(value, str, dict), "a list of topics, or of tables with topic, field, answer_field"
    ),
    "steps": Kind(
        lambda value: isinstance(value, list) and all(isinstance(item, str) or _branches(item) for item in value),
        'a list of "service -> topic -> service", of {when = "…", steps = […]}, or of {either = [{when, steps}, …]}',
    ),
    "license": Kind(lambda value: isinstance(value, str | dict), "a name, or a table with name and url"),
}
