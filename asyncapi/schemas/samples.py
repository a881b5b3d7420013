"""Schema → one example value: deterministic, plausible, and valid, or none.

Order of choice: examples, default, const, enum, format, then bounds and the words of the field's name.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from asyncapi.schemas import realistic
from asyncapi.schemas.dialects import COMPONENTS, component, to_draft07, unescape
from asyncapi.schemas.fitting import (
    ANNOTATIONS,
    NOTHING,
    another,
    interesting,
    is_literal,
    kind_of,
    merge,
    number,
    only_null,
    plainly_fits,
    preferred,
    within,
)
from asyncapi.schemas.keywords import is_json
from asyncapi.schemas.violations.affordable import is_affordable

Schema = Mapping[str, Any]

_NODES = 2_000  # values of one example; a larger one shows nothing more
_GENEROUS = 400  # up to so many values optional fields are shown, too
_LONGEST_TEXT = 2_000  # characters of a text that must be long
_MOST_ITEMS = 64  # items of a list that must be long
_CLOSED_WORDS = frozenset(("if", "not", "dependencies", "contains", "patternProperties", "propertyNames"))


def sample(schema: Schema | bool, components: Mapping[str, Any], *, name: str = "") -> Any:
    """Return an example of a schema as JSON data, or None when no valid one was found.

    `components` are the document's `components.schemas`; `name` says what the value is for. Null is returned
    for nothing else, and inside a value only where nothing else is allowed.
    """
    for plan in _PLANS:
        walk = _Walk(components, **plan)
        try:
            value = walk.value(schema, name)
        except _FAULTY:
            continue
        if is_json(value) and (walk.sure or not valid(value, schema, components)):
            return value
    return None


def valid(value: Any, schema: Schema | bool, components: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a value, empty when it is valid; formats count where the validator knows them.

    A schema that cannot be used for validation (a pattern of another dialect, a faulty keyword, alternatives that
    double with each level) is itself wrong.
    """
    import jsonschema_rs

    if not is_affordable(value, schema, components):
        return ["the schema cannot be used: it takes too much work"]
    try:
        validator = jsonschema_rs.Draft7Validator(
            to_draft07(schema, components), validate_formats=True, retriever=_refuse
        )
        return [
            f"/{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(value)
        ]
    except (ValueError, RecursionError) as error:
        return [f"the schema cannot be used: {error}"]


def _refuse(uri: str) -> Any:
    raise ValueError(f"reference {uri} leads out of the document")


# What a foreign schema with keywords of the wrong type makes the walk run into.
_FAULTY = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError)
_PLANS: tuple[Mapping[str, Any], ...] = (
    {},
    {"given": False},
    {"arm": 1},
    {"given": False, "optional": False},
    {"given": False, "optional": False, "arm": 1},
    {"given": False, "otherwise": True},
    {"given": False, "arm": 2},
)


