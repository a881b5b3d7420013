"""The command line as a whole: what goes wrong is one line, whatever it holds and wherever it happens."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from portal.cli import main

CONTRACTS = '''"""Contracts."""
from pydantic import BaseModel

TOPIC_DOOR_OPENED = "door/opened"


class DoorOpened(BaseModel):
    """A door was opened."""

    door: str
'''


def test_what_a_document_holds_begins_no_line_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A refused document cannot say `::error::` to a runner, nor command a terminal."""
    file = tmp_path / "asyncapi.json"
    file.write_text(json.dumps({"asyncapi": "2.0\n::error::mine\x1b[2J", "info": {"title": "x", "version": "1"}}))
    assert main(["diff", str(file), str(file)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("portal: ")
    assert ("2.0 ::error::mine" in line, "\x1b" in line) == (True, False)


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("GITHUB_STEP_SUMMARY", ["pr", "collect", "--workspace", "{team}", "-o", "{folder}/out"]),
        ("", ["pr", "collect", "--workspace", "{team}", "-o", "{blocked}"]),
        ("XDG_CACHE_HOME", ["history", "{team}"]),
    ],
)
def test_where_nothing_can_be_written_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, words: list[str]
) -> None:
    """A folder that is a file, or lies below one, is named."""
    team, blocked = tmp_path / "team", tmp_path / "blocked"
    repository(team, monkeypatch)
    blocked.write_text("a file")
    if variable:
        monkeypatch.setenv(variable, str(blocked / "below"))
    assert main([word.format(team=team, folder=tmp_path, blocked=blocked) for word in words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"portal: {blocked}")


def test_history_says_what_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document is there, but is no workspace."""
    file = tmp_path / "asyncapi.json"
    file.write_text("{}")
    assert main(["history", str(file)]) == 2
    assert capsys.readouterr().err == f"portal: {file}: is no folder (name a workspace)\n"


def repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a workspace with one commit and one tag."""
    folder.mkdir()
    (folder / "portal.toml").write_text('title = "Doors"\ncontracts = ["doors"]\npath = ["."]\n')
    (folder / "doors.py").write_text(CONTRACTS)
    monkeypatch.delenv("GITHUB_BASE_REF", raising=False)
    who = ("-c", "user.name=x", "-c", "user.email=x")
    for words in (("init", "-q", "-b", "main"), ("add", "."), (*who, "commit", "-qm", "one"), ("tag", "v1")):
        subprocess.run(["git", "-C", str(folder), *words], check=True)


def test_a_system_without_flows_is_said_to_have_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output is empty then, as a reader of it expects; the reason is on the other stream."""
    file = tmp_path / "asyncapi.json"
    file.write_text(json.dumps({"asyncapi": "3.1.0", "info": {"title": "x", "version": "1"}, "channels": {}}))
    assert main(["flows", str(file)]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "portal: no flow is known; [flows] in portal.toml declares some\n")
