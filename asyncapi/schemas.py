"""JSON Schema 2020-12 as Pydantic emits it → AsyncAPI 3 Schema Object, a superset of draft-07.

Pure over JSON: knows no Python classes, only definition ids in references and the keys they are to leave with.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from asyncapi.dialects import closure, nested_definitions, to_2020, to_draft07
from asyncapi.findings import Finding, Severity
from asyncapi.names import short_name

__all__ = ["automatic_titles", "closure", "convert", "to_2020", "to_draft07"]

Json = dict[str, Any]
Where = tuple[Any, ...]
COMPONENTS = "#/components/schemas/"

_FIRST = ("type", "title", "description")
_ORDER = (
    *("deprecated", "allOf", "anyOf", "oneOf", "discriminator", "not", "if", "then", "else", "const", "enum"),
    *("format", "pattern", "minLength", "maxLength", "contentMediaType", "contentEncoding", "contentSchema"),
    *("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
    *("prefixItems", "items", "additionalItems", "contains", "minItems", "maxItems", "uniqueItems"),
    *("properties", "required", "patternProperties", "propertyNames", "additionalProperties", "minProperties"),
    *("maxProperties", "dependencies", "dependentRequired", "dependentSchemas", "default", "examples"),
    *("readOnly", "writeOnly", "$comment"),
)
_DROPPED = frozenset(("$schema", "$id", "$vocabulary"))
_LOST = frozenset(("$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor"))
_APPLICATORS = frozenset(
    ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "contains")
)
_ANNOTATIONS = frozenset(("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"))
_PLAIN = frozenset(
    (
        *("minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "deprecated"),
        *("minProperties", "maxProperties", "readOnly", "writeOnly", "contentMediaType", "contentEncoding"),
        *("$comment", "const", "enum"),
    )
)
_BOUNDS = {"minimum": -math.inf, "exclusiveMinimum": -math.inf, "maximum": math.inf, "exclusiveMaximum": math.inf}
_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
    list: "array",
    dict: "object",
}


def convert(schema: Mapping[str, Any] | bool, *, rename: Callable[[str], str], path: str) -> tuple[Json, list[Finding]]:
    """Return one definition as an AsyncAPI schema, and what could not be said in it.

    `rename` gives the component key of a definition id and raises KeyError for an unknown one; `path` is the
    JSON pointer fragment at which the result will stand, `#/components/schemas/<key>`. Keywords leave in
    one fixed order, because Pydantic's own changes between versions; properties keep theirs.
    """
    conversion = _Conversion(schema, rename, path)
    converted = conversion.root()
    return converted, conversion.findings


def automatic_titles(name: str) -> tuple[str, str]:
    """Return the titles that Pydantic derives from a field name: as of 2.10, and before."""
    title = name.title().replace("_", " ")
    return title.strip(), title


class _Conversion:
    """One definition on its way; `where` is a linked path of keys, spelled out only when a finding needs it."""

    __slots__ = ("findings", "local", "path", "rename", "source", "wanted")

    def __init__(self, schema: Any, rename: Callable[[str], str], path: str) -> None:
        self.source, self.rename, self.path = schema, rename, path
        self.findings: list[Finding] = []
        self.local: dict[str, Any] | None = None
        self.wanted: dict[str, Any] = {}

    def root(self) -> Json:
        if not isinstance(self.source, Mapping):
            return {} if self.source is not False else {"not": {}}
        converted: Json = self.schema(dict(self.source), ())
        definitions: Json = {}
        while missing := [name for name in self.wanted if name not in definitions]:
            for name in missing:
                definitions[name] = self.schema(self.wanted[name], (((), "definitions"), name))
        if definitions:
            converted["definitions"] = definitions
        if "title" in converted and _is_class_name(converted["title"], self.path):
            del converted["title"]
            if len(converted) == 1 and "allOf" in converted:
                return dict(_unwrapped(converted))
        return converted

    def schema(self, schema: Any, where: Where, name: str | None = None) -> Any:
        """Convert one schema; `name` is the property it belongs to, whose automatic title goes."""
        if not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else {}
        out: Json = {}
        if "type" in schema:
            out["type"] = schema["type"]
        if "title" in schema:
            title = schema["title"]
            if name is None or title not in automatic_titles(name):
                out["title"] = title.strip() if isinstance(title, str) else title
        if "description" in schema:
            out["description"] = schema["description"]
        for key in sorted(schema, key=_rank):
            value = schema[key]
            if key in _PLAIN:
                out[key] = value
            elif key not in _FIRST:
                handler = _HANDLERS.get(key)
                if handler is not None:
                    handler(self, schema, value, out, (where, key))
                else:
                    self.other(key, value, out, (where, key))
        if "enum" in out or "const" in out:
            out = _literal(out)
        if "$ref" in schema:
            return self.referring(schema["$ref"], out, where)
        if "allOf" in out and len(out) == 1:
            return _unwrapped(out)
        return out

    def other(self, key: str, value: Any, out: Json, where: Where) -> None:
        """Keep what is no keyword as its author wrote it; say what is one that draft-07 does not have."""
        if key in _DROPPED:
            return
        if key in _LOST:
            self.lost(key, where)
        elif _is_json(value):
            out[key] = value
        else:
            self.lost(key, where)

    def referring(self, ref: Any, out: Json, where: Where) -> Any:
        """Put a reference into `allOf` when it has siblings: draft-07 ignores them beside `$ref`."""
        target = self.target(ref, where)
        if target is None:
            return out
        if not out:
            return {"$ref": target}
        inserted: Json = {key: out.pop(key) for key in _FIRST if key in out}
        inserted["allOf"] = [{"$ref": target}, *out.pop("allOf", [])]
        return inserted | out

    def target(self, ref: Any, where: Where) -> str | None:
        """Return where a reference leads in the document, or None (with a finding) where that is nowhere."""
        if isinstance(ref, str):
            if ref.startswith("#/$defs/") or ref.startswith("#/definitions/"):
                identifier = _unescape(ref.split("/", 2)[2])
                try:
                    return COMPONENTS + self.rename(identifier)
                except KeyError:
                    if self.is_local(identifier):
                        return f"{self.path}/definitions/{_escape(identifier)}"
            elif ref == "#":
                return self.path
            elif ref.startswith("#/") and _found(self.source, ref):
                return self.path + ref[1:]
        self.report("schema-reference-unresolved", f"reference {ref!r} leads nowhere", where, "warning")
        return None

    def is_local(self, name: str) -> bool:
        """Say whether a definition stands inside this one, as an author's own schema may have it, and keep it then."""
        if self.local is None:
            self.local = nested_definitions(self.source)
        if name in self.local:
            self.wanted[name] = self.local[name]
        return name in self.local

    def single(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        out[where[1]] = self.schema(value, where)

    def several(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        out[where[1]] = [self.schema(item, (where, index)) for index, item in enumerate(value)]

    def named(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        out[where[1]] = {key: self.schema(item, (where, key)) for key, item in value.items()}

    def properties(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        out["properties"] = {key: self.schema(item, (where, key), key) for key, item in value.items()}

    def additional_properties(self, schema: Json, value: Any, out: Json, where: Where) -> None:
        """Drop `true` on free dicts; beside `properties` it says that a model allows extras."""
        converted = self.schema(value, where)
        if converted is True or converted == {}:
            if "properties" not in schema:
                return
            converted = True
        out["additionalProperties"] = converted

    def one_of(self, schema: Json, value: Any, out: Json, where: Where) -> None:
        """Write a union told apart by a function as `anyOf`: its arms may overlap, and `oneOf` would reject those."""
        key = "anyOf" if "anyOf" not in schema and _told_apart_by_function(schema) else "oneOf"
        out[key] = [self.schema(item, (where, index)) for index, item in enumerate(value)]

    def discriminator(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        """Keep an OpenAPI discriminator object under `x-discriminator`: AsyncAPI's is only a name."""
        if not isinstance(value, Mapping):
            out["discriminator"] = value
            return
        kept = {"propertyName": value.get("propertyName")}
        if isinstance(mapping := value.get("mapping"), Mapping):
            targets = {tag: self.target(ref, where) for tag, ref in mapping.items()}
            kept["mapping"] = {tag: target for tag, target in targets.items() if target}
        out["x-discriminator"] = kept

    def prefix_items(self, schema: Json, value: Any, out: Json, where: Where) -> None:
        if not value:
            return
        out["items"] = [self.schema(item, (where, index)) for index, item in enumerate(value)]
        rest = schema.get("items", schema.get("unevaluatedItems") if _is_alone(schema) else None)
        if schema.get("maxItems", math.inf) <= len(value):
            out["additionalItems"] = False
        elif rest is not None:
            out["additionalItems"] = self.schema(rest, (where[0], "items"))

    def items(self, schema: Json, value: Any, out: Json, where: Where) -> None:
        if schema.get("prefixItems"):
            return
        if isinstance(value, list):
            out["items"] = [self.schema(item, (where, index)) for index, item in enumerate(value)]
        else:
            out["items"] = self.schema(value, where)

    def additional_items(self, schema: Json, value: Any, out: Json, where: Where) -> None:
        if isinstance(schema.get("items"), list):
            out["additionalItems"] = self.schema(value, where)

    def dependent(self, schema: Json, _value: Any, out: Json, where: Where) -> None:
        """Join `dependentRequired` and `dependentSchemas` into `dependencies`."""
        if "dependencies" in out:
            return
        joined: Json = {key: list(names) for key, names in schema.get("dependentRequired", {}).items()}
        written = schema.get("dependencies", {})
        joined |= {key: item for key, item in written.items() if isinstance(item, list)}
        schemas = {key: item for key, item in written.items() if not isinstance(item, list)}
        for key, item in (schema.get("dependentSchemas", {}) | schemas).items():
            converted = self.schema(item, (where, key))
            joined[key] = {"allOf": [{"required": joined[key]}, converted]} if key in joined else converted
        out["dependencies"] = joined

    def contains(self, schema: Json, value: Any, out: Json, where: Where) -> None:
        if schema.get("minContains", 1) != 0:
            out["contains"] = self.schema(value, where)

    def min_contains(self, schema: Json, value: Any, _out: Json, where: Where) -> None:
        if "contains" in schema and value not in (0, 1):
            self.lost("minContains", where)

    def max_contains(self, schema: Json, _value: Any, _out: Json, where: Where) -> None:
        if "contains" in schema:
            self.lost("maxContains", where)

    def unevaluated_properties(self, schema: Json, value: Any, out: Json, where: Where) -> None:
        """Say it as `additionalProperties` where nothing else could have evaluated a property."""
        if value is True or value == {} or "additionalProperties" in schema:
            return
        if _is_alone(schema):
            out["additionalProperties"] = self.schema(value, where)
        else:
            self.lost("unevaluatedProperties", where)

    def unevaluated_items(self, schema: Json, value: Any, out: Json, where: Where) -> None:
        if value is True or value == {} or "items" in schema:
            return
        if not _is_alone(schema):
            self.lost("unevaluatedItems", where)
        elif "prefixItems" not in schema:
            out["items"] = self.schema(value, where)

    def content_schema(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        out["x-content-schema"] = self.schema(value, where)

    def bound(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        """Write 1.0 as 1, as not every Pydantic does; drop what bounds nothing, such as a minimum of minus infinity."""
        if _is_json(value):
            out[where[1]] = int(value) if type(value) is float and value.is_integer() else value
        elif value != _BOUNDS.get(where[1]):
            self.lost(where[1], where)

    def required(self, _schema: Json, value: Any, out: Json, _where: Where) -> None:
        if value:
            out["required"] = list(value)

    def default(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        if _is_json(value):
            out["default"] = value
        else:
            self.report("schema-default-lost", f"default {value!r} cannot be written as JSON", where, "note")

    def examples(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        given = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else [value]
        kept = [item for item in given if _is_json(item)]
        if len(kept) < len(given):
            self.report("schema-example-lost", "an example cannot be written as JSON", where, "note")
        if kept:
            out["examples"] = kept

    def ignore(self, _schema: Json, _value: Any, _out: Json, _where: Where) -> None:
        """Leave a keyword to whoever reads it beside another."""

    def lost(self, keyword: str, where: Where) -> None:
        message = f"`{keyword}` has no counterpart in an AsyncAPI schema and is left out"
        self.report("schema-keyword-lost", message, where, "warning")

    def report(self, rule: str, message: str, where: Where, severity: Severity) -> None:
        steps = _steps(where)
        pointer = self.path + "".join(f"/{_escape(str(step))}" for step in steps)
        subject = ".".join((self.path.rpartition("/")[2], *(str(step) for step in steps if step != "properties")))
        self.findings.append(
            Finding(rule=rule, severity=severity, message=f"{subject}: {message}", subject=subject, pointer=pointer)
        )


class _Ranks(dict[str, int]):
    """Positions of keywords; what is no keyword comes last, as written."""

    def __missing__(self, _key: str) -> int:
        return len(_ORDER)


_rank = _Ranks((keyword, index) for index, keyword in enumerate(_ORDER)).__getitem__
_C = _Conversion
_HANDLERS: Mapping[str, Callable[[_Conversion, Json, Any, Json, Where], None]] = {
    "$ref": _C.ignore,
    "$defs": _C.ignore,
    "definitions": _C.ignore,
    "properties": _C.properties,
    "patternProperties": _C.named,
    "additionalProperties": _C.additional_properties,
    "propertyNames": _C.single,
    "items": _C.items,
    "prefixItems": _C.prefix_items,
    "additionalItems": _C.additional_items,
    "contains": _C.contains,
    "minContains": _C.min_contains,
    "maxContains": _C.max_contains,
    "unevaluatedProperties": _C.unevaluated_properties,
    "unevaluatedItems": _C.unevaluated_items,
    "dependentRequired": _C.dependent,
    "dependentSchemas": _C.dependent,
    "dependencies": _C.dependent,
    "allOf": _C.several,
    "anyOf": _C.several,
    "oneOf": _C.one_of,
    "not": _C.single,
    "if": _C.single,
    "then": _C.single,
    "else": _C.single,
    "discriminator": _C.discriminator,
    "contentSchema": _C.content_schema,
    "required": _C.required,
    "default": _C.default,
    "examples": _C.examples,
    "multipleOf": _C.bound,
    **dict.fromkeys(_BOUNDS, _C.bound),
}


def _literal(schema: Json) -> Json:
    """Write one allowed value as `const` and several as `enum`, both with their type where they share one."""
    values = [schema["const"]] if "const" in schema else list(_distinct(schema["enum"]))
    if "const" in schema and "enum" in schema and schema["enum"] != values:
        return schema
    if not values:
        return {**{key: value for key, value in schema.items() if key != "enum"}, "not": {}}
    out: Json = {}
    types = {_TYPES.get(type(value), "") for value in values}
    if "type" not in schema and len(types) == 1:
        out["type"] = types.pop()
    word, value = ("const", values[0]) if len(values) == 1 else ("enum", values)
    for key, old in schema.items():
        if key in ("const", "enum"):
            out[word] = value
        else:
            out[key] = old
    return out


def _distinct(values: list[Any]) -> list[Any]:
    seen: dict[str, Any] = {}
    for value in values:
        seen.setdefault(json.dumps(value, sort_keys=True, default=repr), value)
    return list(seen.values())


def _is_json(value: Any) -> bool:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return True
    if kind is float:
        return math.isfinite(value)
    if kind is list:
        return all(map(_is_json, value))
    return kind is dict and all(type(key) is str for key in value) and all(map(_is_json, value.values()))


def _is_alone(schema: Json) -> bool:
    return _APPLICATORS.isdisjoint(schema)


def _told_apart_by_function(schema: Json) -> bool:
    """Recognise a union whose discriminator is a function: whole alternatives and nothing but words beside them."""
    if "discriminator" in schema or not all(key == "oneOf" or key in _ANNOTATIONS for key in schema):
        return False
    return all(isinstance(arm, dict) and ("$ref" in arm or "type" in arm) for arm in schema["oneOf"])


def _unwrapped(schema: Json) -> Any:
    arms = schema["allOf"]
    return arms[0] if len(arms) == 1 and isinstance(arms[0], dict) else schema


def _is_class_name(title: Any, path: str) -> bool:
    """Say whether a title is only the name of the class, which the component key repeats."""
    if not isinstance(title, str):
        return False
    name = short_name(title)
    parts = path.rpartition("/")[2].split(".")
    return name in parts or any(part.startswith(f"{name}_") and len(part) == len(name) + 7 for part in parts)


def _found(schema: Any, ref: str) -> bool:
    for part in ref[2:].split("/"):
        step = _unescape(part)
        if isinstance(schema, dict) and step in schema:
            schema = schema[step]
        elif isinstance(schema, list) and step.isdecimal() and int(step) < len(schema):
            schema = schema[int(step)]
        else:
            return False
    return True


def _steps(where: Where) -> list[Any]:
    steps: list[Any] = []
    while where:
        where, step = where
        steps.append(step)
    return steps[::-1]


def _escape(step: str) -> str:
    return quote(step.replace("~", "~0").replace("/", "~1"), safe="!$&'()*+,;=:@-._~[]")


def _unescape(step: str) -> str:
    return unquote(step).replace("~1", "/").replace("~0", "~")
