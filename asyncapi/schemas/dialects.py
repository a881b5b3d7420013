"""AsyncAPI Schema Object (draft-07 superset) → self-contained JSON Schema of a draft, for downloads and validators.

References lead into component schemas; what a validator of that draft would not know is translated or left out,
so that the same instances stay valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

Json = dict[str, Any]
Schema = Mapping[str, Any]

COMPONENTS = "#/components/schemas/"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
DRAFT_07 = "http://json-schema.org/draft-07/schema#"

HOLDING_A_SCHEMA = frozenset(
    ("additionalProperties", "propertyNames", "additionalItems", "contains", "not", "if", "then", "else")
)
HOLDING_A_LIST = frozenset(("allOf", "anyOf", "oneOf"))
HOLDING_A_TABLE = frozenset(("properties", "patternProperties", "definitions", "$defs"))
_ONLY_2020 = frozenset(("prefixItems", "unevaluatedItems", "contentSchema", "unevaluatedProperties"))
_FIRST_IN_2019 = frozenset(("dependentRequired", "dependentSchemas", "minContains", "maxContains"))
_UNKNOWN = _ONLY_2020 | _FIRST_IN_2019
_FOREIGN = frozenset(("$id", "$schema", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$vocabulary"))
_ASYNCAPI = frozenset(("discriminator", "externalDocs"))
_BESIDE_REF = frozenset(("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"))


def to_2020(schema: Schema | bool, components: Mapping[str, Any]) -> Json:
    """Return a self-contained JSON Schema 2020-12: `$schema`, and in `$defs` every component that is reached.

    `components` are the document's `components.schemas`. A reference that leads elsewhere accepts anything and
    says so in `$comment`.
    """
    return _self_contained(schema, components, _Draft2020)


def to_draft07(schema: Schema | bool, components: Mapping[str, Any]) -> Json:
    """Return a self-contained draft-07 JSON Schema with its components in `definitions`; see `to_2020`."""
    return _self_contained(schema, components, _Draft07)


def closure(schema: Any, components: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of all components that a schema reaches, in first-use order."""
    names: dict[str, None] = {}
    reading = [references(schema)]
    while reading:
        ref = next(reading[-1], None)
        if ref is None:
            reading.pop()
        elif (name := component(ref, components)) is not None and name not in names:
            names[name] = None
            reading.append(references(components[name]))
    return tuple(names)


def references(schema: Any) -> Iterator[str]:
    """Yield every `$ref` of a schema in the order in which they are written."""
    waiting = [schema]
    while waiting:
        inner = waiting.pop()
        if not isinstance(inner, Mapping):
            continue
        if isinstance(ref := inner.get("$ref"), str):
            yield ref
        else:
            waiting.extend(reversed(list(subschemas(inner))))


def subschemas(schema: Schema) -> Iterator[Any]:
    """Yield the schemas directly inside an AsyncAPI schema, in order."""
    for key, value in schema.items():
        if key in HOLDING_A_SCHEMA or key == "x-content-schema":
            yield value
        elif (key in HOLDING_A_LIST or key == "items") and isinstance(value, list):
            yield from value
        elif key == "items":
            yield value
        elif (key in HOLDING_A_TABLE or key == "dependencies") and isinstance(value, Mapping):
            yield from value.values()


def component(ref: str, components: Mapping[str, Any]) -> str | None:
    """Return the component schema that a reference leads to or into."""
    if not ref.startswith(COMPONENTS):
        return None
    name = unescape(ref[len(COMPONENTS) :].partition("/")[0])
    return name if name in components else None


