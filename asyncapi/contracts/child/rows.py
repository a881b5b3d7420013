"""Declaration rows: objects, tuples and dicts that name a topic beside a model, a QoS or a retained flag."""

from __future__ import annotations

import ast
import re
import types
import typing

from .classes import names_class, names_topics, plain_text
from .declaring import MODEL_KEYS, TOPIC_KEYS, named_texts
from .expressions import element_lines
from .pipe import Json

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

    from .places import Module
    from .values import Values


class Rows:
    """Finds rows and tables of them in whatever names hold."""

    def __init__(self, values: Values) -> None:
        self.values, self.kinds, self.names = values, values.kinds, values.names
        self.records: list[Json] = []
        self.mappings: list[Json] = []
        self.claimed: dict[int, object] = {}

    def look(self, module: Module, symbol: str, line: int, value: typing.Any, node: ast.expr | None) -> None:
        """Look for declaration rows and for tables of them in whatever a name holds."""
        if isinstance(value, types.MappingProxyType):
            value = dict(value)
        if self._row(module, symbol, line, value):
            return
        if texts := named_texts(value):
            items = [[name, plain_text(text), line] for name, text in texts.items()]
            entry = {"module": module.name, "file": module.file, "name": symbol, "line": line, "items": items}
            self.mappings.append({**entry, "attributes": True})
        elif isinstance(value, dict):
            self._mapping(module, symbol, line, value, node)
        elif isinstance(value, (list, tuple, set, frozenset)):
            lines = element_lines(node, len(value), line)
            for item, at in zip(value, lines):
                self._row(module, symbol, at, item, inside=True)
        elif type(value).__module__ in self.names:
            self._holder(module, symbol, line, value)

    def _holder(self, module: Module, symbol: str, line: int, value: typing.Any) -> None:
        """Look inside an object of the package's own that holds a table in one of its attributes."""
        attributes = {} if isinstance(value, type) else getattr(value, "__dict__", {})
        for held in list(attributes.values())[:50] if isinstance(attributes, dict) else ():
            if isinstance(held, (list, tuple)):
                for item in held:
                    self._row(module, symbol, line, item, inside=True)
            elif isinstance(held, dict):
                self._mapping(module, symbol, line, held, None)

    def _mapping(self, module: Module, symbol: str, line: int, value: dict[typing.Any, typing.Any], node: Json) -> None:
        lines = element_lines(node, len(value), line)
        by_topic = "topic" in symbol.lower()
        texts, places = [], []
        for (key, item), at in zip(list(value.items()), lines):
            key = plain_text(key) if isinstance(key, str) else key
            if self._row(module, symbol, at, item, key=key, inside=True):
                continue
            models = self.kinds.models_of(item)
            if isinstance(key, str) and models:
                self.record(module, symbol, at, {"topic": key, "models": models}, models, guessed=not by_topic)
            elif isinstance(key, type) and self.kinds.is_model(key) and isinstance(item, str):
                said = {"topic": plain_text(item), "models": [key]}
                self.record(module, symbol, at, said, [key], guessed=not by_topic)
            elif isinstance(key, str) and isinstance(item, str):
                texts.append([key, plain_text(item)])
                places.append(at)
            elif isinstance(key, str) and type(item) is dict and symbol.count("[") < 3:
                self._mapping(module, f"{symbol}[{key}]", at, item, None)
            elif isinstance(key, str) and (type(item).__name__ == "TypeAdapter" or typing.get_origin(item)):
                self.record(module, symbol, at, {"topic": key}, [], guessed=True)
        if texts and len(texts) == len(value):
            items = [[*pair, at] for pair, at in zip(texts, places)]
            self.mappings.append(
                {"module": module.name, "file": module.file, "name": symbol, "line": line, "items": items}
            )

    def _row(
        self, module: Module, symbol: str, line: int, item: typing.Any, *, key: Json = None, inside: bool = False
    ) -> bool:
        if isinstance(item, (str, bytes, int, float, type(None), type)):
            return False
        if id(item) in self.claimed:
            return True
        attributes = self.values.attributes(item) or self._positions(item)
        named = {name.lower().strip("_") for name, value in attributes.items() if value is not None}
        if isinstance(key, str) and not named & set(TOPIC_KEYS[:-1]) and "/" in key:
            attributes = {"topic": key, **attributes}
        if not self._declares(attributes):
            return False
        guessed = not self.has_topic(attributes)
        attributes = self._with_address(attributes, type(item)) if guessed else attributes
        if guessed and not self.has_topic(attributes):
            return False
        if isinstance(item, dict) and not inside and not self.kinds.models_of(attributes.get("model")):
            return False
        self.claimed[id(item)] = item
        if type(item).__module__ in self.names:
            self.values.row_classes.add(type(item))
        self.record(module, symbol, line, attributes, [], guessed=guessed)
        return True

    def _with_address(self, attributes: dict[str, typing.Any], kind: type) -> dict[str, typing.Any]:
        """Call the one attribute with levels the topic, whatever its name.

        The row must hold a model's class, or be of a class of topics.
        """
        model = any(k.lower().strip("_") in MODEL_KEYS and self.kinds.models_of(v) for k, v in attributes.items())
        if not model and not names_topics(kind):
            return attributes
        levels = [v for v in attributes.values() if isinstance(v, str) and re.fullmatch(r"[^\s/:?]+(/[^\s/:?]+)+/?", v)]
        return {**attributes, "topic": levels[0]} if len(levels) == 1 else attributes

    def _positions(self, item: typing.Any) -> dict[str, typing.Any]:
        """Name the parts of a plain tuple that holds a model, by their types: topic, models, QoS, retained."""
        if type(item) is not tuple or not any(self.kinds.models_of(part) for part in item):
            return {}
        found: dict[str, typing.Any] = {"models": [model for part in item for model in self.kinds.models_of(part)]}
        for part in item:
            name = {str: "topic", int: "qos", bool: "retain"}.get(type(part))
            if name:
                found.setdefault(name, part)
        return found

    def _declares(self, attributes: Mapping[str, typing.Any]) -> bool:
        """Say whether attributes hold what only a declaration has: a model, a QoS or a retain flag."""
        for name, value in attributes.items():
            plain = name.lower().strip("_")
            value = getattr(value, "value", value) if plain == "qos" else value
            if plain == "qos" and type(value) is int and 0 <= value <= 2:
                return True
            if plain in ("retain", "retained") and isinstance(value, bool):
                return True
            if plain in MODEL_KEYS and (self.kinds.models_of(value) or names_class(value)):
                return True
        return False

    @staticmethod
    def has_topic(attributes: Mapping[str, typing.Any]) -> bool:
        lowered = {name.lower().strip("_"): value for name, value in attributes.items()}
        for name in TOPIC_KEYS:
            value = lowered.get(name)
            if isinstance(value, str) and re.fullmatch(r"(?! )[^\t-\r\\^()|'\"]{1,1000}(?<! )", value):
                return name != "name" or "/" in value
        return False

    def record(
        self,
        module: Module,
        symbol: str,
        line: int,
        attributes: Mapping[str, typing.Any],
        models: list[type],
        *,
        whole: bool = False,
        guessed: bool = False,
    ) -> None:
        self.records.append(
            {
                "module": module.name,
                "file": module.file,
                "symbol": symbol,
                "line": line,
                "whole": whole,
                "guessed": guessed,
                "attributes": {name: self.values.plain(value, 3) for name, value in attributes.items()},
            }
        )
        for value in models:
            self.values.mention(value)
