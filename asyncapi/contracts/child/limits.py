"""What Pydantic knows of scalars and positions and JSON Schema has no words for."""

from __future__ import annotations

import re
import typing

from .pipe import Json

DECIMAL = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
ANY_DECIMAL = r"^[+-]?((\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|Infinity|NaN)$"
BOUNDS = ("gt", "ge", "lt", "le")
DIGITS = ("max_digits", "decimal_places")


def add_limits(result: Json, schema: typing.Any, words: tuple[str, ...] = BOUNDS) -> Json:
    """Write down the limits of a scalar for which JSON Schema has no keyword."""
    from pydantic import TypeAdapter

    said = {word: schema[word] for word in words if schema.get(word) is not None}
    plain = TypeAdapter(typing.Any).dump_python(said, mode="json") if said else {}
    said = {word: value if word in DIGITS else str(plain[word]) for word, value in said.items()}
    if schema.get("tz_constraint") in ("aware", "naive"):
        said["offset"] = "required" if schema["tz_constraint"] == "aware" else "forbidden"
    if schema.get("now_op"):
        said["now"] = schema["now_op"]
    if said:
        result["x-limits"] = said
    return result


def length_as_text(result: Json, way: str) -> Json:
    """Turn lengths in bytes into lengths of the text that is sent: hexadecimal, base64 or UTF-8."""
    for word in ("minLength", "maxLength"):
        if (length := result.get(word)) is None:
            continue
        if way == "hex":
            result[word] = 2 * length
        elif way == "base64":
            result[word] = -(-length // 3) * 4
        elif word == "minLength":  # a character takes up to four bytes
            result[word] = -(-length // 4)
    return result


def named_positions(schema: Json, names: list[str]) -> Json:
    for item, name in zip(schema.get("prefixItems", []), names):
        if isinstance(item, dict):
            item["title"] = name
    return schema


def key_type(keys: typing.Any) -> str:
    while (
        isinstance(keys, dict)
        and keys.get("type") not in ("int", "float", "bool", "literal", "enum")
        and "schema" in keys
    ):
        keys = keys["schema"]
    kind = keys.get("type") if isinstance(keys, dict) else None
    values: list[typing.Any] = []
    if kind == "literal":
        values = list(keys["expected"])
    elif kind == "enum":
        values = [member.value for member in keys["members"]]
    if values and all(type(value) is int for value in values):
        return "integer"
    return {"int": "integer", "float": "number", "bool": "boolean"}.get(str(kind), "")


def type_name(schema: typing.Any, text: str) -> str:
    if isinstance(schema.get("cls"), type):
        return str(schema["cls"].__qualname__)
    function = schema.get("function")
    function = function.get("function") if isinstance(function, dict) else function
    if function is not None:
        return f"{getattr(function, '__qualname__', type(function).__qualname__)}()"
    return re.sub(r" at 0x[0-9a-f]+|core_schema\.|\s*\(.*\)|Schema$", "", text)[:200]
