"""What is wrong at one place of a payload, in words: what was expected there and what was found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from asyncapi.pointers import join
from asyncapi.schemas.violations.reading import at

Part = str | int
MAX_PROBLEMS: Final = 50  # more are counted and not listed
_LONGEST = 60  # characters of a value within a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that a schema does not admit. `parts` lead from the root of what was pasted to the place.

    `rule` is the keyword of JSON Schema that is not met, `constraint` what it asks for in words, `expected` the
    whole type of the place in words. `arm` is the alternative of a union that the payload comes nearest to.
    """

    parts: tuple[Part, ...] = ()
    rule: str
    message: str
    constraint: str = ""
    expected: str = ""
    found: str = ""
    arm: str = ""
    hint: str = ""

    @property
    def path(self) -> str:
        """Return the place as a reader writes it; empty for the whole payload."""
        return at(self.parts)

    @property
    def pointer(self) -> str:
        """Return the place as a JSON pointer."""
        return join("", *self.parts)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.parts else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Violations:
    """Problems of a value, not more than are worth reading, with how many there are in all.

    `weight` is how many steps a validator takes that remembers nothing.
    """

    problems: tuple[Violation, ...] = ()
    count: int = 0
    weight: int = 1

    def under(self, part: Part) -> Violations:
        """Return the same, seen from the value around."""
        return Violations(
            problems=tuple(_moved(problem, (part, *problem.parts)) for problem in self.problems),
            count=self.count,
            weight=self.weight,
        )


NOTHING: Final = Violations()


def one(**problem: Any) -> Violations:
    """Return a single problem."""
    return Violations(problems=(Violation(**problem),), count=1)


def together(parts: list[Violations]) -> Violations:
    """Return the problems of several parts, in order."""
    if len(parts) == 1:
        return parts[0]
    problems: list[Violation] = []
    for part in parts:
        if len(problems) < MAX_PROBLEMS:
            problems += part.problems
    return Violations(
        problems=tuple(problems[:MAX_PROBLEMS]),
        count=sum(part.count for part in parts),
        weight=1 + sum(part.weight for part in parts),
    )


def in_arm(found: Violations, label: str) -> Violations:
    """Return problems marked with the alternative that they come from, where none inside is named already."""
    marked = tuple(_moved(problem, problem.parts, problem.arm or label) for problem in found.problems)
    return Violations(problems=marked, count=found.count, weight=found.weight)


def told(value: Any) -> str:
    """Return a value in a few words for a message: texts are cut, of objects only the names are shown."""
    if isinstance(value, Mapping):
        names = [f"`{_short(name)}`" for name in list(value)[:6]]
        more = f" and {len(value) - 6} more" if len(value) > 6 else ""
        return f"an object with {', '.join(names)}{more}" if names else "an empty object"
    if isinstance(value, list):
        return f"a list of {len(value)} item{'' if len(value) == 1 else 's'}" if value else "an empty list"
    if isinstance(value, str) and len(value) > _LONGEST:
        return f'{json.dumps(value[:_LONGEST], ensure_ascii=False)[:-1]}…" ({len(value)} characters)'
    return _short(json.dumps(value, ensure_ascii=False))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST + 2 else f"{text[:_LONGEST]}…"


def _moved(problem: Violation, parts: tuple[Part, ...], arm: str | None = None) -> Violation:
    return Violation(
        parts=parts,
        rule=problem.rule,
        message=problem.message,
        constraint=problem.constraint,
        expected=problem.expected,
        found=problem.found,
        arm=problem.arm if arm is None else arm,
        hint=problem.hint,
    )
