"""Classes that can be payloads, described one by one: place, docstring, fields, bases, settings."""

from __future__ import annotations

import inspect
import sys
import typing

from .classes import FOREIGN, class_id, field_names, is_open_generic, lineage
from .pipe import Json
from .places import Module, own_attribute

if typing.TYPE_CHECKING:
    from .outlines import Binding, ClassOutline, Outline
    from .survey import Survey


class Entries:
    """Describes the classes that a survey found; `generics` are open ones that are asked for as they stand."""

    def __init__(self, survey: Survey, generics: frozenset[str]) -> None:
        self.survey, self.loader, self.generics = survey, survey.loader, generics

    def all(self) -> list[Json]:
        """Describe every payload class once, in source order; rows and open generics, unless asked for, are none."""
        survey = self.survey
        found = [item for item in survey.models if item[0] not in survey.values.row_classes and not self._open(item[0])]
        known = {item[0] for item in found}
        for value in survey.values.row_models:
            if value not in known and not self._open(value):
                module = self.module(value)
                found.append((value, module, self.outline(value), None))
        entries = []
        for value, module, outline, binding in found:
            entries.append(self._entry(value, module, outline, binding))
        return entries

    def _open(self, value: type) -> bool:
        return is_open_generic(value) and class_id(value) not in self.generics

    def module(self, value: type) -> Module:
        known = next((module for module in self.survey.modules if module.name == value.__module__), None)
        if known is not None:
            return known
        module = sys.modules.get(value.__module__)
        file = own_attribute(module, "__file__") or ""
        return Module(
            value.__module__, self.loader.places.spell(file) if file else "", vars(module), typing.cast("Outline", None)
        )

    def outline(self, value: type) -> ClassOutline | None:
        outline = self.loader.outline(value.__module__)
        return outline.index.get(value.__qualname__.partition("[")[0]) if outline is not None else None

    def _entry(self, value: type, module: Module, outline: ClassOutline | None, binding: Binding | None) -> Json:
        line = outline.line if outline else binding.line if binding else None
        doc = outline.doc if outline else inspect.cleandoc(vars(value).get("__doc__") or "")
        name = binding.name if binding else value.__name__
        return {
            "class": value,
            "id": class_id(value),
            "name": name,
            "module": module.name,
            "kind": self._kind(value),
            "file": module.file,
            "symbol": outline.qualname if outline else name,
            "line": line,
            "doc": doc or (binding.doc if binding else ""),
            "extra": self._extra(value),
            "deprecated": "__deprecated__" in vars(value),
            "fields": [self._field(name, value, module, line) for name in field_names(value)],
            "bases": [class_id(base) for base in self._bases(value)],
        }

    def _kind(self, value: type) -> str:
        if issubclass(value, self.survey.kinds.base_model):
            return "pydantic"
        return "dataclass" if hasattr(value, "__dataclass_fields__") else "typeddict"

    @staticmethod
    def _extra(value: type) -> str | None:
        config = getattr(value, "model_config", None) or getattr(value, "__pydantic_config__", None) or {}
        extra = config.get("extra") if isinstance(config, dict) else None
        return str(getattr(extra, "value", extra)) if extra else "ignore"

    @staticmethod
    def _bases(value: type) -> list[type]:
        bases = getattr(value, "__orig_bases__", value.__bases__) if hasattr(value, "__total__") else value.__bases__
        ours = (base for base in bases if isinstance(base, type))
        return [base for base in ours if class_id(base).partition(".")[0] not in FOREIGN]

    def _field(self, name: str, value: type, module: Module, line: int | None) -> Json:
        for base in lineage(value):
            outline = self.outline(base)
            if outline is not None and name in outline.by_name:
                origin = self.module(base)
                return {
                    "name": name,
                    "declared_by": class_id(base),
                    "file": origin.file,
                    "symbol": f"{outline.qualname}.{name}",
                    "line": outline.by_name[name].line,
                }
        symbol = f"{value.__qualname__}.{name}"
        return {"name": name, "declared_by": class_id(value), "file": module.file, "symbol": symbol, "line": line}
