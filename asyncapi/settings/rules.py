"""Rules that portal.toml names: which of them there are not."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from asyncapi.settings.lines import Path as KeyPath

_LIST = "docs/reference/rules.md lists them"


def unknown_rules(raw: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str, str]]:
    """Yield path, name and remedy for every rule of checks or diff that is named but does not exist."""
    checks, diff = raw.get("checks", {}), raw.get("diff", {})
    if checks.get("severity") or checks.get("ignore"):
        from asyncapi.checks.catalogue import every

        known = every()
        for name in checks.get("severity", {}):
            if name not in known:
                yield ("checks", "severity", name), name, _remedy(name, known, _LIST)
        for index, item in enumerate(checks.get("ignore", [])):
            if item["rule"] not in known:
                yield ("checks", "ignore", index, "rule"), item["rule"], _remedy(item["rule"], known, _LIST)
    if diff.get("severity"):
        from asyncapi.compare.ids import IDS

        for name in diff["severity"]:
            if name not in IDS:
                yield (
                    ("diff", "severity", name),
                    name,
                    _remedy(name, IDS, "portal diff names the rule of each change"),
                )


def _remedy(name: str, known: Collection[str], otherwise: str) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    return f"did you mean {near[0]}?" if near else otherwise
