"""JSON Schema 2020-12 as Pydantic emits it → AsyncAPI 3 Schema Object, a superset of draft-07.

Pure over JSON: knows no Python classes, only definition ids in references and the keys they are to leave with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from asyncapi.findings import Finding, Severity
from asyncapi.schemas.dialects import COMPONENTS, closure, escape, nested_definitions, to_2020, to_draft07, unescape
from asyncapi.schemas.keywords import (
    BOUNDS,
    COPIED_AS_IS,
    OF_THE_FILE,
    SCALAR_TYPES,
    WITHOUT_DRAFT_07_FORM,
    WRITTEN_FIRST,
    Json,
    Where,
    automatic_titles,
    is_alone,
    is_class_name,
    is_json,
    leads_somewhere,
    literal,
    names_in,
    rank,
    steps,
    unwrapped,
)

__all__ = ["closure", "convert", "to_2020", "to_draft07"]


def convert(schema: Mapping[str, Any] | bool, *, rename: Callable[[str], str], path: str) -> tuple[Json, list[Finding]]:
    """Return one definition as an AsyncAPI schema, and what could not be said in it.

    `rename` gives the component key of a definition id and raises KeyError for an unknown one; `path` is the
    JSON pointer fragment at which the result will stand, `#/components/schemas/<key>`. Keywords leave in
    one fixed order, because Pydantic's own changes between versions; properties keep theirs.
    """
    conversion = _Conversion(schema, rename, path)
    converted = conversion.root()
    return converted, conversion.findings


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
        if "title" in converted and is_class_name(converted["title"], self.path):
            del converted["title"]
            if len(converted) == 1 and "allOf" in converted:
                return dict(unwrapped(converted))
        return converted

    def schema(self, schema: Any, where: Where, name: str | None = None) -> Any:
        """Convert one schema; `name` is the property it belongs to, whose automatic title goes."""
        if not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else {}
        out: Json = {}
        for key in WRITTEN_FIRST:
            if key in schema:
                value = schema[key]
                if type(value) is not str and not (key == "type" and is_json(value)):
                    self.faulty(key, value, (where, key))
                elif key != "title":
                    out[key] = value
                elif name is None or value not in automatic_titles(name):
                    out[key] = value.strip()
        for key in sorted(schema, key=rank):
            value = schema[key]
            if key in COPIED_AS_IS and type(value) in SCALAR_TYPES:
                out[key] = value
            elif key not in WRITTEN_FIRST:
                self.keyword(schema, key, value, out, (where, key))
        if "enum" in out and not isinstance(out["enum"], list):
            self.faulty("enum", out.pop("enum"), (where, "enum"))
        if "enum" in out or "const" in out:
            out = literal(out)
        if "$ref" in schema:
            return self.referring(schema["$ref"], out, where)
        if "allOf" in out and len(out) == 1:
            return unwrapped(out)
        return out

    def keyword(self, schema: Json, key: str, value: Any, out: Json, where: Where) -> None:
        """Convert one keyword by its own rule; an author's own schema may have put anything there."""
        handler = _HANDLERS.get(key)
        if handler is None:
            self.other(key, value, out, where)
            return
        try:
            handler(self, schema, value, out, where)
        except (TypeError, ValueError, AttributeError, KeyError):
            self.faulty(key, value, where)

    def other(self, key: str, value: Any, out: Json, where: Where) -> None:
        """Keep a word that is no keyword as its author wrote it; what draft-07 or JSON cannot say is a finding."""
        if key in OF_THE_FILE:
            return
        if key in WITHOUT_DRAFT_07_FORM:
            self.lost(key, where)
        elif is_json(value):
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
        inserted: Json = {key: out.pop(key) for key in WRITTEN_FIRST if key in out}
        inserted["allOf"] = [{"$ref": target}, *out.pop("allOf", [])]
        return inserted | out

    def target(self, ref: Any, where: Where) -> str | None:
        """Return where a reference leads in the document, or None (with a finding) where that is nowhere."""
        if isinstance(ref, str):
            if ref.startswith("#/$defs/") or ref.startswith("#/definitions/"):
                identifier = unescape(ref.split("/", 2)[2])
                try:
                    return COMPONENTS + self.rename(identifier)
                except KeyError:
                    if self.is_local(identifier):
                        return f"{self.path}/definitions/{escape(identifier)}"
            elif ref == "#":
                return self.path
            elif ref.startswith("#/") and leads_somewhere(self.source, ref):
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
        if not isinstance(value, list):
            raise TypeError
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

    def discriminator(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        """Keep an OpenAPI discriminator object under `x-discriminator`: AsyncAPI's is only a name."""
        if not isinstance(value, Mapping):
            self.other("discriminator", value, out, where)
            return
        kept: Json = {"propertyName": names_in([value["propertyName"]])[0]}
        if isinstance(mapping := value.get("mapping"), Mapping):
            targets = {tag: self.target(ref, where) for tag, ref in mapping.items()}
            kept["mapping"] = {tag: target for tag, target in targets.items() if target}
        out["x-discriminator"] = kept

    def prefix_items(self, schema: Json, value: Any, out: Json, where: Where) -> None:
        if not value:
            return
        out["items"] = [self.schema(item, (where, index)) for index, item in enumerate(value)]
        rest = schema.get("items", schema.get("unevaluatedItems") if is_alone(schema) else None)
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
        joined: Json = {key: names_in(names) for key, names in schema.get("dependentRequired", {}).items()}
        written = schema.get("dependencies", {})
        joined |= {key: names_in(item) for key, item in written.items() if isinstance(item, list)}
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
        """Write it as `additionalProperties` where both mean the same: without subschemas beside it."""
        if value is True or value == {} or "additionalProperties" in schema:
            return
        if is_alone(schema):
            out["additionalProperties"] = self.schema(value, where)
        else:
            self.lost("unevaluatedProperties", where)

    def unevaluated_items(self, schema: Json, value: Any, out: Json, where: Where) -> None:
        if value is True or value == {} or "items" in schema:
            return
        if not is_alone(schema):
            self.lost("unevaluatedItems", where)
        elif "prefixItems" not in schema:
            out["items"] = self.schema(value, where)

    def content_schema(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        out["x-content-schema"] = self.schema(value, where)

    def bound(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        """Write 1.0 as 1, as not every Pydantic does; drop what bounds nothing, such as a minimum of minus infinity."""
        if is_json(value):
            out[where[1]] = int(value) if type(value) is float and value.is_integer() else value
        elif value != BOUNDS.get(where[1]):
            self.lost(where[1], where)

    def required(self, _schema: Json, value: Any, out: Json, _where: Where) -> None:
        if names := names_in(value):
            out["required"] = names

    def default(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        if is_json(value):
            out["default"] = value
        else:
            self.report("schema-default-lost", f"default {value!r} cannot be written as JSON", where, "note")

    def examples(self, _schema: Json, value: Any, out: Json, where: Where) -> None:
        given = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else [value]
        kept = [item for item in given if is_json(item)]
        if len(kept) < len(given):
            self.report("schema-example-lost", "an example cannot be written as JSON", where, "note")
        if kept:
            out["examples"] = kept

    def ignore(self, _schema: Json, _value: Any, _out: Json, _where: Where) -> None:
        """Leave a keyword to whoever reads it beside another."""

    def lost(self, keyword: str, where: Where) -> None:
        message = f"`{keyword}` has no counterpart in an AsyncAPI schema and is left out"
        self.report("schema-keyword-lost", message, where, "warning")

    def faulty(self, keyword: str, value: Any, where: Where) -> None:
        message = f"`{keyword}` cannot be {value!r:.80} in JSON Schema and is left out"
        self.report("schema-keyword-faulty", message, where, "warning")

    def report(self, rule: str, message: str, where: Where, severity: Severity) -> None:
        taken = steps(where)
        pointer = self.path + "".join(f"/{escape(str(step))}" for step in taken)
        subject = ".".join((self.path.rpartition("/")[2], *(str(step) for step in taken if step != "properties")))
        self.findings.append(
            Finding(rule=rule, severity=severity, message=f"{subject}: {message}", subject=subject, pointer=pointer)
        )


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
    "oneOf": _C.several,
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
    **dict.fromkeys(BOUNDS, _C.bound),
}
