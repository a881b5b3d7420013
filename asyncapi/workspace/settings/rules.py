"""Rules that portal.toml names and that do not exist."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from asyncapi.rules import CHANGE_RULES, FINDING_RULES
from asyncapi.workspace.settings.lines import Path as KeyPath

_LIST = "docs/reference/rules.md lists them"


def unknown_rules(raw: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str, str]]:
    """Yield path, name and remedy for every rule of checks or diff that is named but does not exist."""
    checks, diff = raw.get("checks", {}), raw.get("diff", {})
    named: list[tuple[KeyPath, str]] = []
    named += [(("checks", "severity", name), name) for name in checks.get("severity", {})]
    named += [(("checks", "ignore", at, "rule"), item["rule"]) for at, item in enumerate(checks.get("ignore", []))]
    for path, name in named:
        if name not in FINDING_RULES:
            yield path, name, _remedy(name, FINDING_RULES, _LIST)
    for name in diff.get("severity", {}):
        if name not in CHANGE_RULES:
            told = "portal diff names the rule of each change"
            yield ("diff", "severity", name), name, _remedy(name, CHANGE_RULES, told)


def _remedy(name: str, known: Collection[str], otherwise: str) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    return f"did you mean {near[0]}?" if near else otherwise
