"""What well-known functions give back: text methods, dicts and lists, environment, JSON, Pydantic's own methods."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncapi.scan import labels, payloads, strings, substitutions, text_methods
from asyncapi.scan.functions import first_parameter
from asyncapi.scan.known_names import (
    BUILTIN,
    CODECS,
    DUMPS,
    ENVIRONMENT,
    GETTING,
    LISTS,
    LOADS,
    MAPPING,
    PASSING,
    RESULTS,
)
from asyncapi.scan.modules import Scope
from asyncapi.scan.parameters import kinded
from asyncapi.scan.values import (
    PARTIAL,
    RESPONSE_TOPIC,
    Alternative,
    Const,
    Datum,
    External,
    Frame,
    Instance,
    Klass,
    Payload,
    Routine,
    Sequence,
    Table,
    Text,
    Unknown,
    Value,
    join,
    missing_item,
    one,
    unknown,
)

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
    from asyncapi.scan.passing import Arguments


def special(ev: Evaluator, node: ast.Call, frame: Frame) -> Value | None:
    """Handle the calls that look at syntax rather than at values: `super()`, `type(self)`, `globals()`."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "super" and not node.args:
        scope: Scope | None = frame.scope
        while scope is not None and (scope.parent is None or scope.parent.kind != "class"):
            scope = scope.parent
        if scope is not None and scope.parent is not None:
            return one(_super(ev, scope, scope.parent, frame))
    return None


def _super(ev: Evaluator, method: Scope, owner: Scope, frame: Frame) -> Instance:
    """Return the object a method runs on as one of the class that follows in its order of look-up."""
    classes, foreign = ev.chain(owner)
    first = first_parameter(method)
    given = frame.bound.get((id(method), first))
    for item in ev.force(given).alternatives if given is not None else ():
        if isinstance(item.datum, Instance) and item.datum.scope is not None:
            own = ev.chain(item.datum.scope)[0]
            if owner in own[:-1]:
                return Instance(own[own.index(owner) + 1], "", itself=item.datum)
    return Instance(classes[1], "") if classes[1:] else Instance(None, (*foreign, "object")[0])


def method(
    ev: Evaluator,
    item: Alternative,
    name: str,
    passed: Arguments,
    label: str,
) -> Value | None:
    """Return what a method of text, list, dict, class or model gives; None when source must tell."""
    datum = item.datum
    positional, named = passed.forced(ev) if _looks(datum, name) else ([], {})
    if isinstance(datum, Text):
        return text_methods.method(item, name, positional, named)
    if isinstance(datum, Table):
        return _table(ev, item, name, positional, label)
    if isinstance(datum, Sequence) and name in ("copy", "pop", "popleft", "__iter__"):
        return Value((item,)) if name == "copy" else strings.items(Value((item,)), label)
    if isinstance(datum, External) and datum.name == "os.environ" and name in ("get", "setdefault", "pop"):
        fallback = positional[1] if len(positional) > 1 else named.get("default")
        return environment(positional[0], fallback, label) if positional else None
    if isinstance(datum, Unknown):
        return _unknown(item, name, positional, label)
    if isinstance(datum, Instance) and datum.name == PATTERN:
        return _of_pattern(ev, datum, positional, named) if name == "sub" else None
    if isinstance(datum, Instance) and datum.name == FORMATTER and name == "parse" and positional:
        return Value(join(map(text_methods.fields, positional[0].alternatives)).alternatives, positional[0].needs)
    if isinstance(datum, Klass) and not _own(ev, datum.scope, name):
        return payloads.validated(ev, datum, name, positional, named)
    if isinstance(datum, Instance) and (datum.scope is None or not _own(ev, datum.scope, name)):
        return payloads.dumped(ev, item, name, named)
    if isinstance(datum, Payload):
        return Value((item,)) if name in ("encode", "decode", "copy", "strip") else None
    return None


def _looks(datum: Datum, name: str) -> bool:
    """Say whether a method's result depends on its arguments."""
    if isinstance(datum, Text | Table):
        return True
    if isinstance(datum, External | Unknown):
        return name in GETTING or (name in labels.METHODS and getattr(datum, "incoming", None) is not None)
    if isinstance(datum, Instance) and datum.name == PATTERN:
        return name == "sub"
    if isinstance(datum, Instance) and datum.name == FORMATTER:
        return name == "parse"
    if isinstance(datum, Klass | Instance):
        return name in payloads.METHODS
    return False


def _of_pattern(ev: Evaluator, datum: Instance, positional: list[Value], named: dict[str, Value]) -> Value | None:
    return _substituted([ev.force(value) for value in datum.positional[:1]] + positional, named)


def _substituted(positional: list[Value], named: dict[str, Value]) -> Value | None:
    """Return what `re.sub` gives; how often it replaces must be left open."""
    given = [*positional, *(named[name] for name in ("pattern", "repl", "string")[len(positional) :] if name in named)]
    return substitutions.substituted(*given) if len(given) == 3 and not named.keys() & {"count", "flags"} else None


def _own(ev: Evaluator, scope: Scope, name: str) -> bool:
    return ev.method(scope, name) is not None


