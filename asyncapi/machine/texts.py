"""Texts with holes behave as texts: put together, split, compared, searched, formatted.

A hole stands for some text that is not known. What an operation needs to know of it and cannot, gives an unknown
value, never a guess.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.code import CallSite, Guess
from asyncapi.machine.lattice import alternatives, compose, made, together, united
from asyncapi.machine.limits import TEXT
from asyncapi.machine.values import (
    REST,
    Assumed,
    Beyond,
    Encoded,
    Hole,
    HoledText,
    Instance,
    Native,
    Opaque,
    Origin,
    Received,
    Str,
    Tup,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

Part = str | Hole


def parts_of(m: Machine, value: Value, name: str, at: CallSite | None = None) -> tuple[Part, ...] | None:
    """Return how a single value stands in a text; None for what should not be put into one (a cut)."""
    kind = value.__class__
    if isinstance(value, str):
        return (value,)
    if isinstance(value, HoledText):
        return value.parts
    if value is None or isinstance(value, (int, float, complex)):
        return (str(value),)
    if isinstance(value, bytes):
        return (repr(value),)
    if kind is Assumed:
        inner = parts_of(m, value.value, name, at)
        if inner and all(isinstance(part, str) for part in inner):
            return (Hole(value.name or name, default="".join(map(str, inner)), environment=value.environment),)
        return (Hole(value.name or name, environment=value.environment),)
    if kind is Opaque:
        said = value.name or name if name.__class__ is Guess else name or value.name
        return (Hole(str(said) or "value", environment=value.environment),)
    if kind is Received:
        last = next((str(step) for step in reversed(value.path) if isinstance(step, str)), "")
        return (Hole(last or name or "payload", source=None),)
    if isinstance(value, Instance):
        told = m.text_of(value, at)
        if told is not None:
            return parts_of(m, told, name, at)
    return (Hole(name or "value"),)


def shown(m: Machine, value: Value, name: str, spec: Value, conversion: int, at: CallSite | None) -> Value:
    """Return a value as `str()` or a format field shows it; union by union, an unknown one as a hole called `name`."""
    return united((_shown(m, item, name, spec, conversion, at), guards) for item, guards in alternatives(value))


CONVERSIONS: dict[int, Callable[[Any], Any]] = {ord("r"): repr, ord("a"): ascii, ord("s"): str}
LONGEST_SPEC = 20
"""Letters of a format specification that is followed; longer ones ask for a text of foreign size."""


def _shown(m: Machine, item: Value, name: str, spec: Value, conversion: int, at: CallSite | None) -> Value:
    if item.__class__ is Beyond:
        return item
    if spec is None and conversion == -1 and item.__class__ in (str, Str):
        return item
    if isinstance(item, (str, int, float)):
        convert = CONVERSIONS.get(conversion)
        plain = item if convert is None else convert(item)
        if not spec:
            return str(plain)
        if isinstance(spec, str) and len(spec) < LONGEST_SPEC:
            try:
                if WIDE.search(spec) is None:
                    return str(plain.__format__(spec))
            except (ValueError, TypeError):
                m.fails()
        return HoledText((Hole(name or "value"),))
    if item.__class__ is HoledText and (spec or conversion in (ord("r"), ord("a"))):
        return HoledText((Hole(name or "value"),))
    parts = parts_of(m, item, name, at)
    return item if parts is None else compose(parts, getattr(item, "origin", None))


WIDE = re.compile(r"\d{5}")
"""A width or precision that asks for a text of foreign size."""


def joined(m: Machine, values: Sequence[Value]) -> Value:
    """Return texts put one behind the other; the first one that knows where it was named tells for the whole."""
    if len(values) == 1:
        return values[0]
    return united(
        (glued(items), guards) for items, guards in together([v for v in values if not (isinstance(v, str) and not v)])
    )


def glued(items: Iterable[Value]) -> Value:
    """Return single texts put together; a cut or unknown among them makes it one."""
    parts: list[Part] = []
    origin: Origin | None = None
    for item in items:
        if isinstance(item, str):
            parts.append(item)
        elif item.__class__ is HoledText:
            parts.extend(item.parts)
        else:
            return item
        origin = origin or getattr(item, "origin", None)
    return made(parts, origin)


def matched(text: HoledText, wanted: str) -> dict[object, Value] | None:
    """Return what the holes of a text are where it equals `wanted`; None where it cannot equal it.

    Narrow holes hold no `/`, so that `a/{x}/c` equals `a/b/c` in one way only. Holes of no message get no value.
    """
    pattern = "".join(
        re.escape(part) if isinstance(part, str) else "(.*)" if part.wide or part.source is None else "([^/]*)"
        for part in text.parts
    )
    found = re.fullmatch(pattern, wanted, re.DOTALL)
    if found is None:
        return None
    holes = [part for part in text.parts if isinstance(part, Hole)]
    for hole, value in zip(holes, found.groups(), strict=True):
        if hole.choices and value not in hole.choices:
            return None
    return {hole: value for hole, value in zip(holes, found.groups(), strict=True) if hole.source is not None}


def overlaps(one: HoledText, other: HoledText) -> bool:
    """Say whether two texts with holes may be equal: decided by the fixed text at both ends."""
    a, b = one.parts, other.parts
    for x, y, ends in ((a[0], b[0], str.startswith), (a[-1], b[-1], str.endswith)):
        if isinstance(x, str) and isinstance(y, str) and not (ends(x, y) or ends(y, x)):
            return False
    return True


def levels(text: HoledText, separator: str) -> list[list[Part]] | None:
    """Return a text split at a separator, as parts; None where a hole may hold the separator in it."""
    found: list[list[Part]] = [[]]
    for part in text.parts:
        if isinstance(part, Hole):
            if part.wide:
                return None
            found[-1].append(part)
            continue
        pieces = part.split(separator)
        found[-1].append(pieces[0])
        found.extend([piece] for piece in pieces[1:])
    return found


METHODS: dict[str, Callable[..., Value]] = {}


def method(function: Callable[..., Value]) -> Callable[..., Value]:
    """Register what a method of texts does where the text has holes."""
    METHODS[function.__name__.rstrip("_")] = function
    return function


@method
def split(m: Machine, text: HoledText, at: CallSite, separator: Value = None, maxsplit: Value = -1) -> Value:
    """`split`: a list with the holes in their places."""
    if not isinstance(separator, str) or not separator or not isinstance(maxsplit, int):
        return items.open_list(m, Opaque("a part of a split text", kind="str"), at)
    found = levels(text, separator)
    if found is None:
        head = _before_wide(text, separator)
        made_ = items.new_list(m, [made(part) for part in head], at)
        m.write(made_, REST, Opaque("a level of the topic", name="level", kind="str"))
        return made_
    if 0 <= maxsplit < len(found) - 1:
        rest: list[Part] = []
        for index, level in enumerate(found[maxsplit:]):
            rest.extend([separator, *level] if index else level)
        found = [*found[:maxsplit], rest]
    return items.new_list(m, [made(part) for part in found], at)


def _before_wide(text: HoledText, separator: str) -> list[list[Part]]:
    """Return the levels in front of a hole that may hold several."""
    found: list[list[Part]] = [[]]
    for part in text.parts:
        if isinstance(part, Hole):
            if part.wide:
                return found[:-1]
            found[-1].append(part)
        else:
            pieces = part.split(separator)
            found[-1].append(pieces[0])
            found.extend([piece] for piece in pieces[1:])
    return found


@method
def rsplit(m: Machine, text: HoledText, at: CallSite, separator: Value = None, maxsplit: Value = -1) -> Value:
    """`rsplit`: as `split`, the rest in front."""
    found = levels(text, separator) if isinstance(separator, str) and separator else None
    if found is None or not isinstance(maxsplit, int):
        return items.open_list(m, Opaque("a part of a split text", kind="str"), at)
    if 0 <= maxsplit < len(found) - 1:
        cut = len(found) - maxsplit
        head: list[Part] = []
        for index, level in enumerate(found[:cut]):
            head.extend([separator, *level] if index else level)
        found = [head, *found[cut:]]
    return items.new_list(m, [made(part) for part in found], at)


@method
def partition(m: Machine, text: HoledText, at: CallSite, separator: Value = "/") -> Value:
    """`partition`: what is before the first separator, it, what is behind."""
    return _parted(text, separator, 0)


@method
def rpartition(m: Machine, text: HoledText, at: CallSite, separator: Value = "/") -> Value:
    """`rpartition`: what is before the last separator, it, what is behind."""
    return _parted(text, separator, -1)


def _parted(text: HoledText, separator: Value, which: int) -> Value:
    found = levels(text, separator) if isinstance(separator, str) and separator else None
    if found is None:
        unknown = Opaque("a part of a text", kind="str")
        return Tup((unknown, unknown, unknown))
    if len(found) == 1:
        return Tup((text, "", "") if which == 0 else ("", "", text))
    cut = 1 if which == 0 else len(found) - 1
    sides = []
    for group in (found[:cut], found[cut:]):
        side: list[Part] = []
        for index, level in enumerate(group):
            side.extend([separator, *level] if index else level)
        sides.append(made(side))
    return Tup((sides[0], separator, sides[1]))


@method
def startswith(
    m: Machine, text: HoledText, at: CallSite, prefix: Value = "", start: Value = 0, end: Value = None
) -> Value:
    """`startswith`: known where the fixed text in front decides."""
    return _ends(text, prefix, 0)


@method
def endswith(
    m: Machine, text: HoledText, at: CallSite, suffix: Value = "", start: Value = 0, end: Value = None
) -> Value:
    """`endswith`: known where the fixed text at the end decides."""
    return _ends(text, suffix, -1)


def _ends(text: HoledText, wanted: Value, which: int) -> Value:
    if wanted.__class__ is Tup:
        answers = [_ends(text, item, which) for item in wanted.items]
        return (
            True
            if True in answers
            else False
            if all(a is False for a in answers)
            else Opaque("a test of a text", kind="bool")
        )
    if not isinstance(wanted, str):
        return Opaque("a test of a text", kind="bool")
    fixed = text.parts[which]
    if isinstance(fixed, str):
        holds = str.startswith if which == 0 else str.endswith
        if holds(fixed, wanted):
            return True
        if len(fixed) >= len(wanted) or not holds(wanted, fixed):
            return False
    return Opaque("a test of a text", kind="bool")


@method
def strip(m: Machine, text: HoledText, at: CallSite, letters: Value = None) -> Value:
    """`strip`: at the fixed ends."""
    return _stripped(text, letters, left=True, right=True)


@method
def lstrip(m: Machine, text: HoledText, at: CallSite, letters: Value = None) -> Value:
    """`lstrip`: at the fixed front."""
    return _stripped(text, letters, left=True, right=False)


@method
def rstrip(m: Machine, text: HoledText, at: CallSite, letters: Value = None) -> Value:
    """`rstrip`: at the fixed end."""
    return _stripped(text, letters, left=False, right=True)


def _stripped(text: HoledText, letters: Value, *, left: bool, right: bool) -> Value:
    parts = list(text.parts)
    given = letters if isinstance(letters, str) else None
    if left and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip(given)
    if right and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip(given)
    return made(parts, text.origin)


def _mapped(name: str) -> None:
    def run(m: Machine, text: HoledText, at: CallSite, *arguments: Value) -> Value:
        if not all(isinstance(item, str | int) for item in arguments):
            return Opaque(f"the result of {name}()", kind="str")
        if name == "replace" and _spans(text, arguments):
            return Opaque(f"the result of {name}()", kind="str")
        change: Callable[..., str] = getattr(str, name)
        return made(
            [
                change(part, *arguments) if isinstance(part, str) else _changed(part, change, arguments)
                for part in text.parts
            ],
            text.origin,
        )

    METHODS[name] = run


def _spans(text: HoledText, arguments: tuple[Value, ...]) -> bool:
    """Say whether a text that is replaced may begin in fixed text and go on in a hole, or be limited in number."""
    old = arguments[0] if arguments else ""
    if not isinstance(old, str) or not old or len(arguments) > 2:
        return True
    ends = [(old[:n], old[n:]) for n in range(1, len(old))]
    fixed = [part for part in text.parts if isinstance(part, str)]
    return any(part.endswith(head) or part.startswith(tail) for part in fixed for head, tail in ends)


def _changed(hole: Hole, change: Callable[..., str], arguments: tuple[Value, ...]) -> Hole:
    """Return a hole whose text is changed in some way: its name stays, its default is changed too."""
    if hole.default is None and not hole.choices:
        return hole
    return Hole(
        hole.name,
        default=None if hole.default is None else change(hole.default, *arguments),
        environment=hole.environment,
        wide=hole.wide,
        choices=tuple(change(choice, *arguments) for choice in hole.choices),
        source=hole.source,
    )


for _name in ("lower", "upper", "casefold", "swapcase", "replace", "expandtabs", "translate"):
    _mapped(_name)


@method
def removeprefix(m: Machine, text: HoledText, at: CallSite, prefix: Value = "") -> Value:
    """`removeprefix`: of the fixed front."""
    first = text.parts[0]
    if isinstance(prefix, str) and isinstance(first, str) and first.startswith(prefix):
        return made([first[len(prefix) :], *text.parts[1:]], text.origin)
    if prefix.__class__ is HoledText and text.parts[: len(prefix.parts)] == prefix.parts:
        return made(text.parts[len(prefix.parts) :])
    return text


@method
def removesuffix(m: Machine, text: HoledText, at: CallSite, suffix: Value = "") -> Value:
    """`removesuffix`: of the fixed end."""
    last = text.parts[-1]
    if isinstance(suffix, str) and suffix and isinstance(last, str) and last.endswith(suffix):
        return made([*text.parts[:-1], last[: -len(suffix)]], text.origin)
    return text


@method
def encode(m: Machine, text: HoledText, at: CallSite, *arguments: Value, **named: Value) -> Value:
    """`encode`: the text as bytes."""
    return Encoded(text, "bytes")


@method
def format(m: Machine, text: HoledText, at: CallSite, *arguments: Value, **named: Value) -> Value:
    """`format` on a text with holes: the fixed parts are templates, the holes stay."""
    pieces = [
        formatted(m, part, list(arguments), named, at) if isinstance(part, str) else HoledText((part,))
        for part in text.parts
    ]
    return joined(m, pieces)


@method
def count(m: Machine, text: HoledText, at: CallSite, wanted: Value = "") -> Value:
    """`count`: of levels, where no hole can hold a separator."""
    if wanted == "/" and not any(isinstance(part, Hole) and part.wide for part in text.parts):
        return sum(part.count("/") for part in text.parts if isinstance(part, str))
    return Opaque("a count in a text", kind="int")


def formatted(m: Machine, template: str, arguments: list[Value], named: dict[str, Value], at: CallSite) -> Value:
    """Return what `template.format(...)` gives, its fields filled with values or holes."""
    pieces: list[Value] = []
    number = 0
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError:
        return Opaque("a template that cannot be read", kind="str")
    for fixed, field, spec, conversion in fields:
        if fixed:
            pieces.append(fixed)
        if field is None:
            continue
        first, steps = _field(field)
        if first == "":
            first, number = str(number), number + 1
        value: Value
        if first.isdigit():
            value = (
                arguments[int(first)]
                if int(first) < len(arguments)
                else Opaque("an argument not passed", name=f"value{first}")
            )
        else:
            value = named.get(first, Opaque(f"the argument {first}", name=first))
        name = "" if first.isdigit() else first
        for kind, step in steps:
            name = str(step)
            if kind == "attribute":
                value = m.attribute(value, name, at)
            else:
                value = items.item(m, value, int(step) if step.isdigit() else step, at)
        pieces.append(shown(m, value, name, spec or None, ord(conversion) if conversion else -1, at))
    return joined(m, pieces) if pieces else ""


def _field(field: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the first name of a format field and the steps behind it: attributes and items."""
    match = re.match(r"[^.\[]*", field)
    first = match[0] if match else ""
    steps = [
        ("attribute", a) if a else ("item", b) for a, b in re.findall(r"\.([^.\[]+)|\[([^\]]+)\]", field[len(first) :])
    ]
    return first, steps


