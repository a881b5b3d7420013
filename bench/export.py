"""Export against its floor: a process that only imports the models and calls Pydantic's `models_json_schema`."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import workspace
from bench.environment import installed

FLOOR = """
import importlib, json, pathlib, sys
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
root, name = sys.argv[1:]
sys.path.insert(0, root)
found = []
for path in sorted((pathlib.Path(root) / name).glob("area*.py")):
    module = importlib.import_module(f"{name}.{path.stem}")
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    found += [model for model in classes if issubclass(model, BaseModel) and model is not BaseModel]
json.dumps(models_json_schema([(m, "serialization") for m in found])[1])
"""

SMALL = 100
EXTRA = 0.150
RATIOS = {"json": 1.5, "yaml": 2.0}


@dataclass(frozen=True, slots=True)
class Cost:
    """Median seconds of processor and of wall clock, children included."""

    cpu: float
    wall: float


def once(command: list[str], environment: dict[str, str]) -> Cost:
    """Run a command in a process of its own."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def measure(commands: dict[str, list[str]], rounds: int, environment: dict[str, str]) -> dict[str, Cost]:
    """Run commands in turn, `rounds` times after one round that does not count: all meet the same noise."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            costs[name].append(once(command, environment))
    return {name: _median(several[1:]) for name, several in costs.items()}


def _median(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(cost.cpu for cost in costs), statistics.median(cost.wall for cost in costs))


def report(models: int, rounds: int) -> list[str]:
    """Measure the floor and both formats for a number of models; return lines to print, budgets beside them."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        environment = installed(root / "bytecode")
        name = workspace.write(root, models)
        portal = [
            sys.executable,
            "-m",
            "portal.cli",
            "export",
            "--contracts",
            name,
            "--path",
            place,
            "--fail-on",
            "never",
        ]
        commands = {"floor": [sys.executable, "-c", FLOOR, place, name]}
        for kind in ("json", "yaml"):
            commands[kind] = [*portal, "-o", str(root / f"out.{kind}")]
        costs = measure(commands, rounds, environment)
    floor = costs.pop("floor")
    lines = [f"export, {models} models", f"  {'floor':6} {floor.cpu:7.3f} s cpu  {floor.wall:7.3f} s wall"]
    return lines + [_line(kind, cost, floor, models) for kind, cost in costs.items()]


def _line(kind: str, cost: Cost, floor: Cost, models: int) -> str:
    if models < SMALL:
        kept, budget = cost.wall - floor.wall <= EXTRA, f"floor + {1000 * EXTRA:.0f} ms"
    else:
        kept, budget = cost.wall <= RATIOS[kind] * floor.wall, f"{RATIOS[kind]} x"
    return (
        f"  {kind:6} {cost.cpu:7.3f} s cpu  {cost.wall:7.3f} s wall"
        f"  {cost.cpu / floor.cpu:5.2f} x cpu  {cost.wall / floor.wall:5.2f} x wall"
        f"  {1000 * (cost.cpu - floor.cpu):+5.0f} ms cpu  {1000 * (cost.wall - floor.wall):+5.0f} ms wall"
        f"  budget {budget}: {'kept' if kept else 'EXCEEDED'}"
    )
