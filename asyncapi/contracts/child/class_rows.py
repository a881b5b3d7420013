"""What classes declare of topics: in attributes, decorators, methods and classes inside of them."""

from __future__ import annotations

import ast
import typing

from .classes import field_names, is_enum
from .declaring import INNER_KEYS, MISSING, ROW_KEYS, TOPIC_KEYS, schema_extra
from .expressions import source_of
from .places import own_attribute
from .templates import returned_text

if typing.TYPE_CHECKING:
    from .outlines import ClassOutline
    from .places import Module
    from .rows import Rows


class ClassRows:
    """Takes classes for declarations of topics."""

    def __init__(self, rows: Rows) -> None:
        self.rows, self.kinds, self.names = rows, rows.kinds, rows.names

    def attributes_of(self, module: Module, scope: ClassOutline, value: type) -> bool:
        """Take a class whose own attributes form a row: a topic beside qos, retain or model; a model with a topic."""
        fields = getattr(value, "__dataclass_fields__", {})
        if issubclass(value, self.kinds.base_model):
            fields = getattr(value, "__pydantic_fields__", None) or vars(value).get("model_fields") or {}
        attributes: dict[str, typing.Any] = {}
        for base in reversed(value.__mro__):
            if base.__module__ in self.names:
                attributes.update({k: v for k, v in vars(base).items() if k not in fields})
        plain = {k.lower().strip("_"): v for k, v in attributes.items() if not callable(v) or isinstance(v, type)}
        model = self.kinds.is_model(value)
        if model and (extra := schema_extra(value)):
            self.rows.record(module, scope.qualname, scope.line, {**extra, "models": [value]}, [value], whole=True)
            return True
        topic = next((plain[key] for key in TOPIC_KEYS[:-1] if isinstance(plain.get(key), str)), None)
        own = {k.lower().strip("_") for k in vars(value)}
        if topic is None or not own & set(TOPIC_KEYS) or not (model or set(plain) & ROW_KEYS):
            return False
        if not self.rows.has_topic({"topic": topic}):
            return False
        if model:
            plain = {**{k: v for k, v in plain.items() if k not in ("schema", "message")}, "models": [value]}
        plain = {k: v for k, v in plain.items() if k not in ("module", "doc", "annotations", "qualname", "dict")}
        line = next((b.line for b in scope.bindings if b.name.lower().strip("_") in TOPIC_KEYS), scope.line)
        self.rows.record(module, scope.qualname, line, plain, [value] if model else [], whole=True)
        return True

    def decorators_of(self, module: Module, scope: ClassOutline, value: type) -> bool:
        """Take what a decorator with arguments says of a model's topic: `@message("a/b", qos=1)`."""
        for node in scope.node.decorator_list:
            if not isinstance(node, ast.Call) or source_of(node.func).endswith("deprecated"):
                continue
            said = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            if node.args and not said.keys() & set(TOPIC_KEYS):
                said = {"topic": node.args[0], **said}
            found = {name: self._known_value(module, inner) for name, inner in said.items()}
            found = {name: inner for name, inner in found.items() if inner is not MISSING}
            if self.rows.has_topic(found):
                row = {**found, "models": [value]}
                self.rows.record(module, scope.qualname, node.lineno, row, [value], whole=True, guessed=True)
                return True
        return False

    @staticmethod
    def _known_value(module: Module, node: ast.expr) -> typing.Any:
        """Return a literal, or what a name of the module or an attribute of one stands for."""
        if isinstance(node, ast.Name):
            return module.namespace.get(node.id, MISSING)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return own_attribute(module.namespace.get(node.value.id), node.attr)
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return MISSING

    def methods_of(self, module: Module, scope: ClassOutline, value: type) -> None:
        """Take what a model says of its topic in a method: `def topic(self): return f"devices/{self.device}/state"`."""
        holds_class = any("ype[" in str(kind) for kind in vars(value).get("__annotations__", {}).values())
        for node in scope.functions:
            if "topic" in node.name.lower() and not holds_class:
                text, returned = returned_text(node, {**module.namespace, **vars(value)}, field_names(value))
                if returned is not None and self.rows.has_topic({"topic": text}):
                    symbol = f"{scope.qualname}.{node.name}"
                    said = {"topic": text, "models": [value]}
                    self.rows.record(module, symbol, node.lineno, said, [value], whole=True, guessed=True)

    def classes_in(self, module: Module, scope: ClassOutline, value: type) -> None:
        """Take what a plain class inside of a model says of the model's topic: `class Meta: topic = "a/b"`."""
        for inner in scope.classes:
            found = vars(value).get(inner.node.name)
            if isinstance(found, type) and not self.kinds.is_model(found) and not is_enum(found):
                said = {k: v for k, v in vars(found).items() if k.lower().strip("_") in INNER_KEYS}
                if self.rows.has_topic(said):
                    self.rows.claimed[id(found)] = found
                    self.rows.record(
                        module, inner.qualname, inner.line, {**said, "models": [value]}, [value], whole=True
                    )
