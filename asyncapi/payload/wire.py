"""What can be on the wire and what is accepted there: P and C of a message as schemas.

P is what a sender built from the payload schema emits: only declared fields, unless the model allows extras, and
all of them, unless it dumps with `exclude_*`. C is `x-accepts`, else the payload. A schema without `x-extra` is
taken as it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from asyncapi.schemas.meaning import meant, modelled
from asyncapi.schemas.prover.reading import target_of
from asyncapi.schemas.prover.wellformed import tidy
from asyncapi.view.registry import Message, Operation, Registry

Json = dict[str, Any]
Schemas = Mapping[str, Any]
Dump = Literal["whole", "without-none", "partial", "partial-without-none"]
"""All fields; those that are not null; any that have a default may be missing; or these and all that are null are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """A schema with the schemas that its references lead to."""

    schema: Mapping[str, Any]
    schemas: Schemas


class WireSchemas:
    """P and C of the messages of one registry; each set of schemas is made once. `schemas` are as they are meant."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._modelled = modelled(registry.schemas)
        self.schemas: Schemas = {key: self._meant(schema) for key, schema in registry.schemas.items()}
        self._sent: dict[Dump, Schemas] = {}

    def accepted(self, message: Message) -> Wired | None:
        """Return C of a message, None when its payload is no JSON Schema."""
        schema = message.accepts if message.accepts is not None else message.payload
        return None if schema is None else Wired(schema=self._meant(schema), schemas=self.schemas)

    def sent(self, message: Message, dump: Dump) -> Wired | None:
        """Return P of a message under one way to dump it, None when its payload is no JSON Schema."""
        if message.payload is None:
            return None
        if dump not in self._sent:
            self._sent[dump] = {key: emitted(schema, dump, self.schemas) for key, schema in self.schemas.items()}
        return Wired(schema=emitted(self._meant(message.payload), dump, self.schemas), schemas=self._sent[dump])

    def _meant(self, schema: Any) -> Any:
        return meant(schema) if self._modelled else schema


UNKNOWN: tuple[Dump, ...] = ("partial", "partial-without-none")
"""What a sender that was not seen may leave out: anything that a model can leave out."""


def dumps(senders: Iterable[Operation], *, unknown: tuple[Dump, ...] = UNKNOWN) -> tuple[Dump, ...]:
    """Return the ways in which the senders dump a message; `unknown` where the call of one was not seen."""
    found: dict[Dump, None] = {}
    for operation in senders:
        options = [site.dump or operation.dump for site in operation.sites if site.model or site.dump or operation.dump]
        if not options:
            return unknown
        found.update(dict.fromkeys(_dump(dict(one)) for one in options))
    return tuple(found) or unknown


def _dump(options: Mapping[str, bool]) -> Dump:
    if options.get("exclude_unset") or options.get("exclude_defaults"):
        return "partial-without-none" if options.get("exclude_none") else "partial"
    return "without-none" if options.get("exclude_none") else "whole"


def emitted(schema: Any, dump: Dump, schemas: Schemas) -> Any:
    """Return the schema of what a model's dump holds.

    A dump has only declared fields, so it is closed unless the model keeps extras; and all of them, so each is required
    unless the dump leaves some out.
    """
    if not isinstance(schema, Mapping) or "x-extra" not in schema or not isinstance(schema.get("properties"), Mapping):
        return schema
    out: Json = dict(tidy(schema))
    if "properties" not in out:
        return schema
    if schema["x-extra"] != "allow":
        out["additionalProperties"] = False
    if schema.get("x-partial") is True:
        dump = "partial-without-none" if "without-none" in dump else "partial"
    if dump == "whole":
        out["required"] = list(schema["properties"])
    elif dump != "partial":
        nullable = {name for name, inner in schema["properties"].items() if _nullable(inner, schemas, 0)}
        sent = schema["properties"] if dump == "without-none" else _listed(schema.get("required"))
        out["required"] = [name for name in sent if isinstance(name, str) and name not in nullable]
        never = {name for name in nullable if not _null_by_reference(schema["properties"][name], schemas)}
        out["properties"] = {
            name: {"allOf": [inner], "not": {"type": "null"}} if name in never else inner
            for name, inner in out["properties"].items()
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


def _null_by_reference(schema: Any, schemas: Schemas) -> bool:
    """Say whether a component may be what admits null: a root model that holds null is sent, and not left out."""
    if not isinstance(schema, Mapping):
        return False
    if isinstance(schema.get("$ref"), str):
        return _nullable(schema, schemas, 0)
    arms = [arm for word in ("allOf", "anyOf", "oneOf") for arm in _listed(schema.get(word))]
    return any(_null_by_reference(arm, schemas) for arm in arms)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
