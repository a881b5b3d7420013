"""What is left of a goal once every `and`, `or` and `not` is decided: keywords that must hold, others that must not."""

from __future__ import annotations

from collections.abc import Iterator

from asyncapi.schemas.prover.terms import OWNER, TYPES, Term, Terms, type_of


class Literals:
    """A conjunction of keyword terms and of negated keyword terms, with the types that are still possible.

    `whole` says whether a number must be whole (True), must not be (False) or may be either (None).
    """

    __slots__ = ("excluded", "has", "lacks", "seen", "types", "whole")

    def __init__(self) -> None:
        self.has: dict[Term, None] = {}
        self.lacks: dict[Term, None] = {}
        self.seen: set[tuple[bool, Term]] = set()
        self.types = TYPES
        self.whole: bool | None = None
        self.excluded: set[str] = set()

    def copy(self) -> Literals:
        """Return a copy that can be added to."""
        other = Literals()
        other.has, other.lacks, other.seen = dict(self.has), dict(self.lacks), set(self.seen)
        other.types, other.whole, other.excluded = self.types, self.whole, self.excluded
        return other

    def having(self, kind: str) -> Iterator[Term]:
        """Yield the terms of one kind that must hold."""
        return (term for term in self.has if term.kind == kind)

    def without(self, kind: str) -> Iterator[Term]:
        """Yield the terms of one kind that must not hold."""
        return (term for term in self.lacks if term.kind == kind)

    def terms(self, table: Terms) -> frozenset[Term]:
        """Return the conjunction as terms that must all hold."""
        return frozenset((*self.has, *(table.negate(term) for term in self.lacks)))

    def add(self, holds: bool, term: Term) -> bool:
        """Take in a keyword term; False when nothing can meet them all any more."""
        if term in (self.lacks if holds else self.has):
            return False
        (self.has if holds else self.lacks)[term] = None
        if term.kind == "type":
            self._type(holds, term.args[0])
        elif term.kind == "enum":
            self._enum(holds, term)
        elif not holds and term.kind in OWNER:
            self.types &= {OWNER[term.kind]}
        return bool(self.types)

    def _type(self, holds: bool, names: frozenset[str]) -> None:
        whole_only = "integer" in names
        if holds:
            self.types &= names | ({"number"} if whole_only else set())
            if whole_only:
                self._whole(True)
        else:
            self.types -= names
            if whole_only:
                self._whole(False)

    def _whole(self, value: bool) -> None:
        if self.whole is not None and self.whole is not value:
            self.types -= {"number"}
        self.whole = value

    def _enum(self, holds: bool, term: Term) -> None:
        if holds:
            self.types &= frozenset(type_of(value) for value in term.args[0].by_key.values())
        else:
            self.excluded = self.excluded | set(term.args[0].by_key)
