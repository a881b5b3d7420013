"""Where the schemas of what is sent and of what is accepted could come apart."""

from __future__ import annotations

from .classes import class_id
from .pipe import Json


class Differences:
    """Walks core schemas and says where the two modes, or field names and aliases, could come apart.

    Errs on the side of yes: what is not known to be the same in both modes counts as a difference.
    """

    KEYS = frozenset(
        "serialization validation_alias serialization_alias serialization_exclude serialization_exclude_if "
        "json_schema_input_schema alias init_only init".split()
    )
    TYPES = frozenset("decimal fraction json chain complex missing-sentinel custom-error callable".split())
    CONFIG = ("json_schema_mode_override", "json_schema_serialization_defaults_required")

    def __init__(self) -> None:
        self.known: dict[str, bool] = {}
        self.names: dict[str, str] = {}

    def possible(self, node: Json) -> bool:
        """Walk all of a schema; on the way, note the ids of parametrised generics by their references."""
        reference = node.get("ref")
        if not isinstance(reference, str):
            return self._inside(node)
        if reference not in self.known:
            self.known[reference] = False
            self.known[reference] = self._inside(node)
            if "cls" in node and "[" in node["cls"].__name__:
                self.names[reference] = class_id(node["cls"])
        return self.known[reference]

    def _inside(self, node: Json) -> bool:
        found = self._here(node)
        for key, value in node.items():
            if key in ("fields", "choices") and isinstance(value, dict):  # keys of the team's choosing
                for part in value.values():
                    found |= isinstance(part, dict) and self.possible(part)
            elif isinstance(value, dict):
                if key not in ("metadata", "config", "default"):
                    found |= self.possible(value)
            elif isinstance(value, (list, tuple)) and key not in ("expected", "default"):
                for item in value:
                    for part in item if isinstance(item, tuple) else (item,):
                        if isinstance(part, dict):
                            found |= self.possible(part)
        return found

    def _here(self, node: Json) -> bool:
        if not self.KEYS.isdisjoint(node) or str(node.get("type")) in self.TYPES or node.get("computed_fields"):
            return True
        if "metadata" in node and _custom(node["metadata"]):
            return True
        owner = node.get("cls")
        config = getattr(owner, "model_config", None) or getattr(owner, "__pydantic_config__", None) or {}
        if not isinstance(config, dict):
            return False
        apart = config.get("ser_json_bytes", "utf8") != config.get("val_json_bytes", "utf8")
        return apart or any(config.get(key) for key in self.CONFIG)


def _custom(metadata: Json) -> bool:
    """Say whether somebody's own function has a hand in the JSON schema, and so could look at the mode."""
    if not isinstance(metadata, dict):
        return False
    functions = [
        *(metadata.get("pydantic_js_functions") or ()),
        *(metadata.get("pydantic_js_annotation_functions") or ()),
    ]
    for function in functions:
        plain = getattr(function, "func", function)
        module = getattr(plain, "__module__", "") or ""
        if not module.startswith(("pydantic._internal", "pydantic.main")):
            return True
        bound = getattr(function, "keywords", None) or {}
        if any(
            getattr(part, "__module__", "pydantic.")
            and callable(part)
            and not isinstance(part, type)
            and not str(getattr(part, "__module__", "")).startswith("pydantic")
            for part in bound.values()
        ):
            return True
    return False
