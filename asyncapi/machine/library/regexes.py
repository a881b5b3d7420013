"""re: patterns run for real where both sides are known and the pattern is tame; else a match has groups with names.

Foreign patterns can take for ever. Tame are those without a repetition inside of another and without back references,
on texts so short that even the worst order of tries is soon through.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items, texts
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import Guards, alternatives, join, made, together, united
from asyncapi.machine.library import Outsides
from asyncapi.machine.library.shorthand import Arguments, Named, given, make, nothing, row
from asyncapi.machine.limits import Limit
from asyncapi.machine.values import ABSENT, Hole, HoledText, Instance, NativeCall, Opaque, Tup, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

PATTERN, MATCH = "re.Pattern", "re.Match"
TRIES = Limit(
    "tries of a pattern", 10_000_000, "four wide repetitions over a topic of sixty letters, a fraction of a second"
)
STAND_IN = "ꙮ"
"""Stands for a hole while a pattern is tried: a letter to `\\w` and `[^/]`, in no text of a program."""


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("re", "regex")
    library.aliases["regex"] = "re"
    for short, long in {
        "I": "IGNORECASE",
        "M": "MULTILINE",
        "S": "DOTALL",
        "X": "VERBOSE",
        "A": "ASCII",
        "U": "UNICODE",
    }.items():
        library.constants[f"re.{short}"] = library.constants[f"re.{long}"] = int(getattr(re, long))
    library.function("re.compile")(_compile)
    library.function("re.escape")(_escape)
    library.function("re.purge")(nothing)
    methods: dict[str, NativeCall] = {}
    for name, run in OPERATIONS.items():
        library.functions[f"re.{name}"] = _of_module(name, run)
        methods[name] = _of_pattern(run)
    row(library, PATTERN, methods=methods).attribute = _of_compiled
    row(library, MATCH, methods=MATCHES).attribute = _of_match


@lru_cache(maxsize=1024)
def tame(pattern: str, flags: int) -> tuple[re.Pattern[str], int] | None:
    """Return a pattern compiled, with its number of open repetitions; None where it is not tame, or none at all."""
    if len(pattern) > 1_000:  # longer ones are tables of words, which no topic is taken apart with
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            repeats = _repeats(_parser.parse(pattern, flags), False)
            return None if repeats is None else (re.compile(pattern, flags), repeats)
    except (re.error, OverflowError, RecursionError, ValueError):
        return None


def _repeats(tree: Any, inside: bool) -> int | None:
    """Return how many repetitions without a small bound a parsed pattern has; None where one is inside of another."""
    total = 0
    for code, argument in tree:
        if code in (_constants.GROUPREF, _constants.GROUPREF_EXISTS):
            return None
        wide = code in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT) and argument[1] > 1
        if wide and inside:
            return None
        for part in _parts(argument):
            inner = _repeats(part, inside or wide)
            if inner is None:
                return None
            total += inner
        total += wide
    return total


def _parts(argument: Any) -> Iterator[Any]:
    """Yield the parsed patterns inside of an operation's argument."""
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for item in argument:
            if not (
                isinstance(item, tuple)
                and item
                and item[0] in (_constants.LITERAL, _constants.RANGE, _constants.CATEGORY)
            ):
                yield from _parts(item)


def ready(pattern: Value, flags: Value, text: str) -> re.Pattern[str] | None:
    """Return a pattern that may be run on a text."""
    found = tame(str(pattern), flags) if isinstance(pattern, str) and isinstance(flags, int) else None
    return found[0] if found is not None and max(len(text), 2) ** found[1] <= TRIES.most else None


Operation = Callable[["Machine", Value, Value, Arguments, Named, CallSite], Value]


