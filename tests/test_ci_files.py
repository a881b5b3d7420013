"""The action, the workflows and the hooks: valid by their schemas, for users as for us, safe against injection."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.repository import repository

from asyncapi.documents.yaml12 import loads

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FOR_USERS = [ROOT / "docs/ci/contracts.yml", ROOT / "docs/ci/contracts-comment.yml"]
ACTION = ROOT / "action.yml"


def read(path: Path) -> Any:
    """Return what a YAML file says."""
    return loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        *(("vendor.github-workflows", path) for path in (*WORKFLOWS, *FOR_USERS)),
        ("vendor.github-actions", ACTION),
        ("vendor.gitlab-ci", ROOT / "docs/ci/gitlab.yml"),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_files_are_valid_by_their_schemas(schema: str, path: Path) -> None:
    """Hosts would take each of these files."""
    command = [sys.executable, "-m", "check_jsonschema", "--no-cache", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [*WORKFLOWS, *FOR_USERS, ACTION], ids=lambda path: path.name)
def test_no_expression_stands_in_a_script(path: Path) -> None:
    """What others can choose reaches a shell by the environment only, never as part of its text."""

    def scripts(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["run"]] if isinstance(value.get("run"), str) else []
            return own + [found for item in value.values() for found in scripts(item)]
        return [found for item in value for found in scripts(item)] if isinstance(value, list) else []

    assert [script for script in scripts(read(path)) if "${{" in script] == []


@pytest.mark.parametrize("path", FOR_USERS, ids=lambda path: path.name)
def test_we_use_what_we_offer(path: Path) -> None:
    """Our own workflows are those for users, with our workspace and our checkout of the action."""
    ours = (ROOT / ".github/workflows" / path.name).read_text()
    offered = (
        path.read_text()
        .replace("OWNER/contract-portal@v1", "./")
        .replace("workspace: .", "workspace: examples/py-tars")
    )
    assert ours == offered


def test_the_jobs_trust_each_other_as_little_as_they_must() -> None:
    """The first has no rights to write and no token; the second never checks out what the pull request brings."""
    first, second = (read(path) for path in FOR_USERS)
    assert first["permissions"] == {"contents": "read"}
    assert first["on"] == "pull_request"
    assert "token" not in FOR_USERS[0].read_text()
    assert second["permissions"] == {
        "contents": "read",
        "actions": "read",
        "pull-requests": "write",
        "statuses": "write",
    }
    checkouts = [
        step for step in second["jobs"]["comment"]["steps"] if step.get("uses", "").startswith("actions/checkout")
    ]
    assert [sorted(step["with"]) for step in checkouts] == [["fetch-depth", "persist-credentials"]]
    assert "pull_request_target" not in "".join(path.read_text() for path in (*WORKFLOWS, *FOR_USERS))


def test_every_input_of_the_action_arrives() -> None:
    """Each input is used, and each option that the script gives exists."""
    from portal.cli import parser

    action = read(ACTION)
    text = ACTION.read_text().partition("runs:")[2]
    assert [name for name in action["inputs"] if not re.search(rf"inputs\.{name}\b", text)] == []
    given = set(re.findall(r"--(?:workspace|fail-on|artifact|output|accept|python|preview|status)\b", text))
    usage = (
        parser("pr").format_help()
        + subprocess.run(
            [sys.executable, "-m", "portal.cli", "pr", "--help"], capture_output=True, text=True, check=True
        ).stdout
    )
    assert len(given) == 8
    assert [option for option in sorted(given) if option not in usage] == []


MODEL = """
from pydantic import BaseModel

TOPIC_DOOR_OPENED = "door/opened"


class DoorOpened(BaseModel):
    door: str
"""


def _by_hand(job: str, folder: Path, base: str) -> list[int]:
    """Run the steps of a job for GitLab, all but the installation, and return how each ended."""
    found = read(ROOT / "docs/ci/gitlab.yml")[job]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    install, *steps = found["script"]
    assert install == 'pip install --quiet "$CONTRACT_PORTAL"'
    return [
        subprocess.run(["sh", "-c", step], cwd=folder, env=environment, capture_output=True, check=False).returncode
        for step in steps
    ]


def test_the_jobs_for_gitlab_do_what_is_said_of_them(tmp_path: Path) -> None:
    """A break fails the last step of the merge request's job; every artifact that a job names is there afterwards."""
    git = repository(tmp_path)
    (tmp_path / "portal.toml").write_text('contracts = ["doors"]\n')
    (tmp_path / "doors.py").write_text(MODEL)
    git("add", ".")
    git("commit", "-qm", "one")
    (tmp_path / "doors.py").write_text(MODEL.replace("door: str", "gate: str"))
    assert _by_hand("contracts", tmp_path, "HEAD") == [0, 0, 1]
    assert "<failure" in (tmp_path / "contracts.xml").read_text()
    assert _by_hand("pages", tmp_path, "") == [0]
    artifacts = [read(ROOT / "docs/ci/gitlab.yml")[job]["artifacts"]["paths"] for job in ("contracts", "pages")]
    assert artifacts == [["preview/"], ["public/"]]
    assert [(tmp_path / folder / "index.html").is_file() for (folder,) in artifacts] == [True, True]
    (tmp_path / "doors.py").write_text(MODEL)
    assert _by_hand("contracts", tmp_path, "HEAD") == [0, 0, 0]


def test_the_hook_runs_a_command_that_exists() -> None:
    """The hook's entry is one of our commands."""
    (hook,) = read(ROOT / ".pre-commit-hooks.yaml")
    from portal.cli import COMMANDS

    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("portal-check", "python", False)
    assert (hook["entry"].split()[0], hook["entry"].split()[1] in COMMANDS) == ("portal", True)
