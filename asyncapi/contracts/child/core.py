"""Core schemas of classes, and the functions of the team that check what is read."""

from __future__ import annotations

import sys
import typing

from .pipe import Json


def core_schema(value: typing.Any) -> Json:
    """Return the core schema of a class, built first where that was put off."""
    import pydantic

    if "__pydantic_core_schema__" in vars(value):
        core = value.__pydantic_core_schema__
        if not isinstance(core, dict):
            if issubclass(value, pydantic.BaseModel):
                value.model_rebuild(force=True)
            else:
                from pydantic.dataclasses import rebuild_dataclass

                rebuild_dataclass(value, force=True)
            core = value.__pydantic_core_schema__
        if isinstance(core, dict):
            return core
        raise TypeError("its schema is not built yet")
    _allow_typing_typeddict()
    core = pydantic.TypeAdapter(value).core_schema
    if isinstance(core, dict):
        return core
    raise TypeError("its schema is not built yet")


def _allow_typing_typeddict() -> None:
    """Let Pydantic read `typing.TypedDict` on Python before 3.12, where only odd uses of it go wrong."""
    from pydantic._internal import _generate_schema

    if hasattr(_generate_schema, "_SUPPORTS_TYPEDDICT"):
        _generate_schema._SUPPORTS_TYPEDDICT = True


def or_true(ask: typing.Callable[[Json], bool], value: Json) -> bool:
    """Return an answer, or yes where the question cannot be asked."""
    try:
        return ask(value)
    except Exception:
        return True


def validators(core: Json) -> dict[str, list[str]]:
    """Return the functions that check a model when it is read, each with the fields that it is about; none for all."""
    found: dict[str, list[str]] = {}
    inner = core.get("schema") if core.get("type") == "definitions" else None
    if isinstance(inner, dict) and "schema_ref" in inner:  # a model that contains itself
        core = next((part for part in core["definitions"] if part.get("ref") == inner["schema_ref"]), core)
    todo: list[tuple[typing.Any, str]] = [(core, "")]
    while todo:
        node, field = todo.pop()
        if not isinstance(node, dict):
            continue
        if field and node.get("type") in ("model", "dataclass", "typed-dict"):
            continue
        if str(node.get("type")).startswith("function-") and (name := own_function(node.get("function"))):
            about = found.setdefault(name, [])
            about += [field] if field and field not in about else []
        for key, value in node.items():
            if key == "fields" and isinstance(value, dict) and not field:
                todo += [(part, name) for name, part in value.items()]
            elif key in ("choices", "items_schema") and isinstance(value, list):
                todo += [(part[0] if isinstance(part, tuple) else part, field) for part in value]
            elif key not in ("serialization", "metadata", "config", "function", "default"):
                todo.append((value, field))
    return {name: sorted(about) for name, about in sorted(found.items())}


def own_function(function: typing.Any) -> str:
    """Return the name of a validator that is not Pydantic's own, empty for any other."""
    plain = function.get("function") if isinstance(function, dict) else function
    plain = getattr(plain, "func", plain)
    top = str(getattr(plain, "__module__", None) or "builtins").partition(".")[0]
    library = top.startswith("pydantic") or (top in getattr(sys, "stdlib_module_names", ()) and top != "builtins")
    return "" if library else str(getattr(plain, "__name__", type(plain).__name__))
