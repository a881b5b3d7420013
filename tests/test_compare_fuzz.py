"""Random pairs of Pydantic models: proofs hold for samples, for real Pydantic, and for another prover."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError
from support.edits import ModelSpec, build, edited, message, random_model
from support.models import ATOMS, JUNK, mutated

from asyncapi.contracts.child.classes import class_id
from asyncapi.contracts.child.generator import Generator
from asyncapi.contracts.child.modes import Differences
from asyncapi.contracts.child.references import unescaped
from asyncapi.payload.wire import Dump, emitted
from asyncapi.schemas.meaning import meant
from asyncapi.schemas.prover.answers import Proven, Refuted, Undecided
from asyncapi.schemas.prover.evidence import LazyValidator
from asyncapi.schemas.prover.subset import subset

FACTOR = int(os.environ.get("PORTAL_FUZZ", "0"))
PAIRS = 400 if not FACTOR else 220 * FACTOR


@dataclass
class Tally:
    """What was decided so far."""

    proven: int = 0
    refuted: int = 0
    undecided: int = 0
    lax: int = 0
    samples: int = 0
    contradictions: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, answer: Any) -> None:
        """Count an answer."""
        self.proven += isinstance(answer, Proven)
        self.refuted += isinstance(answer, Refuted)
        self.undecided += isinstance(answer, Undecided)

    @property
    def decisions(self) -> int:
        """Return how many questions were asked."""
        return self.proven + self.refuted + self.undecided


DUMPS: dict[Dump, tuple[dict[str, bool], ...]] = {
    "whole": ({},),
    "without-none": ({"exclude_none": True},),
    "partial": ({}, {"exclude_unset": True}, {"exclude_defaults": True}),
    "partial-without-none": ({"exclude_unset": True, "exclude_none": True}, {"exclude_none": True}),
}


def sides(spec: ModelSpec, dump: Dump) -> tuple[type[BaseModel], dict[str, Any], dict[str, Any]]:
    """Return the class of a model, what it emits and what it accepts, as schemas by name, as the exporter has them."""
    made: dict[str, type[BaseModel]] = {}
    cls = build(spec, made)
    extras = {class_id(one): str(one.model_config.get("extra") or "ignore") for one in made.values()}
    sent, accepted = (_definitions(cls, mode, extras) for mode in ("serialization", "validation"))
    return cls, {name: emitted(schema, dump, sent) for name, schema in sent.items()}, accepted


def _definitions(cls: type[BaseModel], mode: str, extras: dict[str, str]) -> dict[str, Any]:
    core: Any = cls.__pydantic_core_schema__
    walk = Differences()
    walk.possible(core)
    run = Generator(mode, True, walk.names)
    top = run.generate_inner(core)
    found = run.definitions if top.get("$ref", "").startswith("#/$defs/") else run.definitions | {class_id(cls): top}
    named = {unescaped(name): schema for name, schema in found.items()}
    return {_key(name): meant(_referring(_completed(name, schema, extras))) for name, schema in named.items()}


def _key(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name)


def _referring(value: Any) -> Any:
    """Return a schema whose references are spelled as a document spells them."""
    if isinstance(value, list):
        return [_referring(item) for item in value]
    if not isinstance(value, dict):
        return value
    moved = {name: _referring(item) for name, item in value.items()}
    if isinstance(ref := value.get("$ref"), str):
        moved["$ref"] = "#/$defs/" + _key(unescaped(ref.removeprefix("#/$defs/")))
    return moved


def _completed(name: str, schema: dict[str, Any], extras: dict[str, str]) -> dict[str, Any]:
    """Return a schema with what is written beside it of its class."""
    plain = name.partition("[")[0].rpartition(".")[2].startswith(("Typed_", "Plain_"))
    around = {False: "forbid", True: "allow"}.get(schema.get("additionalProperties"), "ignore")  # type: ignore[arg-type]
    extra = extras.get(name, around if plain else "")
    words = {"x-extra": extra} if extra and "properties" in schema else {}
    return schema | words | ({"x-partial": True} if plain and "Typed_" in name else {})


def _ref(cls: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": "#/$defs/" + _key(class_id(cls))}


@pytest.mark.fuzz
@pytest.mark.timeout(60 + 60 * FACTOR)
def test_edited_models_agree_with_samples_and_with_pydantic(capsys: pytest.CaptureFixture[str]) -> None:
    """No proof is contradicted by a message of the sender, neither by schema nor by the reader's own model."""
    tally = Tally()
    start = Random().randrange(10**9) if FACTOR else 0
    for seed in range(start, start + PAIRS):
        _pair(seed, tally)
    with capsys.disabled():
        print(
            f"\ncompare fuzz: {tally.decisions} decisions, {len(tally.contradictions)} contradictions, "
            f"{len(tally.missed)} missed breaks, {tally.undecided} undecided, {tally.lax} refuted but quietly converted"
        )
    assert tally.contradictions == []
    assert tally.missed == []
    assert tally.samples > tally.proven * 7
    assert tally.undecided <= tally.decisions * 0.02
    assert tally.lax <= tally.decisions * 0.02
    assert tally.proven > tally.decisions * 0.3
    assert tally.refuted > tally.decisions * 0.2


