"""Which classes are messages, and which models a value holds."""

from __future__ import annotations

import re
import sys
import types
import typing

from .classes import fields_of, flattened, names_topics, text_defaults, topic_defaults
from .templates import returned_text

if typing.TYPE_CHECKING:
    from .loading import Loader


class Kinds:
    """Tells messages from settings, rows and holders of topics."""

    def __init__(self, loader: Loader, base_model: type) -> None:
        self.loader, self.base_model = loader, base_model

    def is_model(self, value: type) -> bool:
        """Say whether instances can be payloads: Pydantic models, dataclasses and TypedDicts, not settings."""
        if isinstance(value, types.GenericAlias):
            return False
        if topic_defaults(value, self.base_model) or self._builds_topics(value):
            return False
        if issubclass(value, self.base_model):
            return not any(base.__name__ == "BaseSettings" for base in value.__mro__)
        return "__dataclass_fields__" in vars(value) or hasattr(value, "__total__")

    def _builds_topics(self, value: type) -> bool:
        """Say whether a class is no message but makes topics: `class Topics` with `def state(self): return f"…"`."""
        outline = self.loader.outline(value.__module__) if names_topics(value) else None
        scope = outline.index.get(value.__qualname__) if outline is not None else None
        texts = text_defaults(value, self.base_model) if scope is not None else None
        if scope is None or texts is None or len(texts) != len(fields_of(value, self.base_model)):
            return False
        lookup = {**vars(sys.modules[value.__module__]), **vars(value), **texts}
        made = (returned_text(function, lookup)[0] for function in scope.functions)
        return any("/" in text and not re.search(r"\s|://", text) for text in made)

    def models_of(self, item: typing.Any) -> list[type]:
        """Return the models in a class, a union or a sequence of them; nothing when others are among them."""
        found: list[type] = []
        for part in flattened(item):
            if not isinstance(part, type) or isinstance(part, types.GenericAlias) or not self.is_model(part):
                return []
            found.append(part)
        return found