PERCENT = re.compile(r"%(?:\((?P<name>[^)]*)\))?(?P<spec>[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?)(?P<kind>[a-zA-Z%])")


def percent(m: Machine, template: Value, values: Value, at: CallSite) -> Value:
    """Return what `template % values` gives."""
    given = list(values.items) if values.__class__ is Tup else [values]
    pieces: list[Value] = []
    number = 0
    for part in template.parts if template.__class__ is HoledText else (template,):
        if not isinstance(part, str):
            pieces.append(HoledText((part,)))
            continue
        end = 0
        for match in PERCENT.finditer(part):
            pieces.append(part[end : match.start()])
            end = match.end()
            if match["kind"] == "%":
                pieces.append("%")
                continue
            if match["name"] is not None:
                value, name = items.item(m, values, match["name"], at), match["name"]
            else:
                value, name = given[number] if number < len(given) else Opaque("an argument not passed"), ""
                number += 1
            spec = "%" + match["spec"] + match["kind"]
            pieces.append(united((_percent(m, item, name, spec, at), guards) for item, guards in alternatives(value)))
        pieces.append(part[end:])
    found = joined(m, [p for p in pieces if not (isinstance(p, str) and not p)]) if any(p != "" for p in pieces) else ""
    return _keep(found, template)


def _percent(m: Machine, value: Value, name: str, spec: str, at: CallSite) -> Value:
    """Return what one field of a `%` template gives."""
    if isinstance(value, (str, int, float)) and "*" not in spec and WIDE.search(spec) is None:
        try:
            return spec % value
        except (TypeError, ValueError):
            m.fails()
    if value.__class__ is HoledText and spec != "%s":
        return HoledText((Hole(name or "value"),))
    return shown(m, value, name, None, -1, at)


