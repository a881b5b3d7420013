"""Which models a system has twice: under one name in its contracts, or as a copy in a service that went its own way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from asyncapi.contracts.definitions import reachable
from asyncapi.contracts.facts import Model
from asyncapi.findings import Finding
from asyncapi.resolve.resolved import ResolvedSystem
from asyncapi.sites import ServiceSource
from asyncapi.sources import Source


def other_namesake_at_call(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield the calls and handlers whose model only shares its name with the contract of their topic."""
    known = {model.id for model in system.contracts.models}
    topics = {topic.address: topic for topic in system.topics}
    for site in system.scan.sites:
        topic = topics.get(system.addresses.home(site.topic) or "")
        if topic is None or site.model not in known or site.model in topic.models:
            continue
        namesake = next((model for model in topic.models if _last(model) == _last(site.model)), "")
        if namesake:
            verb = "sends" if site.action == "send" else "validates"
            yield about(
                f"{site.service} {verb} {site.model} on {topic.address}; the contract is {namesake}",
                site.source,
                remedy=f"import {_last(namesake)} from {namesake.rpartition('.')[0]}",
                topic=topic.address,
                subject=f"{topic.address} {site.model}",
                service=site.service,
            )


def local_model_shadows_contract(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield the models of services that have the name of a contract's model and other fields."""
    contracts = {model.name: model for model in _carried(system)}
    for qualified, fields, source in system.scan.local_models:
        model = contracts.get(_last(qualified))
        if model is None or source.file == model.source.file or set(fields) == {field.name for field in model.fields}:
            continue
        theirs = {field.name for field in model.fields}
        missing, added = sorted(theirs - set(fields)), sorted(set(fields) - theirs)
        differences = [f"lacks {', '.join(missing)}"] if missing else []
        differences += [f"adds {', '.join(added)}"] if added else []
        service = _service_of(source.file, system.scan.services)
        yield about(
            f"{service or source.file} has a {model.name} of its own, which {' and '.join(differences)}",
            source,
            remedy=f"import {model.name} from {model.module}, or give the local model another name",
            subject=f"{service} {model.name}",
            service=service,
        )


def models_share_a_name(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield the class names that several different models of the contracts share."""
    bases = {base for model in system.contracts.models for base in model.bases}
    by_name: dict[str, list[Model]] = {}
    for model in system.contracts.models:
        if model.id not in bases:
            by_name.setdefault(_written_name(model), []).append(model)
    for name, models in by_name.items():
        if len(models) > 1:
            topics = tuple(topic.address for topic in system.topics if {m.id for m in models} & set(topic.models))
            found = about(
                f"{len(models)} models are called {name}: {', '.join(model.id for model in models)}",
                models[-1].source,
                remedy="give one of them another name, or keep one",
                subject=name,
            )
            yield replace(found, topics=topics)


def _written_name(model: Model) -> str:
    """Return the name with the classes around it: `LampSet.Payload` is not `LampState.Payload`."""
    return model.id.removeprefix(f"{model.module}.") if "[" not in model.id else model.name


def _carried(system: ResolvedSystem) -> list[Model]:
    """Return the models that travel, themselves or inside of others."""
    needed = reachable([model for topic in system.topics for model in topic.models], system.contracts)
    return [model for model in system.contracts.models if model.id in needed]


def _service_of(file: str, services: tuple[ServiceSource, ...]) -> str:
    inside = [service for service in services if file.startswith(f"{service.path.rstrip('/')}/")]
    return max(inside, key=lambda service: len(service.path)).name if inside else ""


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def about(
    message: str,
    source: Source | None,
    *,
    remedy: str,
    subject: str,
    topic: str = "",
    service: str = "",
) -> Finding:
    return Finding(
        rule="",
        severity="warning",
        message=message,
        subject=subject,
        remedy=remedy,
        source=source.ref if source else "",
        line=source.line if source else None,
        topics=(topic,) if topic else (),
        services=(service,) if service else (),
    )
