"""Export against its floor: a process that only imports the models and calls Pydantic's `models_json_schema`."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import workspace

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


@dataclass(frozen=True, slots=True)
class Cost:
    """Median seconds of processor and of wall clock, children included."""

    cpu: float
    wall: float


def measure(command: list[str], rounds: int, environment: dict[str, str]) -> Cost:
    """Run a command `rounds` times, each in a process of its own, after one run that is not counted."""
    costs = []
    for _ in range(rounds + 1):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        costs.append(Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall))
    kept = costs[1:]
    return Cost(statistics.median(c.cpu for c in kept), statistics.median(c.wall for c in kept))


def report(models: int, rounds: int) -> list[str]:
    """Measure the floor and both formats for a number of models; return lines to print."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        environment["PYTHONPYCACHEPREFIX"] = str(root / "bytecode")
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
        floor = measure([sys.executable, "-c", FLOOR, place, name], rounds, environment)
        lines = [f"export, {models} models", f"  {'floor':6} {floor.cpu:7.3f} s cpu  {floor.wall:7.3f} s wall"]
        for kind in ("json", "yaml"):
            cost = measure([*portal, "-o", str(root / f"out.{kind}")], rounds, environment)
            lines.append(
                f"  {kind:6} {cost.cpu:7.3f} s cpu  {cost.wall:7.3f} s wall"
                f"  {cost.cpu / floor.cpu:5.2f} x cpu  {cost.wall / floor.wall:5.2f} x wall"
                f"  {1000 * (cost.cpu - floor.cpu):+7.0f} ms cpu  {1000 * (cost.wall - floor.wall):+7.0f} ms wall"
            )
    return lines
