"""Confirms counterexamples with a JSON Schema validator that reads both schemas as they were written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from asyncapi.schemas.prover import formats
from asyncapi.schemas.prover.reading import discriminator, target_of

Schema = Mapping[str, Any] | bool
DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ONE = frozenset(
    (
        "additionalProperties",
        "propertyNames",
        "contains",
        "not",
        "if",
        "then",
        "else",
        "unevaluatedProperties",
        "unevaluatedItems",
    )
)
_MANY = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
_NAMED = frozenset(("properties", "patternProperties", "dependentSchemas"))
_PLAIN = frozenset(
    (
        *("type", "enum", "const", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "minContains"),
        *("maxContains", "minProperties", "maxProperties", "required", "dependentRequired"),
    )
)
_MOST_STEPS = 50_000  # subschemas with references written out; a larger validator takes too long to compile


class LazyValidator:
    """A validator for one schema, made when it is first asked."""

    def __init__(self, schema: Schema, schemas: Mapping[str, Any]) -> None:
        self.schema, self.schemas = schema, schemas
        self._validator: Any = None

    def admits(self, value: Any) -> bool | None:
        """Say whether the schema admits a value; None when the validator cannot be asked safely."""
        if self._validator is None:
            self._validator = _validator(self.schema, self.schemas)
        if self._validator is False:
            return None
        try:
            return bool(self._validator.is_valid(value))
        except (ValueError, RecursionError):
            return None


def _validator(schema: Schema, schemas: Mapping[str, Any]) -> Any:
    import jsonschema_rs

    bundle = _Bundle(schema, schemas)
    try:
        whole = bundle.whole()
        if _cost(whole) > _MOST_STEPS:
            return False
        return jsonschema_rs.Draft202012Validator(
            whole, validate_formats=True, formats=_checks(bundle.formats), retriever=_refuse, pattern_options=_linear()
        )
    except (ValueError, RecursionError):
        return False


def _linear() -> Any:
    import jsonschema_rs

    return jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)


def _checks(names: Iterable[str]) -> dict[str, Any]:
    """Return checks for the formats that validators do not bring."""
    mine = [name for name in formats.FORMATS if name.startswith(("ipv4n", "ipv4i", "ipv6n", "ipv6i", "ipvany"))]
    mine += [name for name in formats.FORMATS if name.startswith("uuid") and name != "uuid"]
    found: dict[str, Any] = {name: formats.FORMATS[name].check for name in (*mine, "name-email", "multi-host-uri")}
    return found | {name: _sure(form.check) for name in names if (form := formats.known(name)) and _limited(name)}


def _limited(name: str) -> bool:
    return name not in formats.FORMATS and name not in formats.ADVICE


def _sure(check: Callable[[str], bool | None]) -> Callable[[str], bool]:
    def ask(text: str) -> bool:
        verdict = check(text)
        if verdict is None:
            raise ValueError("that depends on the time of day")
        return verdict

    return ask


def _refuse(uri: str) -> Any:
    raise ValueError(f"reference {uri} leads out of the document")


class _Bundle:
    """A schema and all it refers to as one 2020-12 schema."""

    def __init__(self, schema: Schema, schemas: Mapping[str, Any]) -> None:
        self.root, self.schemas = schema, schemas
        self.names: dict[str, str] = {}
        self.waiting: list[str] = []
        self.formats: set[str] = set()

    def whole(self) -> dict[str, Any]:
        top = self.schema(self.root)
        definitions: dict[str, Any] = {}
        while self.waiting:
            ref = self.waiting.pop()
            target = target_of(ref, self.schemas, self.root)
            if target is None:
                raise ValueError(f"{ref} leads nowhere")
            definitions[self.names[ref]] = self.schema(target)
        return {"$schema": DRAFT, "allOf": [top], "$defs": definitions}

    def schema(self, schema: Any) -> Any:
        if not isinstance(schema, Mapping):
            return schema is not False
        out: dict[str, Any] = {}
        ref = schema.get("$ref")
        if isinstance(ref, str):
            out["$ref"] = f"#/$defs/{self.name(ref)}"
            if not ref.startswith("#/$defs/"):
                return out
        for word, value in schema.items():
            out |= self.keyword(word, value, schema)
        return out

    def name(self, ref: str) -> str:
        if ref not in self.names:
            self.names[ref] = f"d{len(self.names)}"
            self.waiting.append(ref)
        return self.names[ref]

    def keyword(self, word: str, value: Any, schema: Mapping[str, Any]) -> dict[str, Any]:
        if word in _PLAIN:
            self.formats |= {value} if word == "format" and isinstance(value, str) else set()
            return {word: value}
        if word in _ONE:
            return {word: self.schema(value)}
        if word == "oneOf" and isinstance(value, list) and (tag := discriminator(schema)):
            arms = [{"allOf": [self.schema(arm)], "type": "object", "required": [tag]} for arm in value]
            return {"anyOf": arms}
        if word in _MANY and isinstance(value, list):
            return {word: [self.schema(item) for item in value]}
        if word in _NAMED and isinstance(value, Mapping):
            return {word: {name: self.schema(item) for name, item in value.items()}}
        if word == "items" and isinstance(value, list):
            return {"prefixItems": [self.schema(item) for item in value]} if value else {}
        if word == "items":
            return {word: self.schema(value)}
        if word == "additionalItems" and isinstance(schema.get("items"), list):
            return {"items": self.schema(value)}
        if word == "dependencies" and isinstance(value, Mapping):
            required = {name: item for name, item in value.items() if isinstance(item, list)}
            inner = {name: self.schema(item) for name, item in value.items() if not isinstance(item, list)}
            return {"dependentRequired": required, "dependentSchemas": inner}
        return {}


def _cost(whole: Mapping[str, Any]) -> int:
    """Return how large the schema would be with every reference that does not recur written out."""
    known: dict[str, int] = {}
    limit = _MOST_STEPS + 1

    def size(value: Any) -> int:
        if isinstance(value, list):
            return min(limit, sum(size(item) for item in value if isinstance(item, (dict, list))))
        if not isinstance(value, dict):
            return 0
        total = 1
        for word, inner in value.items():
            if word == "$ref" and isinstance(inner, str):
                total += definition(inner.rpartition("/")[2])
            elif word not in ("enum", "const", "required"):
                total += size(inner)
        return min(limit, total)

    def definition(name: str) -> int:
        if name not in known:
            known[name] = 1
            known[name] = size(whole["$defs"].get(name))
        return known[name]

    return size(whole["allOf"])
