"""Is there a value that meets some terms and not others? Finds one, proves there is none, or says what it ran into.

A goal is taken apart until only keyword terms are left, then solved type by type. Goals that come up inside
themselves have no value there: a smallest value does not contain another answer to the same goal. All work is
counted, so that the answer does not depend on the clock and hostile schemas end as undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from asyncapi.schemas.prover.answers import Empty, Found, Outcome, UndecidedError, Unknown
from asyncapi.schemas.prover.arrays import solve_array
from asyncapi.schemas.prover.holding import holds
from asyncapi.schemas.prover.literals import Literals
from asyncapi.schemas.prover.objects import solve_object
from asyncapi.schemas.prover.scalars import solve_number, solve_string
from asyncapi.schemas.prover.terms import TYPES, Term, Terms, Values, type_of

Goal = tuple[frozenset[Term], frozenset[Term]]
Part = tuple[bool, Term]
DEEPEST = 40  # goals inside of goals; Python recurses several times for each
_INNERMOST = 1_000_000  # deeper than any goal
_ORDER = ("object", "string", "number", "boolean", "array", "null")


class Solver:
    """Solves goals over one table of terms and remembers the answers; `resolve` gives what a `ref` stands for."""

    def __init__(self, terms: Terms, resolve: Callable[[Term], Term]) -> None:
        self.terms, self.resolve = terms, resolve
        self.left = 0
        self._known: dict[Goal, Outcome] = {}
        self._open: dict[Goal, int] = {}
        self._lowest = _INNERMOST
        self._types: dict[Term, frozenset[str]] = {}

    def spend(self, work: int = 1) -> None:
        """Count work; raises UndecidedError when the budget is spent."""
        self.left -= work
        if self.left < 0:
            raise UndecidedError("the work budget")

    def solve(self, has: Iterable[Term], lacks: Iterable[Term] = ()) -> Outcome:
        """Find a value that all of `has` admit and none of `lacks`."""
        goal = (frozenset(has), frozenset(lacks))
        if goal in self._known:
            return self._known[goal]
        if goal in self._open:
            self._lowest = min(self._lowest, self._open[goal])
            return Empty()
        if goal[0] & goal[1]:
            return Empty()
        if len(self._open) >= DEEPEST:
            return Unknown(reason="deep nesting")
        return self._solve_new(goal)

    def _solve_new(self, goal: Goal) -> Outcome:
        depth = self._open[goal] = len(self._open)
        outside, self._lowest = self._lowest, _INNERMOST
        try:
            outcome = self._search(goal)
        finally:
            del self._open[goal]
            lowest, self._lowest = self._lowest, outside
        if isinstance(outcome, Found) or lowest >= depth:
            self._known[goal] = outcome
        else:
            self._lowest = min(self._lowest, lowest)
        return outcome

    def _search(self, goal: Goal) -> Outcome:
        doubt: Outcome = Empty()
        for literals in self.branches(*goal):
            outcome = self._literal(literals)
            if isinstance(outcome, Found):
                return outcome
            doubt = outcome if isinstance(outcome, Unknown) else doubt
        return doubt

    def branches(self, has: Iterable[Term], lacks: Iterable[Term] = ()) -> Iterator[Literals]:
        """Yield every way to meet a goal as keyword terms; ways that contradict themselves are left out."""
        todo = [(True, term) for term in sorted(has)] + [(False, term) for term in sorted(lacks)]
        yield from self._branches(todo, Literals(), [])

    def _branches(self, todo: list[Part], literals: Literals, choices: list[Part]) -> Iterator[Literals]:
        self.spend()
        if not self._settle(todo, literals, choices):
            return
        remaining = self._prune(literals, choices)
        if remaining is None:
            return
        if not remaining:
            yield literals
            return
        chosen = min(remaining, key=lambda part: (not part[0], len(part[1].args[0])))
        others = [part for part in remaining if part is not chosen]
        for option in self._options(chosen):
            yield from self._branches(option, literals.copy(), list(others))

    def _settle(self, todo: list[Part], literals: Literals, choices: list[Part]) -> bool:
        """Add every part that leaves no choice to the literals; False when they contradict each other."""
        waiting = list(reversed(todo))
        while waiting:
            sign, term = waiting.pop()
            if (sign, term) in literals.seen:
                continue
            if (not sign, term) in literals.seen:
                return False
            literals.seen.add((sign, term))
            kind = term.kind
            if kind in ("true", "false"):
                if (kind == "true") != sign:
                    return False
            elif kind == "not":
                waiting.append((not sign, term.args[0]))
            elif kind == "ref":
                waiting.append((sign, self.resolve(term)))
            elif (kind, sign) in (("and", True), ("or", False)):
                self.spend(1 + len(term.args[0]) // 64)
                waiting += [(sign, part) for part in reversed(term.args[0])]
            elif kind in ("and", "or", "one"):
                choices.append((sign, term))
            elif not literals.add(sign, term):
                return False
        return True

    def _prune(self, literals: Literals, choices: list[Part]) -> list[Part] | None:
        """Drop choices that the literals meet already; None when one of them cannot be met."""
        remaining = []
        for sign, term in choices:
            options = self._open_options(sign, term, literals)
            if options is None:
                continue
            if not options:
                return None
            remaining.append((sign, term))
        negative = [term for sign, term in remaining if not sign]
        if len(remaining) > 1 and len(negative) > 1 and len(negative) == len(remaining):
            has, lacks = tuple(literals.has), tuple(literals.lacks)
            if any(isinstance(self.solve(has, (*lacks, term)), Empty) for term in negative):
                return None
        return remaining

    def _open_options(self, sign: bool, term: Term, literals: Literals) -> list[Term] | None:
        """Return the parts of a choice that can still be taken; None when the choice is met already."""
        if term.kind == "one":
            return list(term.args[0])
        parts = term.args[0]
        self.spend(1 + len(parts) // 16)
        if any((sign, part) in literals.seen for part in parts):
            return None
        if not sign and self.excludes(literals, term):
            return None
        return [
            part for part in parts if (not sign, part) not in literals.seen and self._possible(sign, part, literals)
        ]

    def _possible(self, sign: bool, part: Term, literals: Literals) -> bool:
        return not sign or bool(self.types(part) & literals.types)

    def _apart(self, term: Term, literals: Literals) -> bool:
        """Say whether a required property, such as a discriminator, keeps values of the goal from meeting the term."""
        if "object" not in literals.types or literals.types != {"object"}:
            return False
        tags = {part.args[0]: part.args[1] for part in self.parts(term) if part.kind == "property"}
        if not tags:
            return False
        required = {part.args[0] for part in literals.having("required")}
        for part in literals.having("property"):
            name, inner = part.args
            if name in required and name in tags and self._disjoint(inner, tags[name]):
                return True
        return False

    def excludes(self, literals: Literals, term: Term) -> bool:
        """Say whether a term plainly admits nothing that the literals admit: by types or by a required property."""
        return not self.types(term) & literals.types or self._apart(term, literals)

    def _disjoint(self, one: Term, two: Term) -> bool:
        ours, theirs = self._values(one), self._values(two)
        if ours is not None and theirs is not None:
            return not ours.by_key.keys() & theirs.by_key.keys()
        return not self.types(one) & self.types(two)

    def _values(self, term: Term) -> Values | None:
        """Return the values a term is limited to by an enum, None when it is not."""
        return next((part.args[0] for part in self.parts(term) if part.kind == "enum"), None)

    def parts(self, term: Term) -> tuple[Term, ...]:
        """Return the conjuncts of a term, references among them followed."""
        seen: dict[Term, None] = {}
        waiting = [term]
        while waiting:
            part = waiting.pop()
            if part in seen:
                continue
            seen[part] = None
            if part.kind == "and":
                waiting += reversed(part.args[0])
            elif part.kind == "ref":
                waiting.append(self.resolve(part))
        return tuple(part for part in seen if part.kind not in ("and", "ref"))

    def types(self, term: Term) -> frozenset[str]:
        """Return types outside of which a term admits nothing."""
        if term not in self._types:
            self._types[term] = TYPES
            self._types[term] = self._types_of(term)
        return self._types[term]

    def _types_of(self, term: Term) -> frozenset[str]:
        kind, args = term.kind, term.args
        if kind == "type":
            return frozenset("number" if name == "integer" else name for name in args[0])
        if kind == "enum":
            return frozenset(type_of(value) for value in args[0].by_key.values())
        if kind == "and":
            return frozenset.intersection(*(self.types(part) for part in args[0]))
        if kind in ("or", "one"):
            return frozenset().union(*(self.types(part) for part in args[0]))
        if kind == "ref":
            return self.types(self.resolve(term))
        return frozenset() if kind == "false" else TYPES

    def _options(self, choice: Part) -> Iterator[list[Part]]:
        sign, term = choice
        arms = term.args[0]
        if term.kind != "one":
            yield from ([(sign, arm)] for arm in arms)
        elif sign:
            for arm in arms:
                yield [(True, arm), *((False, other) for other in arms if other is not arm)]
        else:
            yield [(False, arm) for arm in arms]
            for index, arm in enumerate(arms):
                yield from ([(True, arm), (True, other)] for other in arms[index + 1 :])

    def _literal(self, literals: Literals) -> Outcome:
        self.spend()
        outcome = self._by_type(literals)
        opaque = next(literals.without("opaque"), None)
        if opaque is not None and isinstance(outcome, Found):
            return Unknown(reason=opaque.args[0])
        return outcome

    def _by_type(self, literals: Literals) -> Outcome:
        if any(True for _ in literals.having("enum")):
            return self._given(literals)
        doubt: Outcome = Empty()
        for name in _ORDER:
            if name in literals.types:
                outcome = self._of_type(name, literals)
                if isinstance(outcome, Found):
                    return outcome
                doubt = outcome if isinstance(outcome, Unknown) else doubt
        return doubt

    def _of_type(self, name: str, literals: Literals) -> Outcome:
        if name == "number":
            return solve_number(literals)
        if name == "string":
            self.spend(5 + len(literals.excluded) // 64)
            return solve_string(literals)
        if name == "object":
            return solve_object(self, literals)
        if name == "array":
            return solve_array(self, literals)
        values = (None,) if name == "null" else (True, False)
        return self._among(values, literals)

    def _given(self, literals: Literals) -> Outcome:
        """Try the values of the smallest enum."""
        sets = [term.args[0].by_key for term in literals.having("enum")]
        smallest = min(sets, key=len)
        self.spend(1 + len(smallest) // 16)
        common = (value for key, value in smallest.items() if all(key in other for other in sets))
        return self._among((value for value in common if type_of(value) in literals.types), literals)

    def _among(self, values: Iterable[object], literals: Literals) -> Outcome:
        doubt: Outcome = Empty()
        for value in values:
            verdicts = [holds(term, value, self.resolve) for term in literals.has if term.kind != "opaque"]
            verdicts += [_not(holds(term, value, self.resolve)) for term in literals.lacks]
            if all(verdicts):
                return Found(value=value)
            if False not in verdicts:
                doubt = Unknown(reason="an enum value")
        return doubt


def _not(verdict: bool | None) -> bool | None:
    return None if verdict is None else not verdict
