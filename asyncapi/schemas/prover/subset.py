"""`subset(a, b)`: does schema B admit every value that schema A admits? Proven, refuted by example, or undecided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asyncapi.schemas.prover.answers import (
    Answer,
    Departure,
    Empty,
    Found,
    Proven,
    Refuted,
    Undecided,
    UndecidedError,
    Unknown,
)
from asyncapi.schemas.prover.causes import blame
from asyncapi.schemas.prover.evidence import LazyValidator
from asyncapi.schemas.prover.reading import SchemaReader
from asyncapi.schemas.prover.solving import Solver
from asyncapi.schemas.prover.terms import Term, Terms

Schema = Mapping[str, Any] | bool
BUDGET = 20_000  # steps of about 20 microseconds: less than half a second for a question


class Prover:
    """Answers many questions over shared terms: what was decided for one pair of schemas serves the next."""

    def __init__(self, *, budget: int = BUDGET) -> None:
        self.budget = budget
        self.terms = Terms()
        self._readers: dict[int, SchemaReader] = {}
        self._shared: dict[int, tuple[Mapping[str, Any], SchemaReader]] = {}
        self.solver = Solver(self.terms, self._resolve)

    def read(self, schema: Schema, schemas: Mapping[str, Any]) -> Term:
        """Return the term of a schema; `schemas` are looked up by identity, so that they are read once."""
        own = isinstance(schema, Mapping) and ("$defs" in schema or "definitions" in schema)
        if own or not schemas:
            return self._reader(schemas, schema).term(schema)
        if id(schemas) not in self._shared:
            self._shared[id(schemas)] = (schemas, self._reader(schemas, None))
        return self._shared[id(schemas)][1].term(schema)

    def subset(
        self, a: Schema, b: Schema, *, a_schemas: Mapping[str, Any], b_schemas: Mapping[str, Any], every: bool = True
    ) -> Answer:
        """Decide one pair. With `every`, a refutation names all places where A leaves B, not only one."""
        self.solver.left = self.budget
        try:
            left, right = self.read(a, a_schemas), self.read(b, b_schemas)
            outcome = self.solver.solve((left,), (right,))
        except UndecidedError as error:
            return Undecided(reason=str(error))
        except RecursionError:
            return Undecided(reason="deep nesting")
        if isinstance(outcome, Empty):
            return Proven()
        if isinstance(outcome, Unknown):
            return Undecided(reason=outcome.reason)
        case = _Case(self, left, right, LazyValidator(a, a_schemas), LazyValidator(b, b_schemas))
        return case.refuted(outcome.value, every=every)

    def _reader(self, schemas: Mapping[str, Any], root: Any) -> SchemaReader:
        side = len(self._readers)
        self._readers[side] = SchemaReader(self.terms, side, schemas, root)
        return self._readers[side]

    def _resolve(self, reference: Term) -> Term:
        return self._readers[reference.args[0]].resolve(reference)


class _Case:
    """A pair that looks refuted: collects confirmed examples."""

    def __init__(self, prover: Prover, left: Term, right: Term, admits: LazyValidator, rejects: LazyValidator) -> None:
        self.prover, self.left, self.right = prover, left, right
        self.admits, self.rejects = admits, rejects

    def confirmed(self, value: Any) -> bool:
        return self.admits.admits(value) is True and self.rejects.admits(value) is False

    def refuted(self, value: Any, *, every: bool) -> Answer:
        good = self.confirmed(value)
        if good and not every:
            return Refuted(example=value)
        found, doubts = self.causes()
        if not good and not found:
            return Undecided(reason="a counterexample that could not be confirmed")
        if not found:
            found = [Departure(path=(), keyword="", example=value)]
        return Refuted(example=found[0].example, causes=tuple(found), doubts=tuple(doubts))

    def causes(self) -> tuple[list[Departure], list[str]]:
        """Return every confirmed cause, and what could not be decided."""
        found: list[Departure] = []
        try:
            self.prover.solver.left = self.prover.budget
            places = blame(self.prover.solver, self.left, self.right)
            doubts = list(places.doubts)
            for place in places.places.values():
                outcome = self.prover.solver.solve((self.left,), (place.term,))
                if isinstance(outcome, Found) and self.confirmed(outcome.value):
                    found.append(Departure(path=place.path, keyword=place.keyword, example=outcome.value))
                elif not isinstance(outcome, Empty):
                    doubts.append(f"{place.keyword} at {'/'.join(place.path)}")
        except (UndecidedError, RecursionError) as error:
            doubts = [str(error) or "deep nesting"]
        return found, doubts


def subset(
    a: Schema,
    b: Schema,
    *,
    a_schemas: Mapping[str, Any] | None = None,
    b_schemas: Mapping[str, Any] | None = None,
    budget: int = BUDGET,
) -> Answer:
    """Say whether every value of `a` is a value of `b`; the schemas are what references lead to, by name.

    Both dialects are read: `#/components/schemas/X`, where siblings of a reference do not count (draft-07), and
    `#/$defs/X`, where they do (2020-12). `budget` bounds the steps of the search, about 20 µs each.
    """
    prover = Prover(budget=budget)
    return prover.subset(a, b, a_schemas=a_schemas or {}, b_schemas=b_schemas or {})
