"""From the child's answer to `Contracts`: plain JSON in, frozen values out, nothing decided but what is a topic."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asyncapi.contracts.distribution import distribution
from asyncapi.contracts.facts import Contracts, Model, ModelField, ModelUnion
from asyncapi.contracts.recognise import recognise
from asyncapi.contracts.rows import rows
from asyncapi.findings import Finding
from asyncapi.sources import Source


def build(answer: Mapping[str, Any], root: Path) -> Contracts:
    """Return the contracts that an answer of the child describes; `root` is the workspace."""
    packages = answer["packages"]
    name, version = distribution(packages[0]["name"], Path(packages[0]["root"]).resolve(), root, answer["path"])
    definitions, accepted, aliased = answer["definitions"], answer["accepted"], answer["aliased"]
    seen = recognise(answer)
    return Contracts(
        package=", ".join(package["name"] for package in packages),
        distribution=name,
        version=version,
        python=answer["python"],
        pydantic=answer["pydantic"],
        doc=next((package["doc"] for package in packages if package["doc"]), ""),
        constants=seen.constants,
        models=tuple(_model(entry, definitions, accepted, aliased) for entry in answer["models"]),
        rows=(*seen.rows, *rows(answer["records"], {event.name: event.topic for event in seen.event_types})),
        event_types=seen.event_types,
        choices=tuple(_choice(entry) for entry in answer["choices"]),
        candidates=seen.candidates,
        definitions=definitions,
        accepted=accepted,
        aliased=aliased,
        symbols={
            key: Source(file=file, symbol=symbol, line=line) for key, (file, symbol, line) in answer["symbols"].items()
        },
        members=answer["members"],
        findings=(*(_finding(entry) for entry in answer["findings"]), *seen.findings),
    )


def _model(
    entry: Mapping[str, Any], definitions: Mapping[str, Any], accepted: Mapping[str, Any], aliased: Mapping[str, Any]
) -> Model:
    identity = entry["id"]
    return Model(
        id=identity,
        name=entry["name"],
        module=entry["module"],
        kind=entry["kind"],
        source=_source(entry),
        doc=entry["doc"],
        extra=entry["extra"],
        deprecated=entry["deprecated"],
        fields=tuple(
            ModelField(name=item["name"], declared_by=item["declared_by"], source=_source(item))
            for item in entry["fields"]
        ),
        bases=tuple(entry["bases"]),
        payload=definitions[identity],
        accepts=accepted[identity] if entry["accepts"] else None,
        aliased=aliased[identity] if entry["aliased"] else None,
    )


def _choice(entry: Mapping[str, Any]) -> ModelUnion:
    source = Source(file=entry["file"], symbol=entry["name"], line=entry["line"])
    return ModelUnion(
        name=entry["name"].rpartition(".")[2],
        module=entry["module"],
        models=tuple(entry["models"]),
        source=source,
        doc=entry["doc"],
    )


def _source(entry: Mapping[str, Any]) -> Source:
    return Source(file=entry["file"], symbol=entry["symbol"], line=entry["line"])


def _finding(entry: Mapping[str, Any]) -> Finding:
    source = Source(file=entry["file"], symbol=entry["symbol"])
    return Finding(
        rule=entry["rule"],
        severity=entry["severity"],
        message=entry["message"],
        subject=entry["subject"],
        remedy=entry["remedy"],
        source=source.ref,
        line=entry["line"],
    )
