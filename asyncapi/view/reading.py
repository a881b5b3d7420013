"""Small readings that every part of the view needs: typed fields, tags, delivery, what is left over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from asyncapi.extensions import NAMES
from asyncapi.registry import Extras, Parameter, Reply
from asyncapi.view.reader import Json, Reader

Value = TypeVar("Value")


def words(value: Any) -> tuple[str, ...]:
    """Return the texts of a list; anything else is empty."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def word(value: Any) -> str:
    """Return a text; anything else is empty."""
    return value if isinstance(value, str) else ""


def table(value: Any) -> Json:
    """Return an object; anything else is empty."""
    return value if isinstance(value, Mapping) else {}


def tables(value: Any) -> tuple[Json, ...]:
    """Return the objects of a list; anything else is empty."""
    return tuple(item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()


def qos_of(value: Any) -> int | None:
    """Return a QoS that MQTT has, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value in (0, 1, 2) else None


def whole(value: Any) -> int | None:
    """Return a number without a fraction that is not negative, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def share(value: Any) -> float:
    """Return a number as a float, zero for anything else."""
    return float(value) if isinstance(value, int | float) and abs(value) < 1e9 else 0.0


def flag(value: Any) -> bool | None:
    """Return a boolean, or None."""
    return value if isinstance(value, bool) else None


def pairs(value: Any) -> tuple[tuple[str, Any], ...]:
    """Return an object as pairs in its order."""
    return tuple((str(key), item) for key, item in table(value).items())


def tag_names(reader: Reader, value: Any, pointer: str) -> tuple[str, ...]:
    """Return the names of a list of tags or references to them."""
    listed = reader.items(value, f"{pointer}/tags")
    found = (reader.object(item, f"{pointer}/tags/{at}")[0] for at, item in enumerate(listed))
    return tuple(name for tag in found if (name := word(tag.get("name"))))


def parameters(reader: Reader, value: Any, pointer: str) -> tuple[Parameter, ...]:
    """Return the parameters of an address, or the variables of a server."""
    return tuple(
        Parameter(
            name=name,
            description=reader.text(said, "description", where),
            enum=words(said.get("enum")),
            default=said["default"] if isinstance(said.get("default"), str) else None,
            examples=words(said.get("examples")),
        )
        for name, said, where in reader.objects(value, pointer)
    )


def extras(value: Json) -> Extras:
    """Return the `x-` fields that are not ours."""
    return tuple((key, item) for key, item in value.items() if key.startswith("x-") and key not in NAMES)


def other_bindings(reader: Reader, value: Json, pointer: str) -> Extras:
    """Return the bindings for protocols that the view has no fields for, as `bindings.<protocol>`."""
    said, where = reader.object(value.get("bindings"), f"{pointer}/bindings")
    return tuple(
        (f"bindings.{protocol}", reader.object(item, f"{where}/{protocol}")[0])
        for protocol, item in said.items()
        if protocol != "mqtt" and not protocol.startswith("x-")
    )


def declared_replies(value: Any) -> tuple[Reply, ...]:
    """Return the replies in `x-replies`."""
    return tuple(
        Reply(topic=word(item.get("topic")), field=word(item.get("field")), answer_field=word(item.get("answer_field")))
        for item in tables(value)
        if word(item.get("topic"))
    )


def unique(items: Iterable[Value]) -> tuple[Value, ...]:
    """Return values in order of first appearance, each once."""
    return tuple(dict.fromkeys(items))
