"""The diff against its budgets: median per pair of schemas, and two documents of a thousand topics."""

from __future__ import annotations

import copy
import statistics
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

PAIR_BUDGET = 0.005
DOCUMENT_BUDGET = 2.0
TOPICS = 1000


def pairs(count: int) -> list[float]:
    """Return processor seconds for each of many questions about models that differ by an edit or two, asked afresh."""
    from support.edits import build, edited, random_model

    from asyncapi.payload.wire import emitted
    from asyncapi.schemas.prover.subset import subset

    seconds: list[float] = []
    for seed in range(count):
        random = Random(seed)
        old = random_model(random)
        sides = []
        for spec in (old, edited(edited(old, random), random)):
            try:
                schema = build(spec).model_json_schema()
            except Exception:
                break
            definitions = schema.pop("$defs", {}) | {"Root": schema | {"x-extra": spec.extra}}
            sides.append(definitions)
        if len(sides) < 2:
            continue
        root = {"$ref": "#/$defs/Root"}
        for one, two in (sides, sides[::-1]):
            sent = {name: emitted(schema, "whole", one) for name, schema in one.items()}
            start = time.process_time()
            subset(root, root, a_schemas=sent, b_schemas=two)
            seconds.append(time.process_time() - start)
    return sorted(seconds)


def documents(changed: int, rounds: int) -> tuple[float, int]:
    """Return median processor seconds and findings for two documents of a thousand topics, some messages changed."""
    from support.registries import generated, registry

    from asyncapi.compare.report import report

    old: dict[str, Any] = generated(TOPICS)
    new = copy.deepcopy(old)
    for name in list(new["components"]["schemas"])[:changed]:
        new["components"]["schemas"][name]["properties"]["added_later"] = {"type": "string"}
    one, two = registry(old), registry(new)
    seconds = []
    found = 0
    for _ in range(rounds):
        start = time.process_time()
        found = len(report(one, two).findings)
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), found


def report(rounds: int) -> list[str]:
    """Return the measurements as lines."""
    seconds = pairs(100 * rounds)
    median, worst = statistics.median(seconds), seconds[len(seconds) * 99 // 100]
    lines = [
        f"compare, {len(seconds)} pairs of schemas: median {median * 1000:.2f} ms, "
        f"99 in 100 below {worst * 1000:.1f} ms (budget: median {PAIR_BUDGET * 1000:.0f} ms)"
    ]
    for changed in (0, 50, TOPICS):
        took, found = documents(changed, rounds)
        lines.append(
            f"compare, {TOPICS} topics, {changed} messages changed: {took:.2f} s, {found} findings "
            f"(budget: {DOCUMENT_BUDGET:.0f} s)"
        )
    return lines


if __name__ == "__main__":
    print("\n".join(report(3)))
