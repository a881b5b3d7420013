"""Acceptance schemas under every spelling of a field that Pydantic reads."""

from __future__ import annotations

import typing

from .pipe import Json


class Spellings:
    """Widens an acceptance schema until every spelling of a field that Pydantic reads is accepted."""

    def __init__(self, config: typing.Any, schema: Json) -> None:
        self.by_name = bool(getattr(config, "populate_by_name", None) or getattr(config, "validate_by_name", None))
        self.by_alias = getattr(config, "validate_by_alias", None) is not False
        self.closed = getattr(config, "extra", None) == "forbid"
        self.properties: Json = schema["properties"]
        self.schema = schema

    def widen(self, fields: typing.Any, spelled: typing.Callable[[Json, str], str]) -> None:
        """Rewrite properties and required; two spellings at once are one too many for a closed model."""
        required = self.schema.get("required", [])
        choices: list[Json] = []
        for name, needed, field in fields:
            paths, main = self._paths(name, field), spelled(field, name)
            if paths == [[main]] or main not in self.properties:
                continue
            part = self.properties.pop(main)
            for path in paths:
                self._offer(path, part)
            if main in required:
                required.remove(main)
            arms = [_present(path, part) if path[1:] else {"required": path} for path in paths]
            choices += self._choice(arms, needed=needed)
        if choices:
            self.schema["allOf"] = choices
        if not required:
            self.schema.pop("required", None)

    def _choice(self, arms: list[Json], *, needed: bool) -> list[Json]:
        if needed:
            return [arms[0] if len(arms) == 1 else {"oneOf" if self.closed else "anyOf": arms}]
        if self.closed:
            pairs = [(one, other) for index, one in enumerate(arms) for other in arms[index + 1 :]]
            return [{"not": {"allOf": [one, other]}} for one, other in pairs]
        return []

    def _paths(self, name: str, field: typing.Any) -> list[list[typing.Any]]:
        alias = field.get("validation_alias") if self.by_alias else None
        if alias is None:
            return [[name]]
        single = isinstance(alias, str) or isinstance(alias[0], str)
        paths = [[alias] if isinstance(alias, str) else list(alias)] if single else [list(path) for path in alias]
        if self.by_name and [name] not in paths:
            paths.append([name])
        return paths

    def _offer(self, path: list[typing.Any], part: Json) -> None:
        if len(path) == 1:
            self.properties[path[0]] = part
        else:
            self.properties.setdefault(path[0], {})


def _present(path: list[typing.Any], part: Json) -> Json:
    """Return the schema that asks for a value at the end of a path of keys and positions."""
    step, rest = path[0], path[1:]
    inner = {"type": "array" if isinstance(rest[0], int) else "object", **_present(rest, part)} if rest else part
    if not isinstance(step, int):
        return {"required": [step], "properties": {step: inner}}
    if step < 0:
        return {"minItems": -step}
    return {"minItems": step + 1, "prefixItems": [{}] * step + [inner]}
