"""JSON Schema (2020-12, or the draft-07 superset of AsyncAPI) → terms; references that recur stay references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard
from urllib.parse import unquote

from asyncapi.schemas.prover.terms import TYPES, Term, Terms, fraction, key
from asyncapi.schemas.prover.wellformed import malformed, tidy

COMPONENTS = "#/components/schemas/"
_PREFIXES = (COMPONENTS, "#/$defs/", "#/definitions/")
DEEPEST = 60  # levels read in place; below, a reference stays a term of its own
_IN_PLACE = frozenset(
    ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref", "dependentSchemas", "dependencies")
)
_NUMBER = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"))
_STRING = frozenset(("minLength", "maxLength", "pattern", "format"))
_ARRAY = frozenset(
    ("items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains", "unevaluatedItems")
)
_OBJECT = frozenset(
    (
        *("properties", "required", "additionalProperties", "patternProperties", "propertyNames"),
        *("minProperties", "maxProperties", "unevaluatedProperties"),
    )
)
_CONNECTIVES = frozenset(
    (
        *("allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
        *("dependencies", "dependentRequired", "dependentSchemas"),
    )
)
_INNER = _ARRAY | _OBJECT | _CONNECTIVES | {"$ref", "$dynamicRef", "$recursiveRef"}
_OPAQUE = frozenset(("$dynamicRef", "$recursiveRef", "contentSchema", "x-content-schema", "contentEncoding"))


class SchemaReader:
    """Reads schemas of one side. `schemas` are the components (or `$defs`) that references lead to; where a
    schema brings its own, it is the `root`."""

    def __init__(self, terms: Terms, side: int, schemas: Mapping[str, Any], root: Any = None) -> None:
        self.terms, self.side, self.schemas, self.root = terms, side, schemas, root
        self._resolved: dict[str, Term] = {}
        self._open: set[str] = set()
        self._depth = 0

    def resolve(self, reference: Term) -> Term:
        """Return what a `ref` term stands for."""
        ref = reference.args[1]
        if ref not in self._resolved:
            self._depth = 0
            self._reference(ref)
        return self._resolved[ref]

    def term(self, schema: Any) -> Term:
        """Read one schema."""
        if not isinstance(schema, Mapping):
            return self.terms.false if schema is False else self.terms.true
        if id(schema) in self.terms.leaves:
            return self.terms.leaves[id(schema)][1]
        if _INNER.isdisjoint(schema):
            leaf = self.terms.all(self._keywords(schema))
            self.terms.leaves[id(schema)] = (schema, leaf)
            return leaf
        self._depth += 1
        if self._depth > DEEPEST:
            self._depth -= 1
            return self.opaque("depth", len(schema))
        try:
            return self._parts(schema)
        finally:
            self._depth -= 1

    def _parts(self, schema: Mapping[str, Any]) -> Term:
        ref = schema.get("$ref")
        if isinstance(ref, str):
            target = self.reference(ref)
            if not ref.startswith("#/$defs/"):
                return target
            rest = {word: value for word, value in schema.items() if word != "$ref"}
            return self.terms.all((target, *self._keywords(rest)))
        return self.terms.all(self._keywords(schema))

    def reference(self, ref: str) -> Term:
        """Read what a reference leads to, once; what recurs, or is far down, stays a `ref` term."""
        if ref in self._resolved:
            return self._resolved[ref]
        if ref in self._open or self._depth > DEEPEST // 2:
            return self.terms.make("ref", self.side, ref)
        return self._reference(ref)

    def _reference(self, ref: str) -> Term:
        target = target_of(ref, self.schemas, self.root)
        if target is None:
            term = self.opaque("$ref", ref)
        else:
            self._open.add(ref)
            try:
                term = self.term(target)
            finally:
                self._open.discard(ref)
        self._resolved[ref] = term
        return term

    def opaque(self, keyword: str, value: Any) -> Term:
        """Return a term for what the prover cannot read: nothing is known of it but that it equals itself."""
        return self.terms.make("opaque", keyword, key(value))

    def _keywords(self, schema: Mapping[str, Any]) -> Iterator[Term]:
        if bad := list(malformed(schema)):
            yield from (self.opaque(word, schema[word]) for word in bad)
            schema = tidy(schema)
        if "type" in schema:
            yield self._type(schema["type"])
        if "const" in schema:
            yield self.terms.enum([schema["const"]])
        if isinstance(schema.get("enum"), list):
            yield self.terms.enum(schema["enum"])
        words = schema.keys()
        for group, read in (
            (_NUMBER, self._numbers),
            (_STRING, self._strings),
            (_ARRAY, self._arrays),
            (_OBJECT, self._objects),
            (_CONNECTIVES, self._connectives),
        ):
            if not group.isdisjoint(words):
                yield from read(schema)
        for word in sorted(_OPAQUE & words):
            yield self.opaque(word.removeprefix("x-"), schema[word])

    def _type(self, value: Any) -> Term:
        names = [value] if isinstance(value, str) else _texts(value)
        known = frozenset(names) & (TYPES | {"integer"})
        if known >= TYPES:
            return self.terms.true
        return (
            self.terms.make("type", known - {"integer"} if "number" in known else known) if known else self.terms.false
        )

    def _numbers(self, schema: Mapping[str, Any]) -> Iterator[Term]:
        for word, exclusive, kind in (
            ("minimum", "exclusiveMinimum", "least"),
            ("maximum", "exclusiveMaximum", "most"),
        ):
            strict = schema.get(exclusive)
            if _number(bound := schema.get(word)):
                yield self.terms.make(kind, fraction(bound), strict is True)
            if _number(strict):
                yield self.terms.make(kind, fraction(strict), True)
        if _number(step := schema.get("multipleOf")) and step > 0:
            yield self.terms.make("multiple", fraction(step))

    def _strings(self, schema: Mapping[str, Any]) -> Iterator[Term]:
        if _number(schema.get("minLength")) and schema["minLength"] > 0:
            yield self.terms.make("shortest", int(schema["minLength"]))
        if _number(schema.get("maxLength")):
            yield self.terms.make("longest", int(schema["maxLength"]))
        if isinstance(schema.get("pattern"), str):
            yield self.terms.make("pattern", schema["pattern"])
        if isinstance(schema.get("format"), str):
            yield self.terms.make("format", schema["format"])

    def _arrays(self, schema: Mapping[str, Any]) -> Iterator[Term]:
        first, rest = _positions(schema)
        if rest is None and "unevaluatedItems" in schema:
            if _IN_PLACE & schema.keys() or "contains" in schema:
                yield self.opaque("unevaluatedItems", schema["unevaluatedItems"])
            else:
                rest = schema["unevaluatedItems"]
        for index, item in enumerate(first):
            yield self._unless_true("item", index, self.term(item))
        if rest is not None:
            yield self._unless_true("rest", len(first), self.term(rest))
        if _number(schema.get("minItems")) and schema["minItems"] > 0:
            yield self.terms.make("fewest", int(schema["minItems"]))
        if _number(schema.get("maxItems")):
            yield self.terms.make("many", int(schema["maxItems"]))
        if schema.get("uniqueItems") is True:
            yield self.terms.make("unique")
        if "contains" in schema:
            yield self._contains(schema)

    def _contains(self, schema: Mapping[str, Any]) -> Term:
        if schema.get("minContains") == 0 and "maxContains" not in schema:
            return self.terms.true
        if schema.get("minContains", 1) == 1 and "maxContains" not in schema:
            return self.terms.make("contains", self.term(schema["contains"]))
        return self.opaque("contains", [schema["contains"], schema.get("minContains"), schema.get("maxContains")])

    def _objects(self, schema: Mapping[str, Any]) -> Iterator[Term]:
        named = _mapping(schema.get("properties"))
        patterns = _mapping(schema.get("patternProperties"))
        for name in _texts(schema.get("required")):
            yield self.terms.make("required", name)
        for name, inner in named.items():
            yield self._unless_true("property", name, self.term(inner))
        for pattern, inner in patterns.items():
            yield self._unless_true("matching", pattern, self.term(inner))
        rest = schema.get("additionalProperties", True)
        if rest is True and "unevaluatedProperties" in schema:
            if _IN_PLACE & schema.keys():
                yield self.opaque("unevaluatedProperties", schema["unevaluatedProperties"])
            else:
                rest = schema["unevaluatedProperties"]
        yield self._unless_true("other", frozenset(named), frozenset(patterns), self.term(rest))
        if "propertyNames" in schema:
            yield self._unless_true("names", self.term(schema["propertyNames"]))
        if _number(schema.get("minProperties")) and schema["minProperties"] > 0:
            yield self.terms.make("small", int(schema["minProperties"]))
        if _number(schema.get("maxProperties")):
            yield self.terms.make("large", int(schema["maxProperties"]))

    def _connectives(self, schema: Mapping[str, Any]) -> Iterator[Term]:
        terms = self.terms
        yield from (self.term(arm) for arm in _list(schema.get("allOf")))
        if arms := _list(schema.get("anyOf")):
            yield terms.any(self.term(arm) for arm in arms)
        if arms := _list(schema.get("oneOf")):
            yield self._one(schema, arms)
        if "not" in schema:
            yield terms.negate(self.term(schema["not"]))
        if "if" in schema and ("then" in schema or "else" in schema):
            test = self.term(schema["if"])
            then, other = self.term(schema.get("then", True)), self.term(schema.get("else", True))
            yield terms.any((terms.all((test, then)), terms.all((terms.negate(test), other))))
        for word in ("dependencies", "dependentRequired", "dependentSchemas"):
            for name, needed in _mapping(schema.get(word)).items():
                yield self._dependency(name, needed)

    def _one(self, schema: Mapping[str, Any], arms: list[Any]) -> Term:
        read = [self.term(arm) for arm in arms]
        tag = discriminator(schema)
        if tag:
            needed = self.terms.all((self.terms.make("type", frozenset(("object",))), self.terms.make("required", tag)))
            return self.terms.any(self.terms.all((needed, arm)) for arm in read)
        arms_once = tuple(sorted(read))
        return read[0] if len(read) == 1 else self.terms.make("one", arms_once)

    def _dependency(self, name: str, needed: Any) -> Term:
        terms = self.terms
        if isinstance(needed, list):
            then = terms.all(terms.make("required", other) for other in _texts(needed))
        else:
            then = self.term(needed)
        present = terms.all((terms.make("type", frozenset(("object",))), terms.make("required", name)))
        return terms.any((terms.negate(present), then))

    def _unless_true(self, kind: str, *args: Any) -> Term:
        return self.terms.true if args[-1] is self.terms.true else self.terms.make(kind, *args)


def discriminator(schema: Mapping[str, Any]) -> str:
    """Return the property that tells the arms of a `oneOf` apart, empty when none is named."""
    said = schema.get("x-discriminator", schema.get("discriminator"))
    name = said.get("propertyName") if isinstance(said, Mapping) else said
    return name if isinstance(name, str) else ""


def _positions(schema: Mapping[str, Any]) -> tuple[list[Any], Any]:
    """Return the schemas of the first items and the schema of all others, None where any will do."""
    items = schema.get("items")
    if isinstance(schema.get("prefixItems"), list):
        return schema["prefixItems"], items
    if isinstance(items, list):
        return items, schema.get("additionalItems")
    return [], items


def target_of(ref: str, schemas: Mapping[str, Any], root: Any) -> Any:
    """Return the schema that a reference leads to, None where that is nowhere or outside."""
    for prefix in _PREFIXES:
        if ref.startswith(prefix):
            name, *steps = [_unescape(step) for step in ref[len(prefix) :].split("/")]
            own = _mapping(root.get(prefix[2:-1])) if isinstance(root, Mapping) else {}
            return _walk(own.get(name, schemas.get(name)), steps)
    if ref == "#" or ref.startswith("#/"):
        return _walk(root, [_unescape(step) for step in ref.split("/")[1:]])
    return None


def _walk(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value if isinstance(value, (Mapping, bool)) else None


def _unescape(step: str) -> str:
    return unquote(step).replace("~1", "/").replace("~0", "~")


def _number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [name for name in _list(value) if isinstance(name, str)]
