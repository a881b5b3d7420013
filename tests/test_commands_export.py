"""`portal export` on the command line: what it writes, where, and with which exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from asyncapi.documents.yaml12 import loads
from portal.cli import main

CONTRACTS = '''
from pydantic import BaseModel

TOPIC_DOOR_STATE = "door/state"
TOPIC_DOOR_ODD = "door/odd"


class DoorState(BaseModel):
    """Published to: door/state"""

    open: bool
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write contracts and go there."""
    (tmp_path / "door.py").write_text(CONTRACTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_contracts_need_no_portal_toml(capsys: pytest.CaptureFixture[str]) -> None:
    """The document goes to standard output, findings to standard error."""
    assert main(["export", "--contracts", "door"]) == 0
    said = capsys.readouterr()
    assert list(loads(said.out)["channels"]) == ["doorState", "doorOdd"]
    assert said.err.splitlines()[0] == "door.py:5: warning: no model is known for door/odd [topic-without-model]"


@pytest.mark.parametrize(("threshold", "code"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)])
def test_the_threshold_decides_the_exit_code(folder: Path, threshold: str, code: int) -> None:
    """The document is written all the same."""
    assert main(["export", "--contracts", "door", "-o", "out.json", "--fail-on", threshold]) == code
    assert json.loads((folder / "out.json").read_text())["asyncapi"] == "3.1.0"


def test_format_follows_the_ending_or_the_word(folder: Path) -> None:
    """`.json` is JSON, anything else YAML, `--format` wins."""
    for name, words, start in (("a.json", [], "{"), ("a.yaml", [], "asyncapi:"), ("b.yaml", ["--format", "json"], "{")):
        main(["export", "--contracts", "door", "-o", name, *words])
        assert (folder / name).read_text(encoding="utf-8").startswith(start)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["export"], ["portal.toml: there is no such file", "--contracts and --path"]),
        (["export", "--path", "x"], ["--path needs --contracts"]),
        (["export", "--contracts", "nothing_like_it"], ["nothing_like_it"]),
        (["export", "--contracts", "door", "-o", "no/such/folder.yaml"], ["no/such/folder.yaml: cannot write"]),
        (["export", "--contracts", "door", "--service", "pump"], ["no service pump in the document"]),
        (["export", "--contracts", "door", "--python", "/no/such/python"], ["/no/such/python"]),
    ],
)
def test_errors_are_one_sentence_and_exit_with_two(
    words: list[str], says: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback: place, cause and remedy."""
    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("portal: ")
    assert "Traceback" not in said
    assert [part for part in says if part not in said] == []


def test_a_document_for_every_service(folder: Path) -> None:
    """Each is named after its service."""
    toml = (
        'contracts = ["door"]\n[service.panel]\nreceives = ["door/state"]\n[service."lock 1"]\nsends = ["door/state"]\n'
    )
    (folder / "portal.toml").write_text(toml, encoding="utf-8")
    assert main(["export", "--per-service", "each"]) == 0
    assert sorted(path.name for path in (folder / "each").iterdir()) == ["lock_1.yaml", "panel.yaml"]
    assert list(loads((folder / "each/panel.yaml").read_text())["operations"]) == ["panel_receive_doorState"]


def test_services_whose_files_would_be_called_alike_have_one_each(folder: Path) -> None:
    """No document overwrites that of another service; digits tell the files apart."""
    toml = 'contracts = ["door"]\n' + "".join(
        f'[service."{name}"]\nsends = ["door/state"]\n' for name in ("lock 1", "lock_1", "LOCK 1", "panel")
    )
    (folder / "portal.toml").write_text(toml, encoding="utf-8")
    assert main(["export", "--per-service", "each"]) == 0
    names = sorted(path.name for path in (folder / "each").iterdir())
    assert [re.sub("-[0-9a-f]{6}", "-…", name) for name in names] == [
        "LOCK_1-….yaml",
        "lock_1-….yaml",
        "lock_1-….yaml",
        "panel.yaml",
    ]


def test_half_a_character_in_a_default_is_written_as_a_question_mark(folder: Path) -> None:
    """What UTF-8 cannot hold keeps no document from being written, and both formats say the same."""
    (folder / "half.py").write_text(
        'from pydantic import BaseModel\nTOPIC_A = "a/b"\n\n\nclass Half(BaseModel):\n'
        '    """Published to: a/b"""\n\n    text: str = "\\ud800"\n',
        encoding="utf-8",
    )
    for name in ("a.yaml", "a.json"):
        assert main(["export", "--contracts", "half", "-o", name]) == 0
        assert (
            loads((folder / name).read_bytes())["components"]["schemas"]["Half"]["properties"]["text"]["default"] == "?"
        )


@pytest.mark.parametrize(("error", "code"), [(None, 0), (ValueError("no"), 2)])
def test_a_pattern_of_services_that_is_none_is_one_sentence(
    error: Exception | None,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What a pattern may hold differs between versions of Python; the error names it and the remedy."""

    def refuse(_: Path, __: str) -> list[Path]:
        if error:
            raise error
        return []

    (tmp_path / "mill.py").write_text("", encoding="utf-8")
    (tmp_path / "portal.toml").write_text('contracts = ["mill"]\nservices = ["a**"]\n', encoding="utf-8")
    monkeypatch.setattr(Path, "glob", refuse)
    assert main(["export", str(tmp_path)]) == code
    told = f"portal: {tmp_path}/portal.toml:2: a** under services is no pattern of folders: no (write apps/*)\n"
    assert (capsys.readouterr().err == told) is bool(error)
