"""A value beside a schema → what the schema does not admit, nearest alternatives first, in a bounded number of steps.

Every pair of schema and value is looked at once, so that neither recursion nor unions can make it long.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from asyncapi.schemas import Schema, fields
from asyncapi.schemas.dialects import COMPONENTS, unescape
from asyncapi.schemas.violations import scalars
from asyncapi.schemas.violations.matching import Matching
from asyncapi.schemas.violations.reading import read_payload
from asyncapi.schemas.violations.unions import label, lacks_tag, missing_field, nearest
from asyncapi.schemas.violations.violation import NOTHING, Violations, one, together, told

MAX_STEPS: Final = 150_000  # pairs of schema and value; bounds what one request costs
_NOT_CHECKED = frozenset(("unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$recursiveRef"))
_LITERAL, _COMPOUND = frozenset(("const", "enum")), frozenset(("allOf", "anyOf", "oneOf", "not", "if"))
_MOST_NAMES, _MOST_HINTS = 200, 12


class TooInvolvedError(Exception):
    """Schema and payload together ask for more steps than are taken here."""


@dataclass(slots=True)
class Steps:
    """How many pairs of schema and value may still be looked at."""

    left: int = MAX_STEPS

    def take(self, count: int = 1) -> None:
        """Take some; TooInvolvedError when none are left."""
        self.left -= count
        if self.left < 0:
            raise TooInvolvedError


class Explaining:
    """Looks at values beside the schemas of one document.

    `unchecked` names what it left undecided; `plain` falls where a schema says what draft-07 cannot say.
    """

    def __init__(self, schemas: Mapping[str, Schema], matching: Matching, steps: Steps) -> None:
        self.schemas, self.matching, self.steps = schemas, matching, steps
        self.known: dict[tuple[int, int], Violations] = {}
        self.unchecked: dict[str, None] = {}
        self.plain = True
        self.hints = _MOST_HINTS
        self.words: dict[int, str] = {}
        self.unpacked: list[Any] = []
        self.modelled: bool | None = None

    def found(self, schema: Any, value: Any) -> Violations:
        """Return what a schema does not admit in a value; both must outlive this object."""
        if not isinstance(schema, Mapping):
            return _nothing_may_stand(value) if schema is False else NOTHING
        key = (id(schema), id(value))
        known = self.known.get(key)
        if known is None:
            self.steps.take()
            self.known[key] = NOTHING  # what a schema says of itself in a circle adds nothing
            known = self.known[key] = self._look(schema, value)
        return known

    def _look(self, schema: Schema, value: Any) -> Violations:
        target = schema.get("$ref")
        if isinstance(target, str):
            return self._referred(target, value)
        if not scalars.is_of_type(schema, value):
            return scalars.wrong_type(self._said(schema), value)
        if not _NOT_CHECKED.isdisjoint(schema):
            self.unchecked |= {f"the keyword {word}": None for word in sorted(_NOT_CHECKED.intersection(schema))}
        parts = [NOTHING, *self._inside(schema, value)]
        if not _LITERAL.isdisjoint(schema):
            self.steps.take(len(schema["enum"]) // 16 if isinstance(schema.get("enum"), list) else 0)
            wrong = list(scalars.literal(schema, value, hints=self.hints > 0))
            self.hints -= len(wrong)
            parts += wrong
        if not _COMPOUND.isdisjoint(schema):
            parts += self._both(schema, value)
        return together(parts)

    def _said(self, schema: Schema) -> str:
        """Return a type in words; kept, because every item of a long list can have the wrong type."""
        if id(schema) not in self.words:
            self.words[id(schema)] = fields.words(schema, self.schemas)[0]
        return self.words[id(schema)]

    def _referred(self, target: str, value: Any) -> Violations:
        key = unescape(target.removeprefix(COMPONENTS))
        if not target.startswith(COMPONENTS) or key not in self.schemas:
            self.unchecked[f"the reference {target[:120]}"] = None
            return NOTHING
        return self.found(self.schemas[key], value)

    def _inside(self, schema: Schema, value: Any) -> Iterator[Violations]:
        if isinstance(value, str):
            yield from scalars.text(schema, value, self.matching, self.unchecked)
            if schema.get("contentMediaType") == "application/json" and "contentEncoding" not in schema:
                yield from self._packed(schema, value)
        elif isinstance(value, list):
            yield from self._list(schema, value)
        elif isinstance(value, dict):
            yield from self._object(schema, value)
        elif scalars.is_number(value):
            yield from scalars.number(schema, value, self.unchecked)

    def _packed(self, schema: Schema, text: str) -> Iterator[Violations]:
        """Yield what is wrong with a text that holds JSON, checked against the schema of its content."""
        self.steps.take(1 + len(text) // 64)
        payload = read_payload(text)
        if not payload.readable:
            found = told(text)
            why = payload.faults[0] if text.strip() else "it is empty"
            message = f"expected JSON inside of the text, found {found}: {why}"
            yield one(rule="contentMediaType", message=message, constraint="text that holds JSON", found=found)
            return
        self.unpacked.append(payload.value)
        inner = self.found(schema.get("x-content-schema", schema.get("contentSchema", True)), payload.value)
        problems = tuple(
            replace(problem, parts=(), rule="contentSchema", message=f"inside of the text, {problem}")
            for problem in inner.problems
        )
        yield replace(inner, problems=problems)

    # lists

    def _list(self, schema: Schema, value: list[Any]) -> Iterator[Violations]:
        yield from scalars.amount(schema, len(value), ("minItems", "maxItems"), value)
        fixed, rest = _items(schema)
        self.plain = self.plain and "prefixItems" not in schema and "minContains" not in schema
        for index, item in enumerate(value):
            found = self.found(fixed[index] if index < len(fixed) else rest, item)
            if found is not NOTHING:
                yield found.under(index)
        if schema.get("uniqueItems") is True:
            self.steps.take(len(value))
            first: dict[Any, int] = {}
            for index, item in enumerate(value):
                before = first.setdefault(scalars.canonical(item), index)
                if before != index:
                    yield _twice(item, before).under(index)
        if "contains" in schema:
            yield from self._contains(schema, value)

    def _contains(self, schema: Schema, value: list[Any]) -> Iterator[Violations]:
        fitting = sum(not self.found(schema["contains"], item).count for item in value)
        low, high = schema.get("minContains", 1), schema.get("maxContains")
        if (scalars.is_number(low) and fitting < low) or (scalars.is_number(high) and fitting > high):
            wanted = (
                fields.words(schema["contains"], self.schemas)[0] if isinstance(schema["contains"], dict) else "any"
            )
            most = f" to {high}" if scalars.is_number(high) else " or more"
            constraint = f"{low}{most} items that are {wanted}"
            yield one(rule="contains", message=f"expected {constraint}, found {fitting}", constraint=constraint)

    # objects

    def _object(self, schema: Schema, value: dict[str, Any]) -> Iterator[Violations]:
        known = schema.get("properties")
        declared: Mapping[str, Any] = known if isinstance(known, Mapping) else {}
        required = schema.get("required")
        missing = (
            [name for name in required if isinstance(name, str) and name not in value]
            if isinstance(required, list)
            else []
        )
        self.steps.take(len(declared) // 16 + len(missing))
        for name in dict.fromkeys(missing):
            yield missing_field(name, declared.get(name), self.schemas)
        yield from scalars.amount(schema, len(value), ("minProperties", "maxProperties"), value)
        for name, inner in declared.items():
            if name in value:
                found = self.found(inner, value[name])
                if found is not NOTHING:
                    yield found.under(name)
        yield from self._names(schema, value)
        yield from self._others(schema, value, declared, missing)
        yield from self._dependent(schema, value)

    def _names(self, schema: Schema, value: dict[str, Any]) -> Iterator[Violations]:
        if "propertyNames" in schema:
            for name in value:
                found = self.found(schema["propertyNames"], name)
                for problem in found.problems[:1]:
                    message = f"the name is not allowed: {problem.message}"
                    yield one(parts=(name,), rule="propertyNames", message=message, constraint=problem.constraint)
        elif "x-key-type" in schema:
            yield from self._keys(schema["x-key-type"], value)

    def _keys(self, kind: Any, value: dict[str, Any]) -> Iterator[Violations]:
        """Yield violations of names that do not read as the type of a dict's keys: `x` in a `dict[int, str]`."""
        from asyncapi.schemas.meaning import KEYS

        pattern = KEYS.get(kind) if isinstance(kind, str) else None
        if pattern is None:
            return
        for name in value:
            if self.matching.fits(pattern, name) is False:
                message = f"the name is not allowed: expected {kind}, found {told(name)}"
                yield one(parts=(name,), rule="propertyNames", message=message, constraint=f"a name that is {kind}")

    def _others(
        self, schema: Schema, value: dict[str, Any], declared: Mapping[str, Any], missing: list[str]
    ) -> Iterator[Violations]:
        """Yield what is wrong with properties that are found by pattern, or are not declared at all."""
        patterns = schema.get("patternProperties")
        patterned = list(patterns.items()) if isinstance(patterns, Mapping) else []
        rest = schema.get("additionalProperties", not (patterned and self._takes_no_others(schema)))
        if rest is True and not patterned:
            return
        names = [other for other in (missing or list(declared))[:_MOST_NAMES] if len(other) <= 100]
        for name, item in value.items():
            self.steps.take(len(patterned))
            fitting = [inner for inner in self._patterned(patterned, name) if inner is not None]
            for inner in fitting or ([] if name in declared else [rest]):
                if inner is False and patterned and not declared:
                    yield _unmatched(name, item, patterned)
                elif inner is False:
                    yield _unknown(name, item, names)
                    self.hints -= 1
                    names = names if self.hints > 0 else []
                elif inner is not True:
                    yield self.found(inner, item).under(name)

    def _takes_no_others(self, schema: Schema) -> bool:
        from asyncapi.schemas.meaning import modelled, names_by_pattern_only

        if self.modelled is None:
            self.modelled = modelled(self.schemas)
        return self.modelled and names_by_pattern_only(schema)

    def _patterned(self, patterned: list[tuple[str, Any]], name: str) -> Iterator[Any]:
        """Yield the schemas whose pattern a name matches; True for a pattern that could not be decided."""
        for pattern, inner in patterned:
            fits = self.matching.fits(pattern, name)
            if fits is None:
                self.unchecked[f"the pattern {pattern[:120]}"] = None
            if fits is not False:
                yield inner if fits else True

    def _dependent(self, schema: Schema, value: dict[str, Any]) -> Iterator[Violations]:
        for word in ("dependencies", "dependentRequired", "dependentSchemas"):
            given = schema.get(word)
            self.steps.take(len(given) // 16 if isinstance(given, Mapping) else 0)
            for name, asked in given.items() if isinstance(given, Mapping) else ():
                if name in value and isinstance(asked, list):
                    for other in asked:
                        if isinstance(other, str) and other not in value:
                            message = f"is missing: `{name}` asks for it"
                            yield one(parts=(other,), rule="required", message=message, constraint="required")
                elif name in value:
                    yield self.found(asked, value)

    # several schemas for one value

    def _both(self, schema: Schema, value: Any) -> Iterator[Violations]:
        for inner in _listed(schema.get("allOf")):
            yield self.found(inner, value)
        for word in ("anyOf", "oneOf"):
            if arms := _listed(schema.get(word)):
                yield self._union(schema, arms, value, word)
        if "not" in schema:
            inner = self.found(schema["not"], value)
            yield inner_weight(inner)
            if not inner.count and schema["not"] in ({}, True):
                yield _nothing_may_stand(value)
            elif not inner.count:
                said = fields.words(schema["not"], self.schemas)[0] if isinstance(schema["not"], Mapping) else "any"
                constraint = f"anything but {said}"
                yield one(rule="not", message=f"expected {constraint}, found {told(value)}", constraint=constraint)
        if "if" in schema:
            condition = self.found(schema["if"], value)
            yield inner_weight(condition)
            yield self.found(schema.get("else" if condition.count else "then", True), value)

    def _union(self, schema: Schema, arms: list[Any], value: Any, word: str) -> Violations:
        found = [self.found(arm, value) for arm in arms]
        weight = 1 + sum(item.weight for item in found)
        fitting = [index for index, item in enumerate(found) if not item.count]
        if not fitting or lacks_tag(schema, arms, value, self.schemas):
            closest = nearest(schema, arms, found, value, self.schemas)
        elif len(fitting) == 1 or word == "anyOf":
            return inner_weight(Violations(weight=weight))
        else:
            names = ", ".join(label(arms[index], self.schemas) for index in fitting[:6])
            closest = one(rule=word, message=f"expected exactly one alternative, fits several: {names}")
        return replace(closest, weight=weight)


def inner_weight(found: Violations) -> Violations:
    """Return violations without their texts, with the work it took to find them."""
    return Violations(weight=found.weight)


def _nothing_may_stand(value: Any) -> Violations:
    return one(rule="false", message=f"nothing may stand here, found {told(value)}", found=told(value))


def _twice(item: Any, before: int) -> Violations:
    message = f"expected no value twice, found {told(item)} as item {before}, too"
    return one(rule="uniqueItems", message=message, constraint="no value twice", found=told(item))


def _unknown(name: str, item: Any, candidates: list[str]) -> Violations:
    near = difflib.get_close_matches(name[:100], candidates, n=1, cutoff=0.7)
    hint = f"did you mean `{near[0]}`?" if near else ""
    message = "is not a field here" + (f"; {hint}" if hint else "")
    return one(
        parts=(name,),
        rule="additionalProperties",
        message=message,
        constraint="no further fields",
        found=told(item),
        hint=hint,
    )


def _unmatched(name: str, item: Any, patterned: list[tuple[str, Any]]) -> Violations:
    constraint = " or ".join(f"text that matches {pattern[:120]}" for pattern, _ in patterned[:3])
    message = f"the name is not allowed: expected {constraint}"
    return one(parts=(name,), rule="additionalProperties", message=message, constraint=constraint, found=told(item))


def _items(schema: Schema) -> tuple[list[Any], Any]:
    """Return the schemas of the first items and the one of all others, in either spelling."""
    first, items = schema.get("prefixItems"), schema.get("items", True)
    if isinstance(first, list):
        return first, True if isinstance(items, list) else items
    return (items, schema.get("additionalItems", True)) if isinstance(items, list) else ([], items)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
