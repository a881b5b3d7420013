"""What an annotation says of a value, as far as data of a message is made into objects by it.

Annotations are read as trees: `list[Reading]` names its element, which its value at run time does not keep.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asyncapi.machine.library.model_rows import memory
from asyncapi.machine.values import Class, External, Func, Tup, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Activation, Machine


@dataclass(frozen=True, slots=True, eq=False)
class AnnotationShape:
    """A kind of value: "any", "none", "plain" (`name` says which), "class", "list", "dict", "union" or "literal".

    `parts` are the shapes inside of it, `values` what a literal can be.
    """

    kind: str
    name: str = ""
    cls: Class | None = None
    parts: tuple[AnnotationShape, ...] = ()
    values: tuple[Value, ...] = ()

    @property
    def plain(self) -> bool:
        """Say whether data stays as it is: nothing in the shape makes an object of it."""
        return self.kind in ("any", "none", "plain") or (bool(self.parts) and all(part.plain for part in self.parts))

    @property
    def number_kind(self) -> str:
        """Return the Python type that a value has, where it is one that `Opaque.kind` names; else empty."""
        if self.kind == "union":
            kinds = {part.number_kind for part in self.parts if part.kind != "none"}
            return kinds.pop() if len(kinds) == 1 else ""
        return self.name if self.kind == "plain" and self.name in ("str", "int", "float", "bool", "bytes") else ""


ANYTHING = AnnotationShape("any")
NONE = AnnotationShape("none")
LISTS = frozenset(
    [
        "list",
        "List",
        "Sequence",
        "MutableSequence",
        "set",
        "Set",
        "frozenset",
        "FrozenSet",
        "tuple",
        "Tuple",
        "Iterable",
        "Collection",
        "deque",
        "Deque",
    ]
)
DICTS = frozenset(["dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict"])
TRANSPARENT = frozenset(["Final", "InitVar", "Required", "NotRequired", "ReadOnly", "SerializeAsAny", "SkipValidation"])
"""What stands around a type and says nothing of its values."""
Parameters = Mapping[str, Value]


class ShapeReader:
    """Reads annotations as seen from a class or function; `parameters` are the values of its type variables."""

    def __init__(self, m: Machine, owner: Class | Func | Activation, parameters: Parameters) -> None:
        self.m, self.owner, self.parameters = m, owner, parameters

    def shape(self, node: ast.AST | None) -> AnnotationShape:
        """Return what an annotation says."""
        node = tree(self.m, node)
        if node is None:
            return ANYTHING
        if isinstance(node, ast.Constant):
            return NONE if node.value is None else ANYTHING
        if isinstance(node, ast.BinOp):
            return union([self.shape(node.left), self.shape(node.right)])
        if isinstance(node, ast.Subscript):
            return self.subscript(node)
        if isinstance(node, ast.Name) and node.id in self.parameters:
            return of_value(self.parameters[node.id])
        return of_value(self.value(node))

    def subscript(self, node: ast.Subscript) -> AnnotationShape:
        """Return what `head[...]` says."""
        inside = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        head = self.value(node.value)
        if isinstance(head, Class):
            return of_value(self.value(node))
        name = head.name if isinstance(head, External) else ""
        if name in ("Union", "Optional"):
            return union([*map(self.shape, inside), *([NONE] if name == "Optional" else [])])
        if name == "Annotated" or name in TRANSPARENT:
            return self.shape(inside[0])
        if name == "Literal":
            return AnnotationShape("literal", values=tuple(self.value(item) for item in inside))
        if name in LISTS:
            parts = [self.shape(item) for item in inside if not _is_ellipsis(item)]
            return AnnotationShape("list", parts=(union(parts),))
        if name in DICTS and len(inside) == 2:
            return AnnotationShape("dict", parts=(self.shape(inside[1]),))
        return ANYTHING

    def value(self, node: ast.AST) -> Value:
        """Return the value of a part of an annotation; a class inside of the class it stands in comes first."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name) and isinstance(self.owner, Class):
            inner = self.owner.fields.get(node.id)
            if isinstance(inner, Class):
                return inner
        return self.m.annotation(node, self.owner)

    def notes(self, node: ast.AST | None) -> list[Value]:
        """Return what stands beside the type in `Annotated[type, ...]`."""
        node = tree(self.m, node)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            head = self.value(node.value)
            if isinstance(head, External) and head.name == "Annotated":
                return [self.value(item) for item in node.slice.elts[1:]]
        return []

    def wrapped_in(self, node: ast.AST | None, name: str) -> bool:
        """Say whether an annotation is `name` or `name[...]`, as `ClassVar[int]`."""
        node = tree(self.m, node)
        head = self.value(node.value if isinstance(node, ast.Subscript) else node) if node is not None else None
        return isinstance(head, External) and head.name == name


def tree(m: Machine, node: Any) -> ast.expr | None:
    """Return an annotation as a tree, parsed where it is written as a text."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        found: ast.expr | None = node
        return found
    known = memory(m).parsed.get(id(node))
    if known is None:
        try:
            known = (ast.parse(node.value.strip(), mode="eval").body, node)
        except (SyntaxError, ValueError, RecursionError):
            known = (None, node)
        memory(m).parsed[id(node)] = known
    return known[0]


def of_value(value: Value) -> AnnotationShape:
    """Return the shape that a value says when it is used as an annotation."""
    if value is None:
        return NONE
    if isinstance(value, Class):
        return AnnotationShape("class", value.name, value)
    if value.__class__ is Tup:
        return union([of_value(item) for item in value.items])
    if isinstance(value, External):
        if value.path == "builtins.NoneType":
            return NONE
        return AnnotationShape("plain", value.name) if value.name != "Any" else ANYTHING
    return ANYTHING


def union(parts: list[AnnotationShape]) -> AnnotationShape:
    """Return the shape of a value that has one of several."""
    flat = [inner for part in parts for inner in (part.parts if part.kind == "union" else (part,))]
    return flat[0] if len(flat) == 1 else AnnotationShape("union", parts=tuple(flat))


def parameters_of(cls: Class, owner: Class) -> dict[str, Value]:
    """Return what the type variables of one of a class's bases stand for in it: `Envelope[Reading]` says it of T."""
    for base in cls.mro:
        if isinstance(base, Class) and base.fields.get("__origin__") is owner:
            values = base.fields["__parameters__"].items
            return dict(zip(_variables(owner), values, strict=False))
    return {}


def _variables(cls: Class) -> list[str]:
    """Return the names of a generic class's type variables, in order."""
    node: Any = cls.code.node if cls.code is not None else None
    told = [item.name for item in getattr(node, "type_params", ())]
    for base in getattr(node, "bases", ()):
        if isinstance(base, ast.Subscript):
            inside = base.slice.elts if isinstance(base.slice, ast.Tuple) else [base.slice]
            names = [item.id for item in inside if isinstance(item, ast.Name)]
            head = base.value.attr if isinstance(base.value, ast.Attribute) else getattr(base.value, "id", "")
            if head in ("Generic", "Protocol"):
                return names
            told = told or names
    return told


def _is_ellipsis(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


__all__ = ["ANYTHING", "NONE", "AnnotationShape", "ShapeReader", "of_value", "parameters_of", "tree", "union"]
