"""Other people's readers of AsyncAPI, asked about many files at once because each takes a second to start.

Nothing here knows our own reader or writer; a document that these programs accept was accepted by strangers.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "node_modules"
TIMEOUT = 300

Diagnostics = dict[Path, list["Diagnostic"]]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One complaint: the rule's name, the place as a JSON pointer, and the words."""

    code: str
    pointer: str
    message: str


def parser_diagnostics(paths: Iterable[Path]) -> Diagnostics:
    """Return what the official AsyncAPI parser says about each file, notes and hints included."""
    files = _absolute(paths)
    answer = _ask_node({"parse": [str(path) for path in files]})["parse"]
    return {path: [_from_spectral(item, item["place"]) for item in answer[str(path)]] for path in files}


def schema_errors(paths: Iterable[Path], version: str) -> Diagnostics:
    """Return where each file, as a YAML 1.2 reader sees it, departs from the official JSON Schema of `version`."""
    validator = _official_schema(version)
    found: Diagnostics = {}
    for path, value in yaml_values(paths).items():
        errors = validator.iter_errors(value)
        found[path] = [
            Diagnostic("schema", "/" + "/".join(map(str, error.instance_path)), error.message[:300]) for error in errors
        ]
    return found


def redocly_problems(paths: Iterable[Path], config: Path = ROOT / "redocly.yaml") -> Diagnostics:
    """Return what Redocly's linter says about each file under the rules in `config`."""
    files = _absolute(paths)
    program = [MODULES / ".bin/redocly", "lint", "--config", config, "--format", "json", "--max-problems", "1000"]
    output = _run([*program, *files], accept={0, 1})
    found: Diagnostics = {path: [] for path in files}
    reports = list(_json_values(output))
    assert len(reports) == len(files), output[:2000]
    for problem in (problem for report in reports for problem in report["problems"]):
        place = problem["location"][0]
        path = (ROOT / place["source"]["ref"]).resolve()
        found[path].append(Diagnostic(problem["ruleId"], place.get("pointer", "#"), problem["message"]))
    return found


def spectral_problems(paths: Iterable[Path], ruleset: Path = ROOT / ".spectral.yaml") -> Diagnostics:
    """Return what Spectral says about each file under `ruleset`, hints included."""
    files = _absolute(paths)
    program = [MODULES / ".bin/spectral", "lint", "--quiet", "--format", "json", "--ruleset", ruleset]
    output = _run([*program, *files], accept={0, 1})
    found: Diagnostics = {path: [] for path in files}
    for item in json.loads(output or "[]"):
        found[Path(item["source"])].append(_from_spectral(item, item["path"]))
    return found


def yaml_values(paths: Iterable[Path]) -> dict[Path, Any]:
    """Return each file's content as a JavaScript reader of YAML 1.2 sees it; raise AssertionError where it cannot."""
    files = _absolute(paths)
    answer = _ask_node({"read": [str(path) for path in files]})["read"]
    for path in files:
        assert "error" not in answer[str(path)], f"{path}: {answer[str(path)]['error']}"
    return {path: _untyped(answer[str(path)]["value"]) for path in files}


def same(left: Any, right: Any) -> bool:
    """Tell whether two JSON values are equal with their types: true is not 1, but 1.0 is 1 as in JSON."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, bool) or isinstance(right, bool) or isinstance(left, str) or left is None:
        return type(left) is type(right) and left == right
    return isinstance(right, int | float) and (left == right or (math.isnan(left) and math.isnan(right)))


def _absolute(paths: Iterable[Path]) -> list[Path]:
    files = [path.resolve() for path in paths]
    assert files, "an oracle was asked about no file"
    return files


def _run(command: list[Any], *, accept: set[int], text: str = "") -> str:
    environment = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    done = subprocess.run(
        [str(word) for word in command],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode in accept, f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}"
    return done.stdout


def _ask_node(question: dict[str, list[str]]) -> Any:
    return json.loads(_run(["node", ROOT / "tests/node/read.mjs"], accept={0}, text=json.dumps(question)))


def _json_values(text: str) -> Iterable[Any]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(text := text.strip()):
        value, at = decoder.raw_decode(text, at)
        yield value
        while at < len(text) and text[at].isspace():
            at += 1


def _from_spectral(item: Mapping[str, Any], place: list[Any]) -> Diagnostic:
    return Diagnostic(str(item["code"]), "/" + "/".join(map(str, place)), item["message"])


def _official_schema(version: str) -> Any:
    schema = json.loads((MODULES / f"@asyncapi/specs/schemas/{version}.json").read_text(encoding="utf-8"))
    return jsonschema_rs.Draft7Validator(schema, retriever=_refuse)


def _refuse(uri: str) -> Any:
    raise ValueError(f"the official schema points outside of itself, at {uri}")


def _untyped(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind, content = value
    if kind == "map":
        return {_key(key): _untyped(item) for key, item in content}
    if kind == "list":
        return [_untyped(item) for item in content]
    if kind == "int":
        return int(content)
    if kind == "float":
        return float(content.replace("Infinity", "inf"))
    raise AssertionError(f"a reader saw something that JSON does not have: {content}")


def _key(key: Any) -> str:
    assert isinstance(key, str), f"a reader saw a key that is no text: {key}"
    return key