def _unknown(item: Alternative, name: str, positional: list[Value], label: str) -> Value | None:
    datum = item.datum
    assert isinstance(datum, Unknown)
    if name in GETTING and positional:
        key = strings.key_of(positional[0])
        missing = one(missing_item(datum, key, key or label))
        return join([missing, positional[1]]) if len(positional) > 1 and key not in RESPONSE_TOPIC else missing
    if name in labels.METHODS and datum.incoming is not None:
        words = tuple(strings.key_of(value) for value in positional)
        return one(datum._replace(incoming=(*datum.incoming, (name, *words))))
    if name in labels.SAME or name in labels.METHODS:
        return Value((item,))
    if name in ("items", "values", "keys", "model_copy", "copy"):
        return Value((item,))
    return None


def _table(ev: Evaluator, item: Alternative, name: str, positional: list[Value], label: str) -> Value | None:
    from asyncapi.scan.subscripts import item_of

    datum = item.datum
    assert isinstance(datum, Table)
    if name in ("get", "pop", "setdefault") and positional:
        fallback = positional[1] if len(positional) > 1 else None
        found = item_of(ev, item, positional[0], label, fallback)
        return Value(found.alternatives, found.needs | positional[0].needs)
    if name == "items":
        return one(Sequence(tuple(one(Sequence(pair)) for pair in datum.pairs)))
    if name == "values":
        return one(Sequence(tuple(value for _, value in datum.pairs)))
    if name == "keys":
        return one(Sequence(tuple(key for key, _ in datum.pairs)))
    if name == "copy":
        return Value((item,))
    return None


def environment(key: Value, default: Value | None, label: str) -> Value:
    """Return what an environment variable can be: its default, marked with the variable's name."""
    names = tuple(spelled for spelled in (strings.key_of(key),) if spelled) or (label,)
    if default is None or all(
        isinstance(item.datum, Const) and item.datum.value is None for item in default.alternatives
    ):
        name = names[0].lower()
        return one(Unknown(name, f"environment variable {names[0]} has no default"), environment=names)
    found = tuple(
        item._replace(environment=tuple(dict.fromkeys((*names, *item.environment))), default=False)
        for item in default.alternatives
    )
    return Value(found, default.needs | key.needs)


def external(
    ev: Evaluator,
    datum: External,
    passed: Arguments,
    frame: Frame,
    node: ast.Call | None,
) -> Value:
    """Return what a function or class we cannot read gives."""
    name = datum.name
    last = name.rpartition(".")[2]
    if name == PARTIAL and passed.positional:
        place = (frame.scope.module.file, node.lineno) if node is not None else ("", 0)
        return _partial(*passed.forced(ev), place)
    if name in KNOWN or name in ev.environment or (last in DUMPS and CODECS.search(name)):
        found = _known(ev, name, *passed.forced(ev), frame)
        if found is not None:
            return found
    if last in LOADS and CODECS.search(name):
        return one(Unknown(label_of(node), "it is read from JSON at run time", ("json", "")))
    if (last[:1].isupper() or name == "collections.deque") and last not in ("TypeVar", "NewType"):
        place = (frame.scope.module.file, node.lineno) if node is not None else ("", 0)
        return one(Instance(None, name, tuple(passed.positional), tuple(passed.named.items()), True, place=place))
    if last in ("parse_args", "parse_known_args"):
        return one(Instance(None, name))
    shown = last if name.startswith("builtins.") else name
    return one(Unknown(label_of(node), f"the result of {shown}()", plain=RESULTS.get(last, "")))


def _known(ev: Evaluator, name: str, positional: list[Value], named: dict[str, Value], frame: Frame) -> Value | None:
    """Return what a function whose result depends on its arguments gives."""
    if (name in ENVIRONMENT or name in ev.environment) and positional:
        default = positional[1] if len(positional) > 1 else named.get("default")
        return environment(positional[0], default, strings.key_of(positional[0]).lower())
    if name in PASSING and positional:
        return _following(name, positional, frame) or _passing(name, positional)
    if name == "re.sub":
        return _substituted(positional, named)
    if name == "re.compile" and len(positional) == 1 and not named:
        return one(Instance(None, PATTERN, tuple(positional), known=True))
    if name in COLLECTIONS:
        return COLLECTIONS[name](positional, named)
    if name in PATHS and positional:
        return strings.levels(positional)
    if name == "builtins.type" and len(positional) == 1:
        return _type(positional[0])
    if name == "builtins.getattr" and len(positional) > 1:
        return _getattr(ev, positional, frame)
    if name in MAPPING and positional:
        return payloads.as_mapping(ev, positional[0], named)
    if name.rpartition(".")[2] in DUMPS and positional:
        return payloads.serialized(ev, positional[0], named)
    return None


def label_of(node: ast.Call | None) -> str:
    """Return the name a hole made of this call gets."""
    return labels.label(node) if node is not None else "value"