def nested_definitions(schema: Any) -> dict[str, Any]:
    """Return all definitions written inside a schema of either draft, by name; the outermost first."""
    found: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        value = waiting.pop(0)
        if not isinstance(value, Mapping):
            continue
        for word in ("$defs", "definitions"):
            if isinstance(inner := value.get(word), Mapping):
                found = dict(inner) | found
        waiting += subschemas(value)
        for word in ("prefixItems", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems", "contentSchema"):
            inner = value.get(word)
            waiting += inner if isinstance(inner, list) else [inner]
            waiting += inner.values() if isinstance(inner, Mapping) else ()
    return found


class _Draft07:
    """Translation into draft-07: the same keywords, with references moved."""

    uri, definitions = DRAFT_07, "definitions"

    def __init__(self, components: Mapping[str, Any]) -> None:
        self.components = components

    def schema(self, schema: Any) -> Any:
        """Translate one schema and what is inside it."""
        if not isinstance(schema, Mapping):
            return schema if isinstance(schema, bool) else {}
        if "$ref" in schema:
            return self.referring(schema)
        out: Json = {}
        for key, value in schema.items():
            if key in _UNKNOWN or key in _FOREIGN or key in _ASYNCAPI or key.startswith("x-"):
                continue
            if key in HOLDING_A_SCHEMA:
                out[key] = self.schema(value)
            elif key in HOLDING_A_LIST and isinstance(value, list):
                out[key] = [self.schema(item) for item in value]
            elif key in HOLDING_A_TABLE and isinstance(value, Mapping):
                out[self.word(key)] = {name: self.schema(item) for name, item in value.items()}
            else:
                out |= self.keyword(key, value, schema)
        return out

    def word(self, key: str) -> str:
        return self.definitions if key in ("definitions", "$defs") else key

    def keyword(self, key: str, value: Any, _schema: Schema) -> Json:
        """Translate a keyword that the two drafts spell differently."""
        if key == "items":
            return {key: [self.schema(item) for item in value] if isinstance(value, list) else self.schema(value)}
        if key == "dependencies" and isinstance(value, Mapping):
            return {key: {k: v if isinstance(v, list) else self.schema(v) for k, v in value.items()}}
        return {key: value}

    def referring(self, schema: Schema) -> Json:
        """Translate a reference; beside it only words count, as in draft-07."""
        words = {key: value for key, value in schema.items() if key in _BESIDE_REF}
        target = self.target(schema["$ref"])
        if target is None:
            return words | {"$comment": f"unresolved reference: {schema['$ref']}"}
        return self.beside(target, words)

    def beside(self, target: str, words: Json) -> Json:
        return words | {"allOf": [{"$ref": target}]} if words else {"$ref": target}

    def target(self, ref: Any) -> str | None:
        name = component(ref, self.components) if isinstance(ref, str) else None
        if name is None:
            return None
        tail = [unescape(step) for step in ref[len(COMPONENTS) :].split("/")[1:]]
        moved = self.steps(tail, self.components[name])
        if moved is None:
            return None
        return f"#/{self.definitions}/{escape(name)}" + "".join(f"/{escape(step)}" for step in moved)

    def steps(self, tail: list[str], schema: Any) -> list[str] | None:
        """Follow a pointer into a component and spell it as the translation has it; None where it leads nowhere."""
        moved: list[str] = []
        while tail:
            word, *tail = tail
            value = schema.get(word) if isinstance(schema, Mapping) else None
            moved.append(self.step(word, value))
            if (word in HOLDING_A_TABLE and isinstance(value, Mapping)) or (isinstance(value, list) and tail):
                inner, *tail = tail or [""]
                value = _at(value, inner)
                moved.append(inner)
            if not isinstance(value, (Mapping, bool)):
                return None
            schema = value
        return moved

    def step(self, word: str, _value: Any) -> str:
        return self.word(word)


class _Draft2020(_Draft07):
    """Translation into 2020-12: tuples, dependencies and definitions have other names."""

    uri, definitions = DRAFT_2020, "$defs"

    def schema(self, schema: Any) -> Any:
        out = super().schema(schema)
        if isinstance(out, dict) and isinstance(schema, Mapping):
            if isinstance(schema.get("items"), list):
                rest = out.pop("additionalItems", None)
                if rest is not None:
                    out["items"] = rest
            else:
                out.pop("additionalItems", None)
            if "$ref" not in schema and "x-content-schema" in schema:
                out["contentSchema"] = super().schema(schema["x-content-schema"])
        return out

    def keyword(self, key: str, value: Any, schema: Schema) -> Json:
        if key == "items" and isinstance(value, list):
            return {"prefixItems": [self.schema(item) for item in value]} if value else {}
        if key == "dependencies" and isinstance(value, Mapping):
            required = {name: item for name, item in value.items() if isinstance(item, list)}
            schemas = {name: self.schema(item) for name, item in value.items() if not isinstance(item, list)}
            both: Json = {"dependentRequired": required, "dependentSchemas": schemas}
            return {word: items for word, items in both.items() if items}
        return super().keyword(key, value, schema)

    def beside(self, target: str, words: Json) -> Json:
        return {"$ref": target} | words

    def step(self, word: str, value: Any) -> str:
        if word == "items" and isinstance(value, list):
            return "prefixItems"
        return "items" if word == "additionalItems" else self.word(word)


def _self_contained(
    schema: Schema | bool, components: Mapping[str, Any], draft: Callable[[Mapping[str, Any]], _Draft07]
) -> Json:
    """Translate a schema and its closure; a bare reference is replaced by its target unless that contains itself."""
    translation = draft(components)
    if isinstance(schema, bool):
        return {"$schema": translation.uri} | ({} if schema else {"not": {}})
    names = closure(schema, components)
    if set(schema) == {"$ref"} and schema["$ref"] == COMPONENTS + escape(names[0] if names else ""):
        target = components[names[0]]
        if names[0] not in (inner := closure(target, components)):
            schema, names = (target if isinstance(target, Mapping) else schema), inner
    translated: Json = translation.schema(schema)
    if "$ref" in translated and translation.uri == DRAFT_07:
        translated = {"allOf": [translated]}
    out: Json = {"$schema": translation.uri, **translated}
    if names:
        inside = translated.get(translation.definitions, {})
        out[translation.definitions] = inside | {name: translation.schema(components[name]) for name in names}
    return out


def _at(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    return value[int(step)] if step.isdecimal() and int(step) < len(value) else None


def escape(step: str) -> str:
    """Write a key as one step of a JSON pointer in a URI fragment."""
    return quote(step.replace("~", "~0").replace("/", "~1"), safe="!$&'()*+,;=:@-._~")


def unescape(step: str) -> str:
    """Read one step of a JSON pointer in a URI fragment."""
    return unquote(step).replace("~1", "/").replace("~0", "~")