class _Walk:
    """One attempt to make a value. `sure` becomes False once only a validator can say whether the value is valid."""

    def __init__(
        self,
        components: Mapping[str, Any],
        *,
        given: bool = True,
        optional: bool = True,
        arm: int = 0,
        otherwise: bool = False,
    ) -> None:
        self.components, self.given, self.optional = components, given, optional
        self.arm, self.otherwise = arm, otherwise
        self.sure = True
        self.nodes = 0
        self.inside: list[str] = []

    def value(self, schema: Any, name: str) -> Any:
        """Return a value for a schema, or `NOTHING`."""
        self.nodes += 1
        if self.nodes > _NODES or schema is False:
            return NOTHING
        if not isinstance(schema, Mapping) or not schema:
            return realistic.anything(name)
        if "$ref" in schema:
            return self.referred(schema["$ref"], name)
        if self.given:
            value = self.offered(schema)
            if value is not NOTHING:
                return value
        if "const" in schema:
            self.sure = self.sure and is_literal(schema)
            return schema["const"]
        if schema.get("enum"):
            self.sure = self.sure and is_literal(schema)
            return preferred(schema["enum"], self.arm)
        return self.made(schema, name)

    def referred(self, ref: Any, name: str) -> Any:
        """Go through a reference, at most once into each component at a time."""
        key = component(ref, self.components) if isinstance(ref, str) else None
        if key is None or ref in self.inside:
            return NOTHING
        target = _followed(ref, self.components)
        self.inside.append(ref)
        value = self.value(target, name or key)
        self.inside.pop()
        return value

    def offered(self, schema: Schema) -> Any:
        """Return an example or default that the schema brings, if it fits; an empty default says nothing."""
        examples = schema.get("examples")
        offers = list(examples) if isinstance(examples, list) else []
        if schema.get("default") not in (None, "", [], {}):
            offers.append(schema["default"])
        for offer in offers:
            fits = plainly_fits(offer, schema)
            if fits is None:
                fits = not valid(offer, schema, self.components)
            if fits:
                return offer
        return NOTHING

    def made(self, schema: Schema, name: str) -> Any:
        """Make a value from the keywords that describe it."""
        if not _CLOSED_WORDS.isdisjoint(schema):
            self.sure = False
        if "allOf" in schema or "if" in schema:
            return self.merged(schema, name)
        for word in ("anyOf", "oneOf"):
            if isinstance(schema.get(word), list):
                return self.united(schema, word, name)
        return self.typed(schema, name)

    def merged(self, schema: Schema, name: str) -> Any:
        arms = [arm for arm in schema.get("allOf", []) if isinstance(arm, Mapping)]
        alone = len(arms) == 1 and all(key == "allOf" or key in ANNOTATIONS or key[:2] == "x-" for key in schema)
        if alone:
            return self.value(arms[0], name)
        self.sure = False
        self.nodes += len(arms)
        whole = {key: value for key, value in schema.items() if key not in ("allOf", "if", "then", "else")}
        for arm in arms:
            whole = merge(whole, self.resolved(arm))
        if "if" in schema:
            chosen = ("else",) if self.otherwise else ("if", "then")
            for word in chosen:
                if isinstance(branch := schema.get(word), Mapping):
                    whole = merge(whole, self.resolved(branch))
        return self.value(whole, name) if whole else realistic.anything(name)

    def resolved(self, schema: Schema) -> Schema:
        """Follow references so that two schemas can be merged."""
        for _ in range(16):
            if not isinstance(schema, Mapping) or "$ref" not in schema:
                break
            schema = _followed(schema["$ref"], self.components)
        return schema if isinstance(schema, Mapping) else {}

    def united(self, schema: Schema, word: str, name: str) -> Any:
        """Try the arms of a union in turn, null last; keywords beside the union are merged into each arm."""
        beside = {k: v for k, v in schema.items() if k != word and k not in ANNOTATIONS and k[:2] != "x-"}
        arms = sorted(schema[word], key=only_null)
        if word == "oneOf" and len(arms) > 1:
            self.sure = False
        start = min(self.arm, max(0, len(arms) - 1))
        for arm in arms[start:] + arms[:start]:
            before = self.sure
            if beside:
                self.sure = False
                value = self.value(merge(beside, self.resolved(arm)), name)
            else:
                value = self.value(arm, name)
            if value is not NOTHING:
                return value
            self.sure = before
        return NOTHING

    def typed(self, schema: Schema, name: str) -> Any:
        kind = kind_of(schema)
        if kind == "object":
            return self.object(schema, name)
        if kind == "array":
            return self.array(schema, name)
        if kind == "string":
            return self.text(schema, name)
        if kind in ("integer", "number"):
            return number(schema, name, kind == "integer")
        if kind == "boolean":
            return True
        return None if kind == "null" else realistic.anything(name)

    def object(self, schema: Schema, name: str) -> Any:
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        self.sure = self.sure and "maxProperties" not in schema
        out: dict[str, Any] = {}
        for key, inner in properties.items():
            needed = key in required
            if not needed and not (self.optional and self.nodes < _GENEROUS and interesting(inner)):
                continue
            before = self.sure
            value = self.value(inner, key)
            if value is NOTHING:
                if needed:
                    return NOTHING
                self.sure = before
            elif needed or value is not None:
                out[key] = value
        for key in required:
            if key not in out:
                self.sure = False
                out[key] = realistic.anything(key)
        return self.filled(schema, out, name)

    def filled(self, schema: Schema, out: dict[str, Any], name: str) -> Any:
        """Add entries to a dict: one where values have a schema, more where a minimum asks for them."""
        least = schema.get("minProperties", 0)
        if least > _MOST_ITEMS:
            return NOTHING
        wanted = max(least - len(out), 0)
        patterns = schema.get("patternProperties", {})
        rest = schema.get("additionalProperties")
        if not schema.get("properties") and (patterns or isinstance(rest, Mapping)) and self.optional:
            wanted = max(wanted, 1)
        if not wanted:
            return out
        for key, inner in self.entries(schema, wanted):
            value = self.value(inner, key if name == "" else name)
            if value is NOTHING:
                return out if len(out) >= least else NOTHING
            out[key] = value
        return out if len(out) >= least else NOTHING

    def entries(self, schema: Schema, wanted: int) -> Iterator[tuple[str, Any]]:
        patterns = schema.get("patternProperties", {})
        rest = schema.get("additionalProperties", True)
        names = schema.get("propertyNames")
        for index in range(wanted):
            if patterns:
                from asyncapi.schemas.patterns import matching

                pattern, inner = next(iter(patterns.items()))
                key = matching(pattern, least=index)
                if key is not None:
                    yield key, inner
            elif rest is not False:
                yield self.key(names, schema.get("x-key-type"), index), rest

    def key(self, names: Any, kind: Any, index: int) -> str:
        """Return a key of a dict whose keys are restricted, or of one whose code has other keys than text."""
        if kind in ("integer", "number"):
            return str(index + 1)
        if kind == "boolean":
            return ("true", "false")[index % 2]
        if isinstance(names, Mapping):
            allowed = self.resolved(names)
            if isinstance(allowed.get("enum"), list):
                return str(allowed["enum"][index % len(allowed["enum"])])
            made = self.value(allowed, "key")
            return f"{made}{index + 1}" if index and isinstance(made, str) else str(made)
        return "key" if index == 0 else f"key{index + 1}"

    def array(self, schema: Schema, name: str) -> Any:
        items = schema.get("items")
        least, most = schema.get("minItems", 0), schema.get("maxItems", math.inf)
        if least > _MOST_ITEMS:
            return NOTHING
        single = name[:-1] if name.endswith("s") and len(name) > 3 else name
        out: list[Any] = []
        if isinstance(items, list):
            for inner in items[: int(min(most, len(items)))]:
                value = self.value(inner, inner.get("title", single) if isinstance(inner, Mapping) else single)
                if value is NOTHING:
                    return out if len(out) >= least else NOTHING
                out.append(value)
            items = schema.get("additionalItems", True)
            wanted = least
        else:
            wanted = max(least, 1 if isinstance(items, Mapping) and items and self.optional else 0)
        return self.repeated(schema, out, items, int(min(wanted, most)), single)

    def repeated(self, schema: Schema, out: list[Any], items: Any, wanted: int, name: str) -> Any:
        while len(out) < wanted:
            value = self.value(items, name)
            if value is NOTHING:
                return out if len(out) >= schema.get("minItems", 0) else NOTHING
            if schema.get("uniqueItems") and value in out:
                value = another(value, items if isinstance(items, Mapping) else {}, len(out))
                self.sure = False
            out.append(value)
        if "contains" in schema and (value := self.value(schema["contains"], name)) is not NOTHING:
            out[-1:] = [value] if len(out) >= schema.get("maxItems", math.inf) else [*out[-1:], value]
        return out

    def text(self, schema: Schema, name: str) -> Any:
        """Return text of a format, of a pattern, or by the field's name, within the bounds of its length."""
        least, most = schema.get("minLength", 0), schema.get("maxLength", _LONGEST_TEXT)
        if least > _LONGEST_TEXT:
            return NOTHING
        made = realistic.formatted(str(schema["format"]), name) if "format" in schema else None
        plain = made if made is not None else within(realistic.text(name), least, most)
        if schema.get("contentMediaType") == "application/json" and "x-content-schema" in schema:
            inner = self.value(schema["x-content-schema"], name)
            return NOTHING if inner is NOTHING else json.dumps(inner)
        if made is not None and "x-limits" in schema:
            self.sure = False
            return self.limited(schema, made)
        if "pattern" in schema:
            self.sure = False
            return self.patterned(schema, plain, least, most)
        if made is not None and not least <= len(made) <= most:
            self.sure = False
        return plain

    def limited(self, schema: Schema, plain: str) -> Any:
        """Return text within limits for which JSON Schema has no keyword, as far as these are known.

        No validator takes a date and time without an offset; where that is asked for, it has one all the same.
        """
        from asyncapi.schemas.limits import fitting

        said = schema["x-limits"]
        naive = isinstance(said, Mapping) and said.get("offset") == "forbidden"
        made = None if naive else fitting(schema["format"], said, first=plain)
        return plain if made is None else made

    def patterned(self, schema: Schema, plain: str, least: int, most: int) -> Any:
        from asyncapi.schemas.patterns import matching

        alone = {key: schema[key] for key in ("pattern", "minLength", "maxLength") if key in schema}
        if not valid(plain, alone, {}):
            return plain
        made = matching(str(schema["pattern"]), least, most)
        return NOTHING if made is None else made


def _followed(ref: str, components: Mapping[str, Any]) -> Any:
    """Return what a reference leads to, also inside a component; False where that is nowhere."""
    value: Any = components
    for step in ref[len(COMPONENTS) :].split("/"):
        word = unescape(step)
        if isinstance(value, Mapping) and word in value:
            value = value[word]
        elif isinstance(value, list) and word.isdecimal() and int(word) < len(value):
            value = value[int(word)]
        else:
            return False
    return value
