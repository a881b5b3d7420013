"""What an expression can be: bounded sets of strings with holes, objects, functions, each with how it was derived."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from asyncapi.scan import bounds
from asyncapi.sites import Plain, Step

if TYPE_CHECKING:
    from asyncapi.scan.modules import Module, Scope

OPEN, CLOSE, EDIT = "\ue000", "\ue001", "\ue002"
LIMIT = 64
PARTIAL = "functools.partial"
RESPONSE_TOPIC = frozenset(("ResponseTopic", "response_topic", "responseTopic"))
ASKED = "it is the response topic that the request names when it arrives"
HOLE = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")


class Text(NamedTuple):
    """A string; parts known only at run time stand in it as holes (see `hole`)."""

    text: str


class Const(NamedTuple):
    """A number, a boolean or None."""

    value: int | float | bool | None


class Sequence(NamedTuple):
    """A list, tuple, set or generator with its items, in order unless said otherwise."""

    items: tuple[Value, ...]
    ordered: bool = True


class Table(NamedTuple):
    """A dict: pairs of key and value; not `whole` where a bound left some out."""

    pairs: tuple[tuple[Value, Value], ...]
    place: tuple[str, int] | None = None
    whole: bool = True


class Klass(NamedTuple):
    """A class written in a file we can read."""

    scope: Scope


class Routine(NamedTuple):
    """A function or method written in a file we can read, with the object it is bound to."""

    scope: Scope
    owner: Datum | None = None
    given: tuple[tuple[str, Value], ...] = ()


class Lambda(NamedTuple):
    """A lambda expression and where it stands."""

    node: ast.Lambda
    frame: Frame


class ModuleRef(NamedTuple):
    """A module we can read."""

    module: Module


class External(NamedTuple):
    """Something imported that we cannot read, by its dotted name."""

    name: str


class Instance(NamedTuple):
    """An object: of a readable class (`scope`) or of a foreign one (`name`).

    `given` are the constructor's arguments by name, `positional` those by position; both None-like when the
    object is only known by an annotation (`known` is False). `received` objects came off the wire. What `super()`
    gives is of the next class, and `itself` is the object on which the methods found there run.
    """

    scope: Scope | None
    name: str
    positional: tuple[Given, ...] = ()
    given: tuple[tuple[str, Given], ...] = ()
    known: bool = False
    received: bool = False
    place: tuple[str, int] = ("", 0)
    itself: Instance | None = None


class Payload(NamedTuple):
    """A serialized message: of which model, bare or wrapped, dumped how, with (class, field, own field) copied."""

    model: str
    wire: str
    dump: tuple[tuple[str, bool], ...] = ()
    copies: tuple[tuple[str, str, str], ...] = ()


class Unknown(NamedTuple):
    """Known only at run time; `name` is what a hole made of it is called, `reason` says at which construct it ended.

    `origin` is the class and field of the received message it was read from, where that shows. `incoming` says by which
    methods of text it was made from the topic of the received message; None where it was not. `plain` is its kind where
    that is known: text, a number, bytes.
    """

    name: str
    reason: str
    origin: tuple[str, str] = ("", "")
    incoming: tuple[tuple[str, ...], ...] | None = None
    plain: Plain = ""


Datum = Text | Const | Sequence | Table | Klass | Routine | Lambda | ModuleRef | External | Instance | Payload | Unknown


class Alternative(NamedTuple):
    """One thing an expression can be, with derivation, overriding variables, named constant and confidence.

    `member` is the enumeration whose member it is; `partly` tells that the text only begins with, or holds, that of
    the constant.
    """

    datum: Datum
    steps: tuple[Step, ...] = ()
    environment: tuple[str, ...] = ()
    constant: str = ""
    confidence: float = 1.0
    default: bool = False
    member: Scope | None = None
    partly: bool = False


class Value(NamedTuple):
    """Everything an expression can be; `needs` are the open parameters that further callers would fix."""

    alternatives: tuple[Alternative, ...]
    needs: frozenset[Key] = frozenset()


Key = tuple[int, str]


class Lazy(NamedTuple):
    """An argument nobody has asked for yet: its expression and where it stands."""

    node: ast.expr
    frame: Frame


Given = Value | Lazy


class Bindings(dict[Key, Given]):
    """Parameters and loop variables with their values, and what was found out under them."""

    __slots__ = ("memo",)

    def __init__(self, *values: Mapping[Key, Given]) -> None:
        """Put several mappings into one, the later ones winning."""
        super().__init__()
        for value in values:
            self.update(value)
        self.memo: dict[object, object] = {}

    def also(self, more: Mapping[Key, Given]) -> Bindings:
        """Return these bindings with more on top."""
        return Bindings(self, more) if more else self


class Frame(NamedTuple):
    """Where an expression is evaluated: scope, statement (None = any time), known and open parameters, inner names."""

    scope: Scope
    at: int | None
    bound: Bindings
    open: frozenset[Key]
    inner: Mapping[str, Value]


def one(datum: Datum, **facts: object) -> Value:
    """Return a value that can be one thing only."""
    return Value((Alternative(datum, **facts),))  # type: ignore[arg-type]


def unknown(name: str, reason: str) -> Value:
    """Return a value nobody can tell from source."""
    return one(Unknown(name, reason))


def hole(name: str) -> str:
    """Return the spelling of a part that is known only at run time, named after what fills it."""
    clean = re.sub(r"\W+", "_", name).strip("_") or "value"
    return f"{OPEN}{clean}{CLOSE}"


def missing_item(datum: object, key: str, shown: str) -> Unknown:
    """Return what a key of something only known at run time gives: a part of what is known to come with a request."""
    if key in RESPONSE_TOPIC or (isinstance(datum, Unknown) and datum.reason == ASKED):
        return Unknown(shown, ASKED)
    origin = (datum.origin[0], key) if isinstance(datum, Unknown) and datum.origin[0] else ("", "")
    return Unknown(shown, f"[{shown}] of something only known at run time", origin)


def received_hole(name: str, edits: tuple[tuple[str, ...], ...]) -> str:
    """Return the spelling of a part that is the topic of the received message, with what was done to it."""
    return EDIT.join([hole(name)[:-1], *("\t".join(edit) for edit in edits), CLOSE])


def spelled(text: str) -> str:
    """Return the text with holes as `{name}`; equal names at different places share their name."""
    return HOLE.sub(lambda match: "{" + match.group(1).partition(EDIT)[0] + "}", text)


def join(values: Iterable[Value]) -> Value:
    """Return the union of values, bounded, each alternative once; None and unknown make way for something known."""
    seen: dict[object, Alternative] = {}
    needs: frozenset[Key] = frozenset()
    lost: set[object] = set()
    for value in values:
        needs |= value.needs
        for at, alternative in enumerate(value.alternatives, 1):
            seen.setdefault(_identity(alternative), alternative)
            if len(seen) >= LIMIT:
                lost.update(map(_identity, value.alternatives[at:]))
                break
    if lost := lost - seen.keys():
        bounds.cut_value("values that one expression can have", len(seen), len(seen) + len(lost))
    return Value(settle(tuple(seen.values())), needs)


def _identity(alternative: Alternative) -> object:
    datum = alternative.datum
    if isinstance(datum, Text | Const | External | Payload):
        return type(datum), datum, alternative.constant
    if isinstance(datum, Klass):
        return Klass, id(datum.scope)
    if isinstance(datum, Instance) and datum.place[1]:
        passed = tuple(id(item.node) for item in datum.positional if isinstance(item, Lazy))
        return Instance, id(datum.scope), datum.name, datum.place, id(datum.given), passed
    return id(datum)


def settle(alternatives: tuple[Alternative, ...]) -> tuple[Alternative, ...]:
    """Drop None and run-time unknowns beside something known; what they said of the environment stays."""
    if len(alternatives) < 2:
        return alternatives
    known = [item for item in alternatives if not _vague(item)]
    if len(known) == len(alternatives):
        return alternatives
    if not known:
        return tuple(item for item in alternatives if not _empty(item)) or alternatives
    variables = tuple(dict.fromkeys(name for item in alternatives if _vague(item) for name in item.environment))
    doubt = any(isinstance(item.datum, Unknown) and not item.environment for item in alternatives)
    return tuple(
        item._replace(
            environment=tuple(dict.fromkeys((*item.environment, *variables))),
            confidence=min(item.confidence, 0.7) if doubt else item.confidence,
        )
        for item in known
    )


def _vague(item: Alternative) -> bool:
    return isinstance(item.datum, Unknown) or _empty(item)


def _empty(item: Alternative) -> bool:
    return item.datum in (Const(None), Text(""))


def texts(value: Value) -> tuple[Alternative, ...]:
    """Return the alternatives that are strings."""
    return tuple(item for item in value.alternatives if isinstance(item.datum, Text))


def derived(value: Value, step: Step) -> Value:
    """Return the value with one more step of derivation in front."""
    return Value(
        tuple(item._replace(steps=(step, *item.steps)[:12]) for item in value.alternatives),
        value.needs,
    )
