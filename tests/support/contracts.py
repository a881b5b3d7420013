"""Looking at the contract fixtures, and telling what was seen in short tuples."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from asyncapi.contracts.facts import Contracts, Model
from asyncapi.contracts.introspection import introspect

FIXTURES = Path(__file__).parents[1] / "fixtures/contracts"


@cache
def look(folder: str, package: str) -> Contracts:
    """Return what is seen in one fixture package, looked at once a run."""
    return introspect([package], paths=[FIXTURES / folder], root=FIXTURES / folder)


def write(folder: Path, name: str, text: str) -> Contracts:
    """Write a module and look at it."""
    (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return introspect([name], paths=[folder], root=folder)


def constants(contracts: Contracts) -> list[tuple[str, str, str]]:
    """Return name, value and kind of every constant in order."""
    return [(constant.name, constant.value, constant.kind) for constant in contracts.constants]


def rows(contracts: Contracts) -> list[dict[str, Any]]:
    """Return every row as a mapping of what it says; "not said" is left out."""
    return [
        {
            name: value
            for name in row.__dataclass_fields__
            if name != "source" and (value := getattr(row, name)) not in (None, "", ())
        }
        for row in contracts.rows
    ]


def model(contracts: Contracts, name: str) -> Model:
    """Return the one model of a name."""
    (found,) = [model for model in contracts.models if model.name == name]
    return found