def method_of(text: Value, wanted: str) -> Native | None:
    """Return a method of a known text or of one with holes, as something that can be called; None for no method."""
    if wanted.startswith("_") or not hasattr(str, wanted):
        return None

    def run(m: Machine, arguments: list[Value], named: dict[str, Value], at: CallSite) -> Value:
        return united(
            (called(m, items_[0], wanted, list(items_[1:]), named, at), guards)
            for items_, guards in together([text, *arguments])
        )

    return Native(f"str.{wanted}", run)


HUGE = frozenset(["ljust", "rjust", "center", "zfill"])


def called(
    m: Machine, text: Value, wanted: str, arguments: list[Value], named: dict[str, Value], at: CallSite
) -> Value:
    """Return what a method of a single text gives."""
    if wanted == "join":
        return _join(m, text, arguments[0] if arguments else "", at)
    if wanted == "format" and isinstance(text, str):
        return _keep(formatted(m, text, arguments, named, at), text)
    if wanted == "format_map" and isinstance(text, str):
        return _keep(formatted(m, text, [], items.keywords(m, arguments[0]) if arguments else {}, at), text)
    if wanted == "encode" and isinstance(text, str):
        try:
            return text.encode() if not named and not arguments else Encoded(text, "bytes")
        except UnicodeError:
            return Encoded(text, "bytes")
    if isinstance(text, str):
        plain = [_plain(item) for item in arguments]
        keywords = {name: _plain(value) for name, value in named.items()}
        if any(item is Opaque for item in (*plain, *keywords.values())):
            if wanted in ("split", "rsplit") or (wanted in ("startswith", "endswith")):
                return Opaque(f"the result of {wanted}()", kind="bool" if wanted.endswith("with") else "")
            if wanted == "replace" and len(arguments) == 2 and isinstance(arguments[0], str) and arguments[0]:
                pieces: list[Value] = []
                for index, piece in enumerate(text.split(arguments[0])):
                    pieces += (
                        [shown(m, arguments[1], arguments[0].strip("{}<>$%"), None, -1, at), piece]
                        if index
                        else [piece]
                    )
                return joined(m, pieces)
            return Opaque(f"the result of {wanted}()", kind="str")
        if wanted in HUGE and plain and isinstance(plain[0], int) and plain[0] > TEXT.most:
            return Beyond(f"a text of more than {TEXT.most} letters")
        if (
            wanted == "replace"
            and len(text) * max((len(x) for x in plain if isinstance(x, str)), default=0) > TEXT.most * 100
        ):
            return Beyond(f"a text of more than {TEXT.most} letters")
        try:
            return _keep(items.lifted(m, getattr(str, wanted)(str(text), *plain, **keywords), at), text)
        except (TypeError, ValueError, LookupError, OverflowError, MemoryError):
            m.fails()
            return Opaque(f"{wanted}() fails", kind="str")
    known = METHODS.get(wanted)
    if known is None:
        return Opaque(f"the result of {wanted}()", kind="bool" if wanted.startswith("is") else "str", name="")
    try:
        return known(m, text, at, *arguments, **named)
    except TypeError:
        return Opaque(f"the result of {wanted}()", kind="str")


