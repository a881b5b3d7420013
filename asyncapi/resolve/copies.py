"""Models that a system has several times, word for word: one of them stands for all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from asyncapi.contracts.definitions import reachable
from asyncapi.contracts.facts import Contracts, Model
from asyncapi.sites import Scan


def without_copies(contracts: Contracts, scan: Scan) -> tuple[Contracts, Scan]:
    """Return contracts in which the first of several equal models stands for all, and the calls that name it.

    Equal are models of one name that send and accept the same. Services that share no package often copy them.
    """
    names = [model.name for model in contracts.models]
    if len(set(names)) == len(names):
        return contracts, scan
    kept: dict[str, str] = {}
    first: dict[str, str] = {}
    for model in contracts.models:
        kept[model.id] = first.setdefault(_signature(model, contracts), model.id)
    models = tuple(model for model in contracts.models if kept[model.id] == model.id)
    if len(models) == len(contracts.models):
        return contracts, scan
    sites = tuple(replace(site, model=kept.get(site.model, site.model)) for site in scan.sites)
    return replace(contracts, models=models), replace(scan, sites=sites)


def _signature(model: Model, contracts: Contracts) -> str:
    """Return everything that a model sends and accepts as text, with its own names for what it refers to."""
    inner = reachable([model.id], contracts)
    if model.id not in inner:
        return model.id
    definitions = sorted(json.dumps(_plain(contracts.definitions[name]), sort_keys=True) for name in inner)
    accepted = json.dumps(_plain(model.accepts), sort_keys=True)
    return "\0".join((model.name, model.kind, model.extra or "", accepted, *definitions))


def _plain(schema: Any) -> Any:
    if isinstance(schema, Mapping):
        return {key: _last(value) if key == "$ref" else _plain(value) for key, value in schema.items()}
    return [_plain(item) for item in schema] if isinstance(schema, list | tuple) else schema


def _last(reference: Any) -> Any:
    return reference.rpartition("/")[2].rpartition(".")[2] if isinstance(reference, str) else reference
