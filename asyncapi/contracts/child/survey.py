"""What the imported objects say: constants, functions that make topics, rows, choices, models, in source order."""

from __future__ import annotations

import ast
import inspect
import re
import types
import typing

from .class_rows import ClassRows
from .classes import class_id, is_enum, plain_text, restore_bases, text_defaults, topic_defaults, unaliased
from .declaring import MISSING, delivered
from .expressions import is_reference, name_parts, source_of
from .kinds import Kinds
from .pipe import Json
from .reasons import say
from .rows import Rows
from .templates import returned_text
from .values import Values

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .loading import Loader
    from .outlines import Binding, ClassOutline
    from .places import Module

LONGEST = 4096  # MQTT allows 65,535 bytes, but a text this long is data


class Survey:
    """Walks the modules once and gathers everything the answer holds but the schemas."""

    def __init__(self, loader: Loader, base_model: type) -> None:
        self.loader, self.modules, self.findings = loader, loader.modules, loader.findings
        self.names = {module.name for module in self.modules}
        self.kinds = Kinds(loader, base_model)
        self.values = Values(self.kinds, self.names)
        self.rows = Rows(self.values)
        self.class_rows = ClassRows(self.rows)
        self.strings: list[Json] = []
        self.functions: list[Json] = []
        self.choices: list[Json] = []
        self.members: dict[str, dict[str, str]] = {}
        self.models: list[tuple[type, Module, ClassOutline | None, Binding | None]] = []

    def walk(self) -> None:
        """Look at everything that the modules define."""
        for module in self.modules:
            self._scope(module, module.outline, module.namespace)

    def _scope(self, module: Module, scope: ClassOutline, namespace: Mapping[str, typing.Any]) -> None:
        owner = self._owner(module, scope)
        places: list[tuple[int, typing.Callable[[], None]]] = []
        if owner is None or not self.kinds.is_model(owner):
            for binding in _effective(scope, namespace):
                places.append((binding.line, _call(self._binding, module, scope, owner, namespace, binding)))
            for function in scope.functions:
                places.append((function.lineno, _call(self._function, module, scope, namespace, function)))
        for inner in scope.classes:
            places.append((inner.line, _call(self._class, module, inner, namespace)))
        for line, visit in sorted(places, key=lambda place: place[0]):
            try:
                visit()
            except Exception as error:
                self._odd(module, line, error)

    def _odd(self, module: Module, line: int, error: Exception) -> None:
        self.findings.append(
            {
                "rule": "value-not-readable",
                "severity": "note",
                "message": f"what {module.file}:{line} defines cannot be looked at: {say(error)}",
                "subject": f"{module.name}:{say(error)}",
                "remedy": "give it plain attributes, or keep it out of the contracts",
                "file": module.file,
                "symbol": "",
                "line": line,
            }
        )

    @staticmethod
    def _owner(module: Module, scope: ClassOutline) -> type | None:
        value: typing.Any = None
        for step in scope.qualname.split(".") if scope.qualname else ():
            value = module.namespace.get(step) if value is None else inspect.getattr_static(value, step, None)
        return value if isinstance(value, type) else None

    def _class(self, module: Module, scope: ClassOutline, namespace: Mapping[str, typing.Any]) -> None:
        value = namespace.get(scope.node.name)
        if not isinstance(value, type) or value.__module__ != module.name:
            return
        if self.kinds.is_model(value):
            if hasattr(value, "__total__") and "__orig_bases__" not in vars(value):
                restore_bases(value, scope, module.namespace)
            if not self.class_rows.attributes_of(module, scope, value) and not self.class_rows.decorators_of(
                module, scope, value
            ):
                self.class_rows.methods_of(module, scope, value)
                self.class_rows.classes_in(module, scope, value)
            self.models.append((value, module, scope, None))
        elif is_enum(value):
            self.keep_members(scope, value)
        elif id(value) in self.rows.claimed or self.class_rows.attributes_of(module, scope, value):
            self.values.row_classes.add(value)
        self._scope(module, scope, {**vars(value), **topic_defaults(value, self.kinds.base_model)})

    def keep_members(self, scope: ClassOutline, value: typing.Any) -> None:
        """Keep the name and the docstring of every member, in the order of their values."""
        names = [member.name for member in value]
        if names:
            written = {name: scope.by_name[name].doc for name in names if name in scope.by_name}
            self.members[class_id(value)] = {name: written.get(name, "") for name in names}

    def _binding(
        self,
        module: Module,
        scope: ClassOutline,
        owner: type | None,
        namespace: Mapping[str, typing.Any],
        binding: Binding,
    ) -> None:
        value = namespace.get(binding.name, MISSING)
        if owner is not None and is_enum(owner):
            value = getattr(owner, "__members__", {}).get(binding.name, MISSING)
            value = getattr(value, "value", MISSING)
        if value is MISSING or binding.value is None:
            return
        symbol = f"{scope.qualname}.{binding.name}" if scope.qualname else binding.name
        if isinstance(value, str):
            self._string(module, scope, owner, binding, plain_text(value))
        elif owner is not None and is_enum(owner) and (said := delivered(value)):
            self.rows.record(module, symbol, binding.line, said, [], whole=True, guessed=True)
        elif isinstance(value, type) and not isinstance(value, types.GenericAlias):
            self._assigned_class(module, binding, value)
        elif not self._alias(module, symbol, binding, value):
            self.rows.look(module, symbol, binding.line, value, binding.value)

    def _alias(self, module: Module, symbol: str, binding: Binding, value: typing.Any) -> bool:
        """Keep what a name for a type stands for: a choice of models, or of texts."""
        value = unaliased(value)
        if typing.get_origin(value) is typing.Literal:
            texts = [plain_text(item) for item in typing.get_args(value) if isinstance(item, str)]
            items = [[text, text, binding.line] for text in texts]
            entry = {"module": module.name, "file": module.file, "name": symbol, "line": binding.line, "items": items}
            self.rows.mappings.append({**entry, "literal": True})
            return True
        if typing.get_origin(value) is not typing.Union and type(value).__name__ != "UnionType":
            return False
        models = self.kinds.models_of(value)
        if models:
            self.choices.append(
                {
                    "module": module.name,
                    "file": module.file,
                    "name": symbol,
                    "line": binding.line,
                    "doc": binding.doc or binding.comment,
                    "models": [class_id(model) for model in models],
                }
            )
        return True

    def _string(self, module: Module, scope: ClassOutline, owner: type | None, binding: Binding, value: str) -> None:
        if len(value) > LONGEST:
            return
        metas = self._metadata(module, owner, binding)
        self.strings.append(
            {
                "module": module.name,
                "file": module.file,
                "scope": scope.qualname,
                "kind": "" if owner is None else "enum" if is_enum(owner) else "class",
                "name": binding.name,
                "line": binding.line,
                "value": value,
                "doc": binding.doc or binding.comment,
                "alias": is_reference(binding.value),
                "parts": name_parts(binding.value),
                "meta": [self.values.plain_attributes(meta) for meta in metas],
            }
        )

    def _metadata(self, module: Module, owner: type | None, binding: Binding) -> list[typing.Any]:
        """Return the objects that an `Annotated[...]` puts beside a constant."""
        if binding.annotation is None or "Annotated" not in ast.dump(binding.annotation):
            return []
        try:
            code = compile(ast.Expression(binding.annotation), "<annotation>", "eval", dont_inherit=True)
            hint = eval(code, {**module.namespace}, dict(vars(owner)) if owner else {})
        except Exception:
            return []
        while getattr(hint, "__metadata__", None) is None and typing.get_args(hint):
            hint = typing.get_args(hint)[0]
        found = []
        for meta in getattr(hint, "__metadata__", ()):
            if isinstance(meta, type):
                found.append({"model": meta} if self.kinds.is_model(meta) else {})
            else:
                found.append(meta)
                self.values.row_classes.add(type(meta))
        return [meta for meta in found if self.values.attributes(meta)]

    def _assigned_class(self, module: Module, binding: Binding, value: type) -> None:
        """Keep classes that an assignment makes: `Reading = create_model(…)`, `IntPage = Page[int]`."""
        if value.__module__ not in self.names or not issubclass(value, self.kinds.base_model):
            return
        outline = self.loader.outline(value.__module__)
        written = outline is not None and value.__qualname__ in outline.index
        if not written and not any(known is value for known, *_ in self.models):
            self.models.append((value, module, None, binding))

    def _function(
        self, module: Module, scope: ClassOutline, namespace: Mapping[str, typing.Any], node: ast.FunctionDef
    ) -> None:
        owner = self._owner(module, scope)
        defaults = text_defaults(owner, self.kinds.base_model) if owner is not None else {}
        lookup = {**module.namespace, **(dict(namespace) if scope.qualname else {}), **defaults}
        value, returned = returned_text(node, lookup)
        if returned is None or not re.sub(r"\{[^{}]*\}", "", value).strip("/"):
            return
        self.functions.append(
            {
                "module": module.name,
                "file": module.file,
                "scope": scope.qualname,
                "name": node.name,
                "line": node.lineno,
                "value": value,
                "doc": ast.get_docstring(node) or "",
                "parts": name_parts(returned),
                "returns": source_of(node.returns),
            }
        )


def _effective(scope: ClassOutline, namespace: Mapping[str, typing.Any]) -> Iterator[Binding]:
    """Yield one binding a name: where it is bound in several places, the one that gave it its value."""
    if len(scope.by_name) == len(scope.bindings):
        yield from scope.bindings
        return
    for name, last in scope.by_name.items():
        same = [binding for binding in scope.bindings if binding.name == name]
        value = namespace.get(name)
        literal = (b for b in same if isinstance(b.value, ast.Constant) and b.value.value == value)
        yield next(literal, last)


def _call(function: Callable[..., None], *arguments: typing.Any) -> Callable[[], None]:
    return lambda: function(*arguments)
