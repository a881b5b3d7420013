"""What can be on the wire and what is accepted there: P and C of a message as schemas.

P is what a sender built from the payload schema emits: only declared fields, unless the model allows extras, and
all of them, unless it dumps with `exclude_*`. C is `x-accepts`, else the payload. A schema without `x-extra` is
taken as it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from asyncapi.compare.reading import target_of
from asyncapi.compare.wellformed import tidy
from asyncapi.registry import Message, Operation, Registry

Json = dict[str, Any]
Schemas = Mapping[str, Any]
Dump = Literal["whole", "without-none", "partial"]
"""All fields; those that are not null; or any that have a default may be missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """A schema with the schemas that its references lead to."""

    schema: Mapping[str, Any]
    schemas: Schemas


class Wire:
    """P and C of the messages of one registry; each set of schemas is made once."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._sent: dict[Dump, Schemas] = {}

    def accepted(self, message: Message) -> Wired | None:
        """Return C of a message, None when its payload is no JSON Schema."""
        schema = message.accepts if message.accepts is not None else message.payload
        return None if schema is None else Wired(schema=schema, schemas=self.registry.schemas)

    def sent(self, message: Message, dump: Dump) -> Wired | None:
        """Return P of a message under one way to dump it, None when its payload is no JSON Schema."""
        if message.payload is None:
            return None
        if dump not in self._sent:
            schemas = self.registry.schemas
            self._sent[dump] = {key: emitted(schema, dump, schemas) for key, schema in schemas.items()}
        return Wired(schema=emitted(message.payload, dump, self.registry.schemas), schemas=self._sent[dump])


def dumps(senders: Iterable[Operation]) -> tuple[Dump, ...]:
    """Return the ways in which a message is dumped, as far as its senders were seen; all when nobody was."""
    found: dict[Dump, None] = {}
    for operation in senders:
        options = [site.dump or operation.dump for site in operation.sites if site.model or site.dump or operation.dump]
        if not options:
            return ("partial",)
        found.update(dict.fromkeys(_dump(dict(one)) for one in options))
    return tuple(found) or ("partial",)


def _dump(options: Mapping[str, bool]) -> Dump:
    if options.get("exclude_unset") or options.get("exclude_defaults"):
        return "partial"
    return "without-none" if options.get("exclude_none") else "whole"


def emitted(schema: Any, dump: Dump, schemas: Schemas) -> Any:
    """Return a schema closed and completed as a model that carries `x-extra` is dumped."""
    if not isinstance(schema, Mapping) or "x-extra" not in schema or not isinstance(schema.get("properties"), Mapping):
        return schema
    out: Json = dict(tidy(schema))
    if "properties" not in out:
        return schema
    if schema["x-extra"] != "allow":
        out["additionalProperties"] = False
    if dump == "whole":
        out["required"] = list(schema["properties"])
    elif dump == "without-none":
        nullable = {name for name, inner in schema["properties"].items() if _nullable(inner, schemas, 0)}
        out["required"] = [name for name in schema["properties"] if name not in nullable]
        out["properties"] = {
            name: {"allOf": [inner], "not": {"type": "null"}} if name in nullable else inner
            for name, inner in schema["properties"].items()
        }
    return out


def _nullable(schema: Any, schemas: Schemas, depth: int) -> bool:
    """Say whether a schema may admit null; a value that is null in no sample is never left out."""
    if not isinstance(schema, Mapping) or depth > 20:
        return schema is not False
    schema = tidy(schema)
    if isinstance(ref := schema.get("$ref"), str):
        return _nullable(target_of(ref, schemas, None), schemas, depth + 1)
    types = schema.get("type")
    if types is not None and "null" not in (types if isinstance(types, list) else [types]):
        return False
    if "const" in schema or isinstance(schema.get("enum"), list):
        return None in (_listed(schema.get("enum")) or [schema.get("const")])
    inner = [_nullable(arm, schemas, depth + 1) for arm in _listed(schema.get("allOf"))]
    arms = _listed(schema.get("anyOf")) or _listed(schema.get("oneOf"))
    return all(inner) and (not arms or any(_nullable(arm, schemas, depth + 1) for arm in arms))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
