"""Fields that tie the steps of a flow → which steps belong to one chain, across fields that are renamed on the way."""

from __future__ import annotations

ARROW = " → "


def chains(correlations: tuple[str, ...]) -> tuple[int | None, ...]:
    """Return the number of each step's chain, from 0 in order of appearance; None for a step without a field.

    A correlation is a field name, or two joined by an arrow where the name changes.
    """
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            name = root[name]
        return name

    for correlation in correlations:
        first, *others = correlation.split(ARROW)
        for other in others:
            root[find(other)] = find(first)
    numbers: dict[str, int] = {}
    return tuple(
        numbers.setdefault(find(correlation.split(ARROW)[0]), len(numbers)) if correlation else None
        for correlation in correlations
    )