def _pair(seed: int, tally: Tally) -> None:
    random = Random(seed)
    old = random_model(random)
    dump: Dump = random.choice(("whole", "whole", "whole", "without-none", "partial", "partial-without-none"))
    new = old
    for _ in range(random.randint(0, 2)):
        new = edited(new, random)
    try:
        one, two = sides(old, dump), sides(new, dump)
    except (TypeError, ValidationError, PydanticUserError):
        return
    for spec, (cls, sent, _), (reader, _, accepted) in ((new, two, one), (old, one, two)):
        a, b = _ref(cls), _ref(reader)
        answer = subset(a, b, a_schemas=sent, b_schemas=accepted)
        tally.add(answer)
        if old == new and not isinstance(answer, Proven) and dump == "whole" and "computed=True" not in repr(old):
            tally.contradictions.append(f"{seed}: a model does not accept itself: {answer}")
        if isinstance(answer, Refuted):
            tally.lax += _reads(reader, json.dumps(answer.example))
        if isinstance(answer, Proven):
            _sampled(seed, tally, (spec, cls, reader), {**b, "$defs": accepted}, DUMPS[dump], random)


def _sampled(
    seed: int,
    tally: Tally,
    pair: tuple[ModelSpec, type[BaseModel], type[BaseModel]],
    schema: Any,
    dumps: tuple[dict[str, bool], ...],
    random: Random,
) -> None:
    spec, cls, reader = pair
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for _ in range(8):
        options = random.choice(dumps)
        try:
            made = cls.model_validate(message(spec, random))
        except ValidationError:  # an edit left a default that its own model rejects: nobody can build that message
            continue
        tally.samples += 1
        text = made.model_dump_json(by_alias=True, **options)
        if not validator.is_valid(json.loads(text)):
            tally.contradictions.append(f"{seed}: {text}")
        if not _reads(reader, text):
            tally.missed.append(f"{seed}: {text}")


def _reads(reader: type[BaseModel], text: str) -> bool:
    try:
        reader.model_validate_json(text)
    except ValidationError:
        return False
    return True


@pytest.mark.fuzz
@pytest.mark.timeout(300)
def test_every_construct_against_every_other(capsys: pytest.CaptureFixture[str]) -> None:
    """All constructs that Pydantic emits, each against each: samples and a second prover never contradict."""
    schemas = _schemas()
    random = Random(1)
    values = [v for _, kind in schemas for _ in range(3) for v in _with_neighbour(kind.make(random), random)] + list(
        JUNK
    )
    judges = [LazyValidator(schema, {}) for schema, _ in schemas]
    admitted = [[value for value in values if judge.admits(value)] for judge in judges]
    other = [jsonschema_rs.canonicalize(schema | {"$schema": DRAFT}) for schema, _ in schemas]
    tally = Tally()
    for i in range(0, len(schemas), 1 if FACTOR else 3):
        for j, (b, _) in enumerate(schemas):
            a = schemas[i][0]
            answer = subset(a, b)
            tally.add(answer)
            if isinstance(answer, Proven):
                wrong = [value for value in admitted[i] if judges[j].admits(value) is False]
                tally.contradictions += [f"{a} ⊆ {b}: {value}" for value in wrong[:1]]
                if str(other[j].covers(other[i])).lower().endswith("no"):
                    tally.contradictions.append(f"{a} ⊆ {b}: another prover refutes it")
            if i == j and not isinstance(answer, Proven):
                tally.contradictions.append(f"{a} ⊄ itself: {answer}")
    with capsys.disabled():
        print(
            f"\ncompare constructs: {tally.decisions} decisions, {len(tally.contradictions)} contradictions, "
            f"{tally.undecided} undecided"
        )
    assert tally.contradictions == []
    assert tally.undecided <= tally.decisions * 0.03


DRAFT = "https://json-schema.org/draft/2020-12/schema"


def _schemas() -> list[tuple[dict[str, Any], Any]]:
    found: list[tuple[dict[str, Any], Any]] = []
    for kind in ATOMS:
        for mode in ("validation", "serialization"):
            schema = TypeAdapter(kind.annotation).json_schema(mode=mode)  # type: ignore[arg-type]
            if all(schema != one for one, _ in found):
                found.append((schema, kind))
    return found


def _with_neighbour(value: Any, random: Random) -> tuple[Any, Any]:
    return value, mutated(value, random)
