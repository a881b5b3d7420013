"""Texts that functions return, with their parameters as placeholders."""

from __future__ import annotations

import ast
import inspect
import re
import types
import typing

from .classes import plain_text

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def returned_text(
    node: ast.FunctionDef, namespace: Mapping[str, typing.Any], fields: Iterable[str] = ()
) -> tuple[str, ast.expr | None]:
    """Return the text that a function of one statement returns, and its expression; None when it is no such function.

    What stands in `fields` are attributes of the instance with a value of its own.
    """
    body = [item for item in node.body if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))]
    if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        return "", None
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    names = {argument.arg for argument in every} - {"self", "cls"}
    try:
        return Template(names, namespace, fields).text(body[0].value), body[0].value
    except (AttributeError, LookupError, TypeError, ValueError):
        return "", None


class Template:
    """Evaluates a text expression over parameters and module constants; parameters become `{placeholders}`."""

    def __init__(self, parameters: set[str], namespace: Mapping[str, typing.Any], fields: Iterable[str] = ()) -> None:
        self.parameters, self.namespace, self.fields = parameters, namespace, frozenset(fields)

    def text(self, node: ast.expr) -> str:
        """Return the template; raise LookupError, TypeError or ValueError where it cannot be known."""
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, int)):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(self.text(part) for part in node.values)
        if isinstance(node, ast.FormattedValue):
            return self.text(node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.text(node.left) + self.text(node.right)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return self._percent(self.text(node.left), node.right)
        if isinstance(node, ast.Call):
            return self._call(node)
        name = self._parameter(node)
        return "{" + name + "}" if name else self._constant(node)

    def _parameter(self, node: ast.expr) -> str:
        names: list[str] = []
        while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
            if isinstance(node, ast.Attribute):
                names.insert(0, node.attr)
            node = node.func if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name):
            return ""
        if node.id == "self" and names and names[0] in self.fields:
            first, names = names[0], names[1:]
        elif node.id in self.parameters:
            first = node.id
        else:
            return ""
        plain = {"value", "name", "lower", "upper", "strip", "hex", "format", "casefold"}
        return "_".join([first, *(name for name in names if name not in plain)])

    def _constant(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            value = self.namespace[node.id]
        elif isinstance(node, ast.Attribute):
            value = inspect.getattr_static(self._object(node.value), node.attr)
        else:
            raise ValueError("not a text")
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            raise TypeError("not a text")
        return plain_text(value) if isinstance(value, str) else str(value)

    def _object(self, node: ast.expr) -> typing.Any:
        if isinstance(node, ast.Name):
            if node.id in ("cls", "self") and node.id not in self.namespace:
                return types.SimpleNamespace(**{k: v for k, v in self.namespace.items() if isinstance(v, str)})
            return self.namespace[node.id]
        if isinstance(node, ast.Attribute):
            return inspect.getattr_static(self._object(node.value), node.attr)
        raise ValueError("not a name")

    def _call(self, node: ast.Call) -> str:
        if name := self._parameter(node):
            return "{" + name + "}"
        if isinstance(node.func, ast.Name) and node.func.id == "str" and len(node.args) == 1:
            return self.text(node.args[0])
        if not isinstance(node.func, ast.Attribute):
            raise ValueError("not a text")
        if node.func.attr == "join" and len(node.args) == 1 and isinstance(node.args[0], (ast.List, ast.Tuple)):
            return self.text(node.func.value).join(self.text(part) for part in node.args[0].elts)
        if node.func.attr == "format":
            return self._format(self.text(node.func.value), node)
        raise ValueError("not a text")

    def _format(self, template: str, node: ast.Call) -> str:
        positional = [self.text(argument) for argument in node.args]
        named = {word.arg: self.text(word.value) for word in node.keywords if word.arg}
        counter = iter(positional)

        def fill(match: re.Match[str]) -> str:
            key = match[1]
            return next(counter) if not key else positional[int(key)] if key.isdigit() else named[key]

        try:
            return re.sub(r"\{([^{}:!.\[]*)[^{}]*\}", fill, template)
        except (StopIteration, RuntimeError, IndexError):
            raise ValueError("too few arguments") from None

    def _percent(self, template: str, node: ast.expr) -> str:
        if isinstance(node, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else "" for key in node.keys]
            named = {str(key): self.text(value) for key, value in zip(keys, node.values)}
            return re.sub(r"%\((\w+)\)[sdr]", lambda match: named[match[1]], template)
        values = [self.text(item) for item in (node.elts if isinstance(node, ast.Tuple) else [node])]
        pieces = re.split(r"%[sdr]", template)
        if len(pieces) != len(values) + 1:
            raise ValueError("another number of arguments")
        return "".join(piece + value for piece, value in zip(pieces, [*values, ""]))
