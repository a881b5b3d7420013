"""The command line as a whole: what goes wrong is one line, whatever it holds and wherever it happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.cli import main

EXAMPLE = Path(__file__).parents[1] / "examples/py-tars"
PORTAL = [sys.executable, "-m", "portal.cli"]
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


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "latin-1"}, {"PYTHONIOENCODING": "ascii"}])
def test_a_pipe_gets_utf8_whatever_the_locale_is(environment: dict[str, str]) -> None:
    """What is not in the letters of the user's locale neither fails nor is lost on the way to a file."""
    done = subprocess.run(
        [*PORTAL, "flows", str(EXAMPLE)], capture_output=True, env={**os.environ, **environment}, check=False
    )
    assert (done.stderr, done.returncode) == (b"", 0)
    assert "→".encode() in done.stdout


@pytest.mark.parametrize("command", ["check", "flows", "export"])
def test_output_that_cannot_be_written_is_told_in_one_line(command: str) -> None:
    """A full disk behind standard output is a reason, not a crash."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*PORTAL, command, str(EXAMPLE)], stdout=full, stderr=subprocess.PIPE, check=False)
    said = b"portal: standard output: cannot write: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, said)


def test_a_closed_output_leaves_the_exit_code() -> None:
    """Without any standard output a check still says by its exit code what it found."""
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *PORTAL, "check", str(EXAMPLE)]
    done = subprocess.run(shell, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_leaves_is_no_clean_result() -> None:
    """Whoever stops reading gets no complaint, and nobody takes what was cut short for a success."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*PORTAL, "check", str(EXAMPLE)], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("command", ["build", "check", "export", "flows", "history", "init", "mcp", "serve"])
def test_an_empty_name_is_not_this_folder(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A variable that nobody set is told, and nothing else is looked at instead."""
    with pytest.raises(SystemExit) as left:
        main([command, ""])
    assert left.value.code == 2
    assert "it is empty: name a file or folder, or leave it out" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["diff", "", "."], ["diff", ".", ""], ["preview", "", "."], ["changelog", "", "."]])
def test_an_empty_name_is_no_side_of_a_comparison(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A workspace is not compared with itself, and found unchanged, where a revision was meant."""
    monkeypatch.chdir(EXAMPLE)
    assert main(words) == 2
    said = "portal: an empty name stands for nothing (name a revision, a document or a workspace)\n"
    assert capsys.readouterr().err == said


def test_settings_that_are_no_file_are_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe in place of a workspace is refused; nobody may ever write into it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert main(["export", str(pipe)]) == 2
    assert capsys.readouterr().err == f"portal: {pipe}: is not a file (name a folder that holds a portal.toml)\n"


def test_a_document_in_place_of_a_workspace_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever exports a document reads what is missing, not only that it is no TOML."""
    file = tmp_path / "asyncapi.yaml"
    file.write_text("asyncapi: 3.1.0\n")
    assert main(["export", str(file)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"portal: {file}:1: not TOML: ")
    assert said.endswith("(a document cannot stand here: name a folder that holds a portal.toml)\n")


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
    assert (said.out, said.err) == ("", "portal: no flow is known; [flow.<name>] in portal.toml declares one\n")
