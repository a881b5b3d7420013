"""What a class is and holds: its id, fields, defaults, ancestors, and the arms of types."""

from __future__ import annotations

import ast
import re
import typing

from .outlines import ClassOutline

if typing.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOREIGN = frozenset("builtins typing typing_extensions abc enum dataclasses collections pydantic pydantic_core".split())


def class_id(value: type) -> str:
    """Return `module.QualifiedName`, with the arguments of a generic by their own ids."""
    generic = getattr(value, "__pydantic_generic_metadata__", None) or {}
    if generic.get("origin") and generic.get("args"):
        arguments = ", ".join(_argument_id(argument) for argument in generic["args"])
        return f"{class_id(generic['origin'])}[{arguments}]"
    return f"{value.__module__}.{value.__qualname__}"


def _argument_id(argument: typing.Any) -> str:
    if isinstance(argument, type) and not typing.get_args(argument):
        return argument.__qualname__ if argument.__module__ == "builtins" else class_id(argument)
    origin, arguments = typing.get_origin(argument), typing.get_args(argument)
    if origin is not None and arguments:
        name = getattr(origin, "__qualname__", None) or getattr(origin, "_name", None) or str(origin)
        name = "Union" if type(argument).__name__ == "UnionType" else name
        return f"{name}[{', '.join(_argument_id(part) for part in arguments)}]"
    return repr(argument)


def is_enum(value: type) -> bool:
    import enum

    return issubclass(value, enum.Enum)


def is_open_generic(value: type) -> bool:
    generic = getattr(value, "__pydantic_generic_metadata__", None)
    return bool(generic and generic.get("parameters")) or bool(getattr(value, "__parameters__", ()) and generic is None)


def field_names(value: type) -> list[str]:
    for declared in ("__pydantic_fields__", "model_fields", "__dataclass_fields__", "__annotations__"):
        fields = getattr(value, declared, None)
        if isinstance(fields, dict):
            if declared == "__dataclass_fields__":
                return [name for name, field in fields.items() if str(field._field_type) == "_FIELD"]
            return list(fields)
    return []


def lineage(value: type) -> list[type]:
    """Return a class and its ancestors in resolution order; typed dicts remember theirs in another place."""
    if not hasattr(value, "__total__"):
        return list(value.__mro__)
    found = [value]
    for base in getattr(value, "__orig_bases__", ()):
        if isinstance(base, type) and hasattr(base, "__total__"):
            found += lineage(base)
    return found


def slots_of(base: type) -> tuple[str, ...]:
    slots = vars(base).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def fields_of(value: type, base_model: type) -> Mapping[str, typing.Any]:
    """Return the fields of a dataclass or model by name; of anything else none."""
    if issubclass(value, base_model):
        return getattr(value, "__pydantic_fields__", None) or getattr(value, "model_fields", None) or {}
    return vars(value).get("__dataclass_fields__") or {}


def text_defaults(value: type, base_model: type) -> dict[str, str]:
    """Return the fields of a dataclass or model that have a text for a default."""
    fields = fields_of(value, base_model)
    return {name: field.default for name, field in fields.items() if isinstance(field.default, str)}


def topic_defaults(value: type, base_model: type) -> dict[str, str]:
    """Return the defaults of a dataclass or model that is no message but a holder of topics; else nothing."""
    if not names_topics(value):
        return {}
    fields, found = fields_of(value, base_model), text_defaults(value, base_model)
    texts = [text for text in found.values() if "/" in text and not re.search(r"\s|://", text)]
    return found if found and len(found) == len(fields) and 2 * len(texts) > len(found) else {}


def names_topics(value: type) -> bool:
    return "topic" in value.__name__.lower() or "channel" in value.__name__.lower()


def names_class(value: typing.Any) -> bool:
    """Say whether a text is the name of a class, as rows spell models that are defined further down."""
    last = value.rpartition(".")[2] if isinstance(value, str) else ""
    return last.isidentifier() and last[:1].isupper() and not last.isupper()


def plain_text(value: str) -> str:
    """Return the characters of a string, free of enum or other subclasses."""
    return str.__str__(getattr(value, "value", value) if type(value) is not str else value)


def unaliased(item: typing.Any) -> typing.Any:
    """Return the type that a name for one, with whatever is annotated on it, stands for."""
    for _ in range(20):
        if type(item).__name__ == "TypeAliasType":
            item = item.__value__
        elif hasattr(item, "__metadata__"):
            item = item.__origin__
        else:
            break
    return item


def flattened(item: typing.Any) -> Iterator[typing.Any]:
    """Yield the arms of unions and the members of sequences of classes."""
    item = unaliased(item)
    if isinstance(item, (list, tuple, set, frozenset)) and not hasattr(item, "_fields"):
        for part in item:
            yield from flattened(part)
    elif typing.get_origin(item) is typing.Union or type(item).__name__ == "UnionType":
        yield from (arm for part in typing.get_args(item) if part is not type(None) for arm in flattened(part))
    elif type(item).__name__ == "TypeAdapter":
        yield from flattened(getattr(item, "_type", None))
    else:
        yield item


def restore_bases(value: typing.Any, scope: ClassOutline, namespace: Mapping[str, typing.Any]) -> None:
    """Tell a typed dict its bases, which Python before 3.12 forgets and Pydantic asks for."""
    names = [base.id for base in scope.node.bases if isinstance(base, ast.Name)]
    value.__orig_bases__ = tuple(namespace[name] for name in names if name in namespace)
