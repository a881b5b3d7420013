"""Documents made from a document: one service's own view of a system, complete in itself."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from asyncapi.documents.belonging import service_of
from asyncapi.documents.document import Document, Limits
from asyncapi.documents.normalise import apply_traits
from asyncapi.documents.references import References, Spot
from asyncapi.documents.typed import table, word
from asyncapi.pointers import from_fragment, join, look_up, split

Json = dict[str, Any]
_WHOLE_SYSTEM = ("x-findings", "x-coverage", "x-undelivered", "x-unseen", "x-flows")


def services(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the services whose operations a document holds, in order of appearance."""
    return tuple(dict.fromkeys(owners(raw).values()))


def per_service(raw: Mapping[str, Any], service: str, known: Mapping[str, str] | None = None) -> Json:
    """Return the document of one service: its operations, the channels they touch, what those refer to.

    `known` is what `owners` returned, where it is known already. Raises KeyError when the document has no
    operation of that service.
    """
    found = owners(raw) if known is None else known
    operations = {key: o for key, o in _objects(raw, "operations").items() if found[key] == service}
    if not operations:
        raise KeyError(service)
    head = {key: value for key, value in _objects(raw, "info", whole=True).items() if key != "tags"}
    kept = _closure(raw, [operations, raw.get("servers"), head])
    derived: Json = {key: value for key, value in raw.items() if key not in ("channels", "operations", "components")}
    derived["info"] = _info(raw, service, kept)
    derived["channels"] = {key: c for key, c in _objects(raw, "channels").items() if ("channels", key) in kept}
    derived["operations"] = {key: _own_causes(operation, operations) for key, operation in operations.items()}
    components = {
        kind: {key: value for key, value in group.items() if ("components", kind, key) in kept}
        for kind, group in _objects(raw, "components").items()
    }
    derived["components"] = {kind: group for kind, group in components.items() if group}
    derived["info"] = _with_lines(derived, raw)
    return copy.deepcopy(derived)


def owners(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return the service of every operation, references followed and traits applied."""
    references = References(Document(raw=raw), root=None, limits=Limits())
    title = word(_objects(raw, "info", whole=True).get("title"))
    found: dict[str, str] = {}
    for key, written in _objects(raw, "operations").items():
        value, spot = references.follow(written, Spot(join("/operations", key))) or ({}, Spot(""))
        operation = value if isinstance(value, Mapping) else {}
        if "traits" in operation:
            operation = apply_traits(operation, spot, references)[0]
        listed = operation.get("tags")
        tags = [references.follow(tag, spot) for tag in (listed if isinstance(listed, list) else ())]
        names = [word(tag[0].get("name")) for tag in tags if tag is not None and isinstance(tag[0], Mapping)]
        found[key] = service_of(operation, names, title)
    return found


def _objects(raw: Mapping[str, Any], name: str, *, whole: bool = False) -> Mapping[str, Any]:
    """Return the objects of a map of the document, or all of it; what is faulty is as if it were not there."""
    found = raw.get(name)
    if not isinstance(found, Mapping):
        return {}
    return found if whole else {key: value for key, value in found.items() if isinstance(value, Mapping)}


def _closure(raw: Mapping[str, Any], roots: list[Any]) -> set[tuple[str, ...]]:
    """Return the channels and components that the given parts refer to, directly or not, as paths."""
    kept: set[tuple[str, ...]] = set()
    waiting = list(_references(roots))
    while waiting:
        steps = tuple(split(from_fragment(waiting.pop()[1:])))
        path = steps[:2] if steps[0] == "channels" else steps[:3]
        if path not in kept and steps[0] in ("channels", "components"):
            kept.add(path)
            with suppress(LookupError):
                waiting += _references(look_up(raw, join("", *path)))
    return kept


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        target = value.get("$ref")
        if isinstance(target, str) and target.startswith("#/"):
            yield target
        model = value.get("x-model")
        if isinstance(model, str):
            yield f"#/components/schemas/{model}"
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _info(raw: Mapping[str, Any], service: str, kept: set[tuple[str, ...]]) -> Json:
    info = {k: v for k, v in _objects(raw, "info", whole=True).items() if k not in _WHOLE_SYSTEM}
    info["title"] = f"{info.get('title', '')}: {service}"
    known = info.get("x-services")
    if isinstance(known, Mapping):
        info["x-services"] = {name: said for name, said in known.items() if name == service}
    tags = info.get("tags")
    if isinstance(tags, list):
        info["tags"] = [tag for tag in tags if not isinstance(tag, Mapping) or _is_kept(tag, kept)]
    return info


def _is_kept(tag: Mapping[str, Any], kept: set[tuple[str, ...]]) -> bool:
    target = tag.get("$ref")
    return not isinstance(target, str) or tuple(split(from_fragment(target[1:]))) in kept


def _own_causes(operation: Mapping[str, Any], operations: Mapping[str, Any]) -> Json:
    listed = operation.get("x-causes")
    causes = [
        cause
        for cause in (listed if isinstance(listed, list) else ())
        if isinstance(cause, Mapping) and word(cause.get("operation")) in operations
    ]
    rest = {key: value for key, value in operation.items() if key != "x-causes"}
    return rest | ({"x-causes": causes} if causes else {})


def _with_lines(derived: Json, raw: Mapping[str, Any]) -> Json:
    """Return the info object with the lines of those sources only that the derived document mentions."""
    info: Json = dict(derived["info"])
    lines = _objects(raw, "info", whole=True).get("x-lines")
    if isinstance(lines, Mapping):
        said = set(_texts({key: value for key, value in derived.items() if key != "info"}))
        schemas = derived["components"].get("schemas", {}).values()
        fields = {f"{s.get('x-source')}.{name}" for s in map(table, schemas) for name in table(s.get("properties"))}
        info["x-lines"] = {ref: line for ref, line in lines.items() if ref in said or ref in fields}
    return info


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