def _following(name: str, positional: list[Value], frame: Frame) -> Value | None:
    """Return what `next()` gives round after round of a comprehension: of several items, nobody can tell which."""
    several = name in ("builtins.next", "builtins.anext") and len(strings.elements(positional[0])) > 1
    if not several or not frame.inner:
        return None
    return Value(unknown("value", "which item comes next is only known at run time").alternatives, positional[0].needs)


def _passing(name: str, positional: list[Value]) -> Value:
    value = positional[1] if name in ("typing.cast", "builtins.filter") and len(positional) > 1 else positional[0]
    if name in ("builtins.next", "builtins.anext"):
        return strings.items(value, "value")
    if name in LISTS:
        found = strings.elements(value)
        if found:
            return Value((Alternative(Sequence(tuple(found))),), value.needs)
    if name == "builtins.int":
        value = Value(tuple(map(_number, value.alternatives)), value.needs)
    if name == "builtins.str":
        shown = tuple(
            item._replace(datum=Text(str(item.datum.value)), default=True)
            if isinstance(item.datum, Const) and item.datum.value is not None
            else kinded(item, "text")
            for item in value.alternatives
        )
        return Value(shown, value.needs)
    kind = BUILTIN.get(name, "")
    return value if not kind else Value(tuple(kinded(item, kind) for item in value.alternatives), value.needs)


def _number(item: Alternative) -> Alternative:
    """Return what `int(text)` gives for digits."""
    digits = isinstance(item.datum, Text) and item.datum.text.strip().isdecimal() and len(item.datum.text) < 10
    return item._replace(datum=Const(int(item.datum.text)), constant="") if digits else item  # type: ignore[union-attr]


def _made_dict(positional: list[Value], named: dict[str, Value]) -> Value:
    pairs = [pair for value in positional for pair in strings.pairs(value)]
    for value in positional:
        for element in strings.elements(value):
            both = strings.elements(element)
            if len(both) == 2:
                pairs.append((both[0], both[1]))
    pairs.extend((one(Text(name)), value) for name, value in named.items())
    return one(Table(tuple(pairs)))


def _enumerated(positional: list[Value], _: dict[str, Value]) -> Value:
    found = strings.elements(positional[0]) if positional else []
    return one(Sequence(tuple(one(Sequence((one(Const(i)), value))) for i, value in enumerate(found))))


def _zipped(positional: list[Value], _: dict[str, Value]) -> Value:
    columns = [strings.elements(value) for value in positional]
    return one(Sequence(tuple(one(Sequence(row)) for row in zip(*columns, strict=False))))


def _chained(positional: list[Value], _: dict[str, Value]) -> Value:
    return one(Sequence(tuple(element for value in positional for element in strings.elements(value))))


def _empty(_: list[Value], __: dict[str, Value]) -> Value:
    return one(Table(()))


def _range(positional: list[Value], _: dict[str, Value]) -> Value:
    return one(Sequence((one(Unknown("number", "a counter")),))) if positional else one(Sequence(()))


COLLECTIONS = {
    "builtins.dict": _made_dict,
    "collections.OrderedDict": _made_dict,
    "collections.defaultdict": _empty,
    "builtins.enumerate": _enumerated,
    "builtins.zip": _zipped,
    "itertools.chain": _chained,
    "builtins.range": _range,
    "asyncio.gather": _chained,
}


PATTERN = "re.Pattern"
FORMATTER = "string.Formatter"
REGULAR = frozenset(["re.sub", "re.compile"])
PATHS = frozenset(["pathlib.PurePosixPath", "pathlib.PurePath", "posixpath.join"])
KNOWN = frozenset(
    {
        *ENVIRONMENT,
        *PASSING,
        *COLLECTIONS,
        *MAPPING,
        *REGULAR,
        *PATHS,
        "builtins.getattr",
        "builtins.type",
    }
)


def _type(value: Value) -> Value:
    """Return what `type(object)` gives: the class, where source shows it."""
    found = [
        item._replace(datum=Klass(item.datum.scope))
        if isinstance(item.datum, Instance) and item.datum.scope is not None
        else item._replace(datum=Unknown("type", "the class of something only known at run time"))
        for item in value.alternatives
    ]
    return Value(tuple(found), value.needs)


def _partial(positional: list[Value], named: dict[str, Value], place: tuple[str, int]) -> Value:
    found = []
    given = tuple((f"*{i}", value) for i, value in enumerate(positional[1:])) + tuple(named.items())
    for item in positional[0].alternatives:
        if isinstance(item.datum, Routine):
            found.append(Value((item._replace(datum=item.datum._replace(given=(*item.datum.given, *given))),)))
        elif isinstance(item.datum, External | Unknown):
            passed = (Value((item,)), *positional[1:])
            found.append(one(Instance(None, PARTIAL, passed, tuple(named.items()), True, place=place)))
        else:
            found.append(Value((item,)))
    return join(found)


def _getattr(ev: Evaluator, positional: list[Value], frame: Frame) -> Value:
    from asyncapi.scan.attributes import attribute

    name = strings.key_of(positional[1])
    if not name:
        return unknown("attribute", "getattr() with a name only known at run time")
    found = [attribute(ev, item, name, frame) for item in positional[0].alternatives]
    return join([*found, *positional[2:3]])
