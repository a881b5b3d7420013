"""Numbers and texts: a value inside all bounds and outside of what is excluded, or the proof that there is none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain, count, islice, product
from typing import Any

from asyncapi.schemas import limits
from asyncapi.schemas.prover import formats, regexes
from asyncapi.schemas.prover.answers import Empty, Found, Outcome, UndecidedError, Unknown
from asyncapi.schemas.prover.literals import Literals
from asyncapi.schemas.prover.terms import key

Bound = tuple[Fraction, bool] | None
_MOST_TRIES = 2_000  # numbers that are tried before the answer is left open
_LONGEST = 20_000  # characters of a counterexample that is made only to be long
_PLEASANT = ("text", "name", "Text", "a")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def solve_number(literals: Literals) -> Outcome:
    """Find a number."""
    low, high = _bounds(literals)
    if low is not None and high is not None and (low[0] > high[0] or (low[0] == high[0] and (low[1] or high[1]))):
        return Empty()
    step = _step(literals)
    avoided = [term.args[0] for term in literals.without("multiple")]
    avoided += [Fraction(1)] if literals.whole is False else []
    if step is not None and any(step % other == 0 for other in avoided):
        return Empty()
    numbers, complete = _dense(low, high) if step is None else _multiples(low, high, step)
    for number in numbers:
        if all(number % other for other in avoided) and key(plain := _plain(number)) not in literals.excluded:
            return Found(value=plain)
    return Empty() if complete else Unknown(reason="numbers that are no multiple")


def _bounds(literals: Literals) -> tuple[Bound, Bound]:
    """Return the lower and the upper bound, each with whether it is itself left out."""
    least = [(term.args[0], term.args[1]) for term in literals.having("least")]
    least += [(term.args[0], not term.args[1]) for term in literals.without("most")]
    most = [(term.args[0], term.args[1]) for term in literals.having("most")]
    most += [(term.args[0], not term.args[1]) for term in literals.without("least")]
    low = max(least) if least else None
    high = min(most, key=lambda bound: (bound[0], not bound[1])) if most else None
    return low, high


def _step(literals: Literals) -> Fraction | None:
    """Return the number of which the value must be a multiple, None where it need not."""
    steps: list[Fraction] = [term.args[0] for term in literals.having("multiple")]
    if literals.whole is True:
        steps.append(Fraction(1))
    if not steps:
        return None
    step = steps[0]
    for other in steps[1:]:
        step = Fraction(
            math.lcm(step.numerator * other.denominator, other.numerator * step.denominator),
            step.denominator * other.denominator,
        )
    return step


def _multiples(low: Bound, high: Bound, step: Fraction) -> tuple[Iterable[Fraction], bool]:
    """Return multiples between the bounds, and whether these are all."""
    first = None if low is None else math.floor(low[0] / step) + 1 if low[1] else math.ceil(low[0] / step)
    final = None if high is None else math.ceil(high[0] / step) - 1 if high[1] else math.floor(high[0] / step)
    if first is not None and final is not None:
        end = min(final + 1, first + _MOST_TRIES)
        return (index * step for index in range(first, end)), end > final
    start, way = (min(final, 0), -1) if final is not None else (max(first or 0, 0), 1)
    return (index * step for index in range(start, start + way * _MOST_TRIES, way)), False


def _dense(low: Bound, high: Bound) -> tuple[Iterable[Fraction], bool]:
    """Return numbers between the bounds, pleasant ones first, and whether these are all."""
    if low is not None and high is not None and low[0] == high[0]:
        return [low[0]], True
    base = low[0] if low is not None else high[0] - 10 if high is not None else Fraction(0)
    span = high[0] - base if high is not None else Fraction(10)
    pleasant = [base, *(base + step for step in (1, 2, 3, Fraction(1, 2))), *([high[0]] if high is not None else [])]
    spread = (base + span * Fraction(2 * (turn % 997) + 1, 2048 * (1 + turn // 997)) for turn in range(_MOST_TRIES))
    return (number for number in chain(pleasant, spread) if _between(low, number, high)), False


def _between(low: Bound, number: Fraction, high: Bound) -> bool:
    above = low is None or number > low[0] or (number == low[0] and not low[1])
    return above and (high is None or number < high[0] or (number == high[0] and not high[1]))


def _plain(number: Fraction) -> int | float:
    return number.numerator if number.denominator == 1 else float(number)


def solve_string(literals: Literals) -> Outcome:
    """Find a text."""
    least, most = _lengths(literals)
    if most is not None and least > most:
        return Empty()
    wanted = [term.args[0] for term in literals.having("format")]
    unwanted = [term.args[0] for term in literals.without("format")]
    if any(name in formats.ADVICE or any(formats.within(has, name) for has in wanted) for name in unwanted):
        return Empty()
    has = [term.args[0] for term in literals.having("pattern")]
    lacks = [term.args[0] for term in literals.without("pattern")]
    asserted = [name for name in wanted if name not in formats.ADVICE]
    if asserted or unwanted:
        return _with_formats(literals, asserted, unwanted, (has, lacks, least, most))
    if has or lacks:
        return _with_patterns(literals, has, lacks, least, most)
    return _any_text(literals, least, most)


def _lengths(literals: Literals) -> tuple[int, int | None]:
    least = [term.args[0] for term in literals.having("shortest")]
    least += [term.args[0] + 1 for term in literals.without("longest")]
    most = [term.args[0] for term in literals.having("longest")]
    most += [term.args[0] - 1 for term in literals.without("shortest")]
    return max(least, default=0), min(most) if most else None


def _any_text(literals: Literals, least: int, most: int | None) -> Outcome:
    if least > _LONGEST:
        return Unknown(reason=f"texts of at least {least} characters")
    for text in islice(_texts(max(least, 0), most), len(literals.excluded) + 2):
        if key(text) not in literals.excluded:
            return Found(value=text)
    return Empty() if most == 0 else Unknown(reason="texts that are not excluded")


def _texts(least: int, most: int | None) -> Iterator[str]:
    """Yield different texts of these lengths, the first of them pleasant."""
    for word in ("text", "other"):
        if least <= len(word) <= (len(word) if most is None else most):
            yield word
    if most == 0:
        yield ""
        return
    size = max(least, 1)
    head = "a" * (size - 2)
    for letters in product(_LETTERS, repeat=min(size, 2)):
        yield head + "".join(letters)
    for number in count():
        text = f"{number:0{size}d}"
        if most is not None and len(text) > most:
            break
        yield text
    for point in range(0x4E00, 0x9FFF):
        yield "a" * (size - 1) + chr(point)


def _with_patterns(literals: Literals, has: list[str], lacks: list[str], least: int, most: int | None) -> Outcome:
    try:
        wanted = [regexes.language(pattern) for pattern in has]
        wanted += [regexes.complement(regexes.language(pattern)) for pattern in lacks]
        if least or most is not None:
            wanted.append(regexes.length(least, most))
        return _skipping_excluded(literals, wanted)
    except UndecidedError as error:
        return _guess(literals, has, lacks, least, most) or Unknown(reason=str(error))


def _skipping_excluded(literals: Literals, wanted: list[regexes.Regex]) -> Outcome:
    """Find a shortest text; excluded ones that get in the way are taken out of the language one by one."""
    whole = regexes.both(wanted)
    for text in _PLEASANT:
        if key(text) not in literals.excluded and regexes.holds(whole, text):
            return Found(value=text)
    avoided: list[regexes.Regex] = []
    for _ in range(50):
        least = regexes.shortest(regexes.both([*wanted, *(regexes.complement(one) for one in avoided)]))
        if least is None:
            return Empty()
        if key(least) not in literals.excluded:
            return Found(value=least)
        avoided.append(regexes.literal(least))
    return Unknown(reason="a pattern with many excluded values")


def _guess(literals: Literals, has: list[str], lacks: list[str], least: int, most: int | None) -> Outcome | None:
    """Offer a text for patterns out of reach; whoever asked validates it."""
    from asyncapi.schemas.patterns import matching

    if any(pattern in lacks for pattern in has):
        return Empty()
    plain = ("text", "", "0", "\n", "é" * max(1, min(least, _LONGEST)))
    guesses = [matching(pattern, least, most) for pattern in has] if has else plain
    for text in guesses:
        if text is not None and least <= len(text) <= (len(text) if most is None else most):
            verdicts = [_found(pattern, text) for pattern in lacks]
            if not any(verdicts) and key(text) not in literals.excluded:
                return Found(value=text)
    return None


def _found(pattern: str, text: str) -> bool:
    try:
        return regexes.holds(regexes.language(pattern), text)
    except UndecidedError:
        return False


def _with_formats(literals: Literals, wanted: list[str], unwanted: list[str], rest: tuple[Any, ...]) -> Outcome:
    has, lacks, least, most = rest
    unknown = [name for name in unwanted if formats.known(name) is None]
    if unknown:
        return Unknown(reason=f"the format {unknown[0]!r}")
    near = limits.samples((*wanted, *unwanted))
    for text in chain(_candidates(literals, wanted, has, lacks, least, most), near):
        if key(text) not in literals.excluded and _fits(text, wanted, unwanted, rest):
            return Found(value=text)
    outlines = [known.outline for name in wanted if (known := formats.known(name)) and known.outline]
    if outlines and isinstance(_with_patterns(literals, [*outlines, *has], lacks, least, most), Empty):
        return Empty()
    return Unknown(reason=f"the format {(wanted or unwanted)[0]!r} beside other constraints")


def _candidates(
    literals: Literals, wanted: list[str], has: list[str], lacks: list[str], least: int, most: int | None
) -> Iterator[str]:
    known = [form for name in wanted if (form := formats.known(name))]
    for one in known:
        yield from one.samples
    if not known:
        yield from islice(_texts(least, most), 40)
        outcome = _with_patterns(literals, has, lacks, least, most)
        if isinstance(outcome, Found):
            yield outcome.value
        yield from ("", "?", " ", "<>", "a b", "\\")


def _fits(text: str, wanted: list[str], unwanted: list[str], rest: tuple[Any, ...]) -> bool:
    has, lacks, least, most = rest
    if not least <= len(text) <= (len(text) if most is None else most):
        return False
    if any(formats.has(text, name) is not True for name in wanted if formats.known(name)):
        return False
    if any(formats.has(text, name) is not False for name in unwanted):
        return False
    try:
        good = all(regexes.holds(regexes.language(pattern), text) for pattern in has)
        return good and not any(regexes.holds(regexes.language(pattern), text) for pattern in lacks)
    except UndecidedError:
        return False
