"""The 2020-12 schema that Pydantic emits and our draft-07 result accept the same instances."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from support.models import ATOMS, alone, instances, models

from asyncapi.schemas.conversion import convert, to_2020, to_draft07

FACTOR = float(os.environ.get("PORTAL_FUZZ", "0"))
EACH = 20
MODES: tuple[Any, ...] = ("validation", "serialization")
PATH = "#/components/schemas/"


@pytest.mark.fuzz
def test_no_instance_is_judged_differently(capsys: pytest.CaptureFixture[str]) -> None:
    """Original and conversion agree on valid and on mutated instances of models of every construct."""
    seen: Counter[str] = Counter()

    @settings(
        max_examples=round(30 * (FACTOR or 1)),
        derandomize=not FACTOR,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(models(), st.sampled_from(MODES), st.integers(0, 2**32))
    def compare_drawn(drawn: Any, mode: Any, seed: int) -> None:
        compare(drawn, mode, seed, EACH)

    def compare(drawn: Any, mode: Any, seed: int, count: int) -> None:
        model, make = drawn
        judges = _judges(model, mode, slow=seen["models"] % 10 == 0)
        seen["models"] += 1
        for instance in instances(make, seed, count):
            verdicts = {name: judge(instance) for name, judge in judges.items()}
            seen["instances"] += 1
            seen["valid"] += verdicts["original"]
            seen["disagreements"] += len(set(verdicts.values())) > 1
            assert len(set(verdicts.values())) == 1, (verdicts, instance)

    try:
        for number, kind in enumerate(ATOMS):
            for mode in MODES:
                compare(alone(kind), mode, number, 24)
        compare_drawn()
    finally:
        with capsys.disabled():
            print(
                f"\nschemas fuzz: {seen['instances']} instances, {seen['disagreements']} disagreements"
                f" ({seen['models']} models, {seen['valid']} instances valid)",
                file=sys.stderr,
            )
    assert seen["instances"] >= 600
    assert 0.2 <= seen["valid"] / seen["instances"] <= 0.8


def _judges(model: type[BaseModel], mode: Any, slow: bool) -> dict[str, Any]:
    """Return what says valid or not, by name: the original, the conversion, and both downloads of it."""
    keys, definitions = models_json_schema([(model, mode)], ref_template="#/$defs/{model}")
    name = keys[(model, mode)]["$ref"].rpartition("/")[2]
    originals = definitions["$defs"]
    ids = {identifier: f"K.{identifier}" for identifier in originals}
    components = {
        key: convert(originals[identifier], rename=ids.__getitem__, path=PATH + key)[0]
        for identifier, key in ids.items()
    }
    root = {"$ref": PATH + ids[name]}
    original = {"$ref": f"#/$defs/{name}", "$defs": originals}
    converted = {"allOf": [root], "components": {"schemas": components}}
    judges = {
        "original": jsonschema_rs.Draft202012Validator(original, validate_formats=False).is_valid,
        "converted": jsonschema_rs.Draft7Validator(_annotated(converted), validate_formats=False).is_valid,
        "2020-12": jsonschema_rs.Draft202012Validator(to_2020(root, components), validate_formats=False).is_valid,
        "draft-07": jsonschema_rs.Draft7Validator(
            _annotated(to_draft07(root, components)), validate_formats=False
        ).is_valid,
    }
    if slow:
        judges["original, other library"] = jsonschema.Draft202012Validator(original).is_valid
        judges["converted, other library"] = jsonschema.Draft7Validator(converted).is_valid
    return judges


def _annotated(schema: Any) -> Any:
    """Leave out what one draft-07 validator asserts of content, as it may, and no 2020-12 validator does."""
    if isinstance(schema, list):
        return [_annotated(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    asserted = ("contentMediaType", "contentEncoding")
    return {key: _annotated(item) for key, item in schema.items() if key not in asserted or isinstance(item, dict)}