def _of_module(name: str, run: Operation) -> NativeCall:
    """Return `re.name(pattern, ...)`."""

    def of_module(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        pattern = given(a, k, 0, "pattern")
        rest = {word: value for word, value in k.items() if word not in ("pattern", "flags")}
        place = 4 if name in ("sub", "subn") else 3 if name == "split" else 2
        flags = given(a, k, place, "flags", 0)
        found = []
        for item, guards in alternatives(pattern):
            if isinstance(item, Instance):
                found.append(
                    (run(m, item.fields.get("pattern"), item.fields.get("_flags", 0), a[1:], rest, at), guards)
                )
            else:
                found.append((run(m, item, flags, a[1:place], rest, at), guards))
        return united(found)

    return of_module


def _of_pattern(run: Operation) -> NativeCall:
    """Return the method of a compiled pattern."""
    return lambda m, a, k, at: run(m, a[0].fields.get("pattern"), a[0].fields.get("_flags", 0), a[1:], k, at)


def _compile(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    pattern = given(a, k, 0, "pattern")
    return united(
        (
            item
            if isinstance(item, Instance)
            else make(m, PATTERN, at, pattern=item, _flags=given(a, k, 1, "flags", 0)),
            guards,
        )
        for item, guards in alternatives(pattern)
    )


def _escape(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found: list[tuple[Value, Guards]] = []
    for item, guards in alternatives(given(a, k, 0, "pattern")):
        if isinstance(item, str):
            found.append((re.escape(item), guards))
        elif isinstance(item, HoledText):
            found.append((made([re.escape(part) if isinstance(part, str) else part for part in item.parts]), guards))
        else:
            found.append((Opaque("an escaped text", name=getattr(item, "name", ""), kind="str"), guards))
    return united(found)


# Matches: an object that has `_groups` (all of them, the whole first) and `_names` (name to number).


def _matching(how: str) -> Operation:
    def run(m: Machine, pattern: Value, flags: Value, a: Arguments, k: Named, at: CallSite) -> Value:
        subject = given(a, k, 0, "string")
        return united((_match(m, pattern, flags, item, how, at), guards) for item, guards in alternatives(subject))

    return run


def _match(m: Machine, pattern: Value, flags: Value, subject: Value, how: str, at: CallSite) -> Value:
    if isinstance(subject, str):
        known = ready(pattern, flags, subject)
        if known is not None:
            return matched(m, getattr(known, how)(str(subject)), at)
    if isinstance(subject, HoledText):
        found = _with_holes(m, pattern, flags, subject, how, at)
        if found is not None:
            return join([found, None])
    names = _names(pattern, flags)
    last = max([*names, 0])
    groups = Tup([Opaque("a group of a match", name=names.get(n, ""), kind="str") for n in range(last + 1)])
    return join([make(m, MATCH, at, _groups=groups, _open=True, _names=_by_name(names)), None])


def _names(pattern: Value, flags: Value) -> dict[int, str]:
    """Return the names of a pattern's groups by their numbers, those without a name under an empty one."""
    found = tame(str(pattern), flags) if isinstance(pattern, str) and isinstance(flags, int) else None
    if found is None:
        named = re.findall(r"\(\?P<(\w+)>", pattern) if isinstance(pattern, str) else []
        return {number + 1: name for number, name in enumerate(named)}
    return {
        **dict.fromkeys(range(1, found[0].groups + 1), ""),
        **{number: name for name, number in found[0].groupindex.items()},
    }


def _by_name(names: dict[int, str]) -> Value:
    return Tup([Tup((name, number)) for number, name in names.items() if name])


def matched(m: Machine, match: re.Match[str] | None, at: CallSite) -> Value:
    """Return a real match as an object."""
    if match is None:
        return None
    names = _by_name({number: name for name, number in match.re.groupindex.items()})
    spans = Tup([Tup(match.span(number)) for number in range(1 + match.re.groups)])
    return make(m, MATCH, at, _groups=Tup((match[0], *match.groups())), _names=names, _spans=spans)


def _with_holes(m: Machine, pattern: Value, flags: Value, subject: HoledText, how: str, at: CallSite) -> Value:
    """Try a pattern on a text with holes, a letter for each: what matched so can match, its groups with the holes."""
    holes = [part for part in subject.parts if isinstance(part, Hole)]
    text = "".join(part if isinstance(part, str) else STAND_IN for part in subject.parts)
    known = ready(pattern, flags, text)
    match = getattr(known, how)(text) if known is not None and text.count(STAND_IN) == len(holes) else None
    if match is None or known is None:
        return None

    def group(number: int) -> Value:
        if match[number] is None:
            return None
        before = text[: match.start(number)].count(STAND_IN)
        pieces = match[number].split(STAND_IN)
        parts: list[texts.Part] = [pieces[0]]
        for place, piece in enumerate(pieces[1:]):
            parts += [holes[before + place], piece]
        return made(parts)

    names = _by_name({number: name for name, number in known.groupindex.items()})
    return make(m, MATCH, at, _groups=Tup([group(number) for number in range(known.groups + 1)]), _names=names)


def _numbered(owner: Instance, which: Value) -> int | None:
    if isinstance(which, str):
        return next((pair.items[1] for pair in owner.fields["_names"].items if pair.items[0] == which), None)
    return which if isinstance(which, int) else None


def _group(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    groups = owner.fields["_groups"].items
    found = []
    for which in a[1:] or [0]:
        number = _numbered(owner, which)
        inside = number is not None and 0 <= number < len(groups)
        name = str(which) if isinstance(which, str) else ""
        found.append(groups[number] if inside else Opaque("a group of a match", name=name, kind="str"))
    return found[0] if len(found) == 1 else Tup(found)


def _groups(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    groups = a[0].fields["_groups"].items[1:]
    if "_open" in a[0].fields and not groups:
        return items.open_list(m, Opaque("a group of a match", kind="str"), at)
    default = given(a, k, 1, "default")
    return Tup([default if group is None else group for group in groups])


def _group_dict(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_dict(m, at)
    for pair in a[0].fields["_names"].items:
        made.fields[pair.items[0]] = a[0].fields["_groups"].items[pair.items[1]]
    return made


def _span(which: int | None) -> NativeCall:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        spans = a[0].fields.get("_spans", ABSENT)
        number = _numbered(a[0], given(a, k, 1, "group", 0))
        if spans is ABSENT or number is None or number >= len(spans.items):
            return (
                Opaque("a place in a text", kind="int")
                if which is not None
                else Tup([Opaque("a place in a text", kind="int")] * 2)
            )
        return spans.items[number] if which is None else spans.items[number].items[which]

    return run


def _of_match(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    return (
        Opaque("a part of a match", name=name)
        if name in ("string", "pos", "endpos", "lastgroup", "lastindex", "re")
        else ABSENT
    )


def _of_compiled(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    names = _names(owner.fields.get("pattern"), owner.fields.get("_flags", 0))
    if name == "groups":
        return max([*names, 0])
    if name == "groupindex":
        made = items.new_dict(m, at)
        made.fields.update({word: number for number, word in names.items() if word})
        return made
    return Opaque("the flags of a pattern", kind="int") if name == "flags" else ABSENT


# What gives texts and lists.


def _sub(m: Machine, pattern: Value, flags: Value, a: Arguments, k: Named, at: CallSite) -> Value:
    repl, subject, count = given(a, k, 0, "repl"), given(a, k, 1, "string"), given(a, k, 2, "count", 0)
    pairs = together([repl, subject])
    return united((_replaced(m, pattern, flags, to, text, count, at), guards) for (to, text), guards in pairs)


def _replaced(
    m: Machine, pattern: Value, flags: Value, repl: Value, subject: Value, count: Value, at: CallSite
) -> Value:
    if isinstance(subject, str) and isinstance(count, int):
        known = ready(pattern, flags, subject)
        if known is not None and isinstance(repl, str):
            try:
                return known.sub(repl, str(subject), count)
            except (re.error, IndexError):
                m.fails()
        elif known is not None:
            return _called(m, known, repl, subject, count, at)
    parts = subject.parts if isinstance(subject, HoledText) else ()
    if parts and isinstance(repl, str) and not count and _single_letters(pattern, flags):
        return made(
            [known_.sub(repl, p) if isinstance(p, str) and (known_ := ready(pattern, flags, p)) else p for p in parts]
        )
    return Opaque("a text in which something is replaced", name=getattr(subject, "name", ""), kind="str")


def _called(m: Machine, known: re.Pattern[str], repl: Value, subject: str, count: int, at: CallSite) -> Value:
    """Replace each match by what a function gives for it."""
    pieces: list[Value] = []
    end = 0
    for number, match in enumerate(known.finditer(subject)):
        if count and number >= count:
            break
        value = m.call(repl, [matched(m, match, at)], {}, at)
        pieces += [subject[end : match.start()], texts.shown(m, value, "value", None, -1, at)]
        end = match.end()
    return texts.joined(m, [piece for piece in [*pieces, subject[end:]] if piece != ""] or [""])


def _single_letters(pattern: Value, flags: Value) -> bool:
    """Say whether a pattern looks at one letter at a time, so that it can be run on the parts of a text."""
    if not isinstance(pattern, str) or not isinstance(flags, int) or tame(str(pattern), flags) is None:
        return False
    tree = _parser.parse(str(pattern), flags)
    return len(tree) == 1 and tree[0][0] in (_constants.IN, _constants.LITERAL, _constants.NOT_LITERAL)


def _pieces(how: str) -> Operation:
    """Return `split` or `findall`: for real on a known text, else a list of unknown texts."""

    def run(m: Machine, pattern: Value, flags: Value, a: Arguments, k: Named, at: CallSite) -> Value:
        found = []
        for subject, guards in alternatives(given(a, k, 0, "string")):
            known = ready(pattern, flags, subject) if isinstance(subject, str) else None
            plain = all(isinstance(value, int) for value in (*a[1:], *(v for n, v in k.items() if n != "string")))
            if known is not None and plain:
                named = {n: v for n, v in k.items() if n != "string"}
                found.append((items.lifted(m, getattr(known, how)(str(subject), *a[1:], **named), at), guards))
            else:
                found.append((items.open_list(m, Opaque("a part of a text", kind="str"), at), guards))
        return united(found)

    return run


def _all_matches(m: Machine, pattern: Value, flags: Value, a: Arguments, k: Named, at: CallSite) -> Value:
    subject = given(a, k, 0, "string")
    known = ready(pattern, flags, subject) if isinstance(subject, str) else None
    if known is not None:
        return items.new_list(m, [matched(m, match, at) for match in known.finditer(str(subject))], at)
    found = _match(m, pattern, flags, Opaque("a text"), "search", at)
    return items.open_list(m, next(item for item, _ in alternatives(found) if item is not None), at)


OPERATIONS: dict[str, Operation] = {
    "match": _matching("match"),
    "fullmatch": _matching("fullmatch"),
    "search": _matching("search"),
    "sub": _sub,
    "subn": lambda m, pattern, flags, a, k, at: Tup((_sub(m, pattern, flags, a, k, at), Opaque("a count", kind="int"))),
    "split": _pieces("split"),
    "findall": _pieces("findall"),
    "finditer": _all_matches,
}
MATCHES: dict[str, NativeCall] = {
    "group": _group,
    "__getitem__": _group,
    "groups": _groups,
    "groupdict": _group_dict,
    "start": _span(0),
    "end": _span(1),
    "span": _span(None),
    "expand": lambda m, a, k, at: Opaque("a text made of a match", kind="str"),
}
