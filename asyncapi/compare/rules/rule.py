"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A kind of change. The docstring of `says` is its text.

    `mirror` is the rule of the change taken back, or `waiver` says why there is none. `breaks` tells which
    directions a payload change of this kind can break: `a` old subscribers, `b` old publishers.
    """

    id: str
    says: Callable[..., Any]
    mirror: str = ""
    waiver: str = ""
    breaks: str = ""
    keywords: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """Return what the rule is about, in a sentence or two."""
        return " ".join((self.says.__doc__ or "").split())