def _keep(found: Value, text: Value) -> Value:
    """Return a changed text that remembers where the text it was made of was named."""
    origin = getattr(text, "origin", None)
    if origin is not None and isinstance(found, str):
        return Str(found, getattr(found, "origin", None) or origin)
    if origin is not None and found.__class__ is HoledText and found.origin is None:
        return HoledText(found.parts, origin)
    return found


def _plain(value: Value) -> Any:
    """Return a constant or a tuple or dict of constants as Python has it; the class `Opaque` for anything else."""
    if value.__class__ is Assumed:
        return Opaque
    if value is None or isinstance(value, (str, int, float, bytes)):
        return value
    if value.__class__ is Tup:
        found = [_plain(item) for item in value.items]
        return Opaque if any(item is Opaque for item in found) else tuple(found)
    return Opaque


def _join(m: Machine, separator: Value, values: Value, at: CallSite) -> Value:
    found: list[Value] = []
    unsure = False
    for item, certain in items.listed(m, values, at):
        if not certain:
            unsure = True
        if found:
            found.append(separator)
        found.append(item)
    if unsure:
        return Opaque("texts joined of a list that is not known", name="value", kind="str")
    if any(item.__class__ is Opaque and not item.name for item in found):
        found = [HoledText((Hole("level"),)) if item.__class__ is Opaque and not item.name else item for item in found]
    return joined(m, [shown(m, item, "", None, -1, at) for item in found]) if found else ""
