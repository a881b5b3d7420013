"""What solving one type of value asks of the search around it: arrays and objects have goals inside of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from asyncapi.schemas.prover.answers import Outcome
from asyncapi.schemas.prover.terms import Term, Terms


class Goals(Protocol):
    """Solves goals over one table of terms; `resolve` gives what a `ref` stands for."""

    terms: Terms
    resolve: Callable[[Term], Term]

    def spend(self, work: int = 1) -> None:
        """Count work; raises UndecidedError when the budget is spent."""

    def solve(self, has: Iterable[Term], lacks: Iterable[Term] = ()) -> Outcome:
        """Find a value that all of `has` admit and none of `lacks`."""
