"""What a newer interpreter runs to parse for this one, and how its answer becomes `ast` nodes here.

The answer is flat, so that no depth of nesting is too deep for JSON: every node stands after its children and names
them by number. A plain number in a field is therefore a node; numbers of the source are wrapped. Positions come first.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from typing import Any

CHILD = r"""
import ast, json, sys, warnings

MOST = 4_000_000  # nodes: more than a file of the largest size that is read can have in practice

def plain(value, numbers):
    if isinstance(value, ast.AST):
        return numbers[id(value)]
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, list):
        return [plain(item, numbers) for item in value]
    if isinstance(value, int):
        return {"int": hex(value)}
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, complex):
        return {"complex": [value.real.hex(), value.imag.hex()]}
    return {"bytes": value.hex()} if isinstance(value, bytes) else {"ellipsis": True}

def flat(tree):
    kinds, nodes, numbers, waiting = {}, [], {}, [(tree, False)]
    while waiting:
        node, ready = waiting.pop()
        if id(node) in numbers:
            continue
        if not ready:
            waiting.append((node, True))
            waiting.extend((child, False) for child in ast.iter_child_nodes(node))
            continue
        if len(nodes) > MOST:
            raise ValueError("it has too many parts")
        name = type(node).__name__
        number, name, attributes, fields = kinds.setdefault(name, (len(kinds), name, node._attributes, node._fields))
        held = node.__dict__
        place = [held.get(attribute) for attribute in attributes]
        nodes.append([number, *place, *[plain(held.get(field), numbers) for field in fields]])
        numbers[id(node)] = len(nodes) - 1
    return {"kinds": [kind[1:] for kind in kinds.values()], "nodes": nodes}

def answer(text):
    try:
        return flat(ast.parse(text))
    except SyntaxError as error:
        return {"error": error.msg, "line": error.lineno}
    except (RecursionError, MemoryError):
        return {"error": "an expression in it is nested too deeply"}
    except ValueError as error:
        return {"error": str(error)}

warnings.simplefilter("ignore")
if sys.version_info < (3, 12):
    sys.exit(1)
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
"""


if sys.version_info >= (3, 12):
    from ast import TypeAlias
else:

    class TypeAlias(ast.stmt):
        """`type name = value` of Python 3.12."""

        _fields = ("name", "value")
        name: ast.expr
        value: ast.expr


if sys.version_info >= (3, 14):
    from ast import Interpolation, TemplateStr
else:

    class TemplateStr(ast.expr):
        """`t"…"` of Python 3.14: texts and interpolations."""

        _fields = ("values",)
        values: list[ast.expr]

    class Interpolation(ast.expr):
        """`{value!r:spec}` in a template; `str` is its source."""

        _fields = ("value", "str", "conversion", "format_spec")
        value: ast.expr
        str: Any
        conversion: int
        format_spec: ast.expr | None


OURS: Mapping[str, type[ast.AST]] = {
    "TypeAlias": TypeAlias,
    "TemplateStr": TemplateStr,
    "Interpolation": Interpolation,
    # Type parameters stand only in a field that nodes of this Python do not have, so nobody meets their stand-in.
    **dict.fromkeys(("TypeVar", "ParamSpec", "TypeVarTuple"), ast.AST),
}


def rebuilt(answer: Mapping[str, Any]) -> ast.Module:
    """Return the tree that a child sent; fields that nodes of this Python do not have are left out.

    Raises ValueError for a node that has no counterpart, and TypeError or LookupError for what is no tree.
    """
    kinds = [_kind(*kind) for kind in answer["kinds"]]
    nodes: list[ast.AST] = []
    for number, *values in answer["nodes"]:
        cls, attributes, fields = kinds[number]
        node = cls()
        held = node.__dict__
        held.update(zip(attributes, values, strict=False))
        for field, value in zip(fields, values[len(attributes) :], strict=True):
            if field:
                held[field] = _value(value, nodes)
        nodes.append(node)
    if not nodes or not isinstance(nodes[-1], ast.Module):
        raise ValueError("no module came back")
    return nodes[-1]


def _kind(name: str, attributes: list[str], fields: list[str]) -> tuple[type[ast.AST], list[str], list[str]]:
    """Return the class of a node, its positions and its fields in the order sent, empty for one the class has not."""
    cls = OURS.get(name) or getattr(ast, name, None)
    if not isinstance(cls, type) or not issubclass(cls, ast.AST):
        raise ValueError(f"{name} has no counterpart")
    return cls, attributes, [field if field in cls._fields else "" for field in fields]


def _value(value: Any, nodes: list[ast.AST]) -> Any:
    if type(value) is int:
        return nodes[value]
    if isinstance(value, list):
        return [_value(item, nodes) for item in value]
    if isinstance(value, dict):
        ((kind, said),) = value.items()
        return _constant(kind, said)
    return value


def _constant(kind: str, said: Any) -> Any:
    if kind == "int":
        return int(said, 16)
    if kind == "float":
        return float.fromhex(said)
    if kind == "complex":
        return complex(*map(float.fromhex, said))
    return bytes.fromhex(said) if kind == "bytes" else ...
