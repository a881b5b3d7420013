"""Values as JSON: attributes of rows, classes by their ids, members of enums by name and value."""

from __future__ import annotations

import types
import typing

from .classes import class_id, is_enum, plain_text, slots_of
from .declaring import worked_out
from .pipe import Json

if typing.TYPE_CHECKING:
    from collections.abc import Iterable

    from .kinds import Kinds


class Values:
    """Reads objects of the packages; keeps which classes are rows, and which models rows name."""

    def __init__(self, kinds: Kinds, names: set[str]) -> None:
        self.kinds, self.names = kinds, names
        self.row_classes: set[type] = set()
        self.row_models: list[type] = []

    def mention(self, value: type) -> None:
        if value not in self.row_models:
            self.row_models.append(value)

    def attributes(self, item: typing.Any) -> dict[str, typing.Any]:
        """Return the named values of a mapping, named tuple, dataclass, model, attrs or plain object of the package."""
        if isinstance(item, dict):
            return {key: value for key, value in item.items() if isinstance(key, str)}
        kind = type(item)
        names: Iterable[str] = ()
        for declared in ("_fields", "__dataclass_fields__", "__pydantic_fields__", "model_fields"):
            if not names and isinstance(getattr(kind, declared, None), (tuple, dict)):
                names = tuple(getattr(kind, declared))
        if not names and hasattr(kind, "__attrs_attrs__"):
            names = tuple(attribute.name for attribute in kind.__attrs_attrs__)
        if not names and (kind.__module__ in self.names or kind is types.SimpleNamespace):
            slots = [slot for base in kind.__mro__ for slot in slots_of(base)]
            names = (*getattr(item, "__dict__", {}), *slots)
        found = {}
        for name in names:
            try:
                found[name] = getattr(item, name)
            except Exception:
                continue
        if kind.__module__ in self.names and any(self.kinds.models_of(value) for value in found.values()):
            found.update(worked_out(item, found))
        return found

    def plain_attributes(self, item: typing.Any) -> Json:
        return {name: self.plain(value, 3) for name, value in self.attributes(item).items()}

    def plain(self, value: typing.Any, depth: int) -> Json:
        """Return a value as JSON; classes become `{"$class": id}`, enum members `{"$enum": [name, value]}`."""
        if is_enum(type(value)) and not isinstance(value, (str, int)):
            return {"$enum": [value.name, self.plain(value.value, 0)]}
        if isinstance(value, str):
            return plain_text(value)
        for plain in (bool, int, float):
            if isinstance(value, plain):
                return plain(value)
        if isinstance(value, type) and not isinstance(value, types.GenericAlias):
            if self.kinds.is_model(value):
                self.mention(value)
                return {"$class": class_id(value)}
            return None
        if models := self.kinds.models_of(value):
            for model in models:
                self.mention(model)
            return [{"$class": class_id(model)} for model in models]
        if depth and isinstance(value, (list, tuple, set, frozenset)) and not hasattr(value, "_fields"):
            items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
            return [self.plain(item, depth - 1) for item in items]
        if hasattr(value, "isoformat"):
            return str(value.isoformat())
        if depth and (attributes := self.attributes(value)):
            self.row_classes.add(type(value))
            return {"$object": {name: self.plain(item, depth - 1) for name, item in attributes.items()}}
        return None
