"""`portal check` on the command line: exit codes, baselines, formats, the table of topics, folders without settings."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from portal.cli import main

CHECKS = Path(__file__).parent / "fixtures" / "checks"
WARNS = CHECKS / "topic-without-subscriber" / "bad.yaml"
FAILS = CHECKS / "retained-command" / "bad.yaml"
CLEAN = CHECKS / "retained-command" / "good.yaml"

EXITS = [
    (CLEAN, [], 0),
    (FAILS, [], 1),
    (FAILS, ["--fail-on", "never"], 0),
    (WARNS, [], 0),
    (WARNS, ["--fail-on", "warning"], 1),
    (WARNS, ["--fail-on", "note"], 1),
    (CHECKS / "nowhere.yaml", [], 2),
    (FAILS, ["--baseline", str(FAILS)], 2),
    (FAILS, ["--baseline", str(CHECKS / "nowhere.json")], 2),
    (FAILS, ["--check"], 2),
    (FAILS, ["--fix-table", str(FAILS)], 2),
    (FAILS, ["--output", str(CHECKS / "no" / "such" / "folder")], 2),
]


@pytest.mark.parametrize(("subject", "arguments", "code"), EXITS)
def test_exit_codes(subject: Path, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """0 is clean, 1 a finding at or above the threshold, 2 could not run, with one sentence that says why."""
    assert main(["check", str(subject), *arguments]) == code
    told = capsys.readouterr()
    assert len(told.err.splitlines()) == (1 if code == 2 else 0)
    assert bool(told.out) == (code != 2)


def test_only_new_findings_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a baseline lists does not fail and is only counted; another finding like a listed one does fail."""
    baseline = tmp_path / "baseline.json"
    assert main(["check", str(FAILS), "--write-baseline", str(baseline)]) == 0
    assert main(["check", str(FAILS), "--baseline", str(baseline)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "no findings (1 more in the baseline)"
    accepted = json.loads(baseline.read_text(encoding="utf-8"))["accepted"]
    assert [item["rule"] for item in accepted] == ["retained-command"]
    more = tmp_path / "more.yaml"
    text = FAILS.read_text(encoding="utf-8")
    site = re.search(r"^( +)x-sites:\n\1- source: apps/silo.*\n(?:\1  .*\n)+", text, re.MULTILINE)
    assert site is not None
    twice = site[0] + site[0].split("\n", 1)[1]
    more.write_text(
        text.replace(site[0], twice.replace("qos_from: said", "qos_from: said\n" + site[1] + "  retain: true"))
    )
    assert main(["check", str(more), "--baseline", str(baseline)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 error (1 more in the baseline)"


@pytest.mark.parametrize("form", ["text", "json", "markdown", "github", "sarif", "junit"])
def test_every_form_is_written_to_a_file(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each form goes to the file that is asked for, without colours, and nothing to the terminal."""
    file = tmp_path / "report"
    assert main(["check", str(FAILS), "--format", form, "--output", str(file)]) == 1
    assert capsys.readouterr() == ("", "")
    written = file.read_text(encoding="utf-8")
    assert re.search("silo publishes grain/level retained", written)
    assert "\x1b" not in written


def test_files_are_named_from_where_the_reader_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets the way from the working directory, a host of repositories that from the repository's top."""
    place = Path(shutil.copytree(CHECKS / "constant-unused" / "bad", tmp_path / "repo" / "systems" / "mill"))
    (tmp_path / "repo" / ".git").mkdir()
    monkeypatch.chdir(place.parent)
    for form, name in (("text", "mill/mill.py"), ("github", "systems/mill/mill.py"), ("sarif", "systems/mill/mill.py")):
        main(["check", str(place), "--format", form, "--output", str(tmp_path / form)])
        files = set(re.findall(r"[\w/]*mill\.py", (tmp_path / form).read_text(encoding="utf-8")))
        assert files == {name}


PAGE = "# Mill\r\n\r\n<!-- portal:topics -->\r\nold\r\n<!-- /portal:topics -->\r\nThe end.\r\n"
TABLE = """\
# Mill

<!-- portal:topics -->

| topic | message | QoS | retained | published by | subscribed by |
|---|---|---|---|---|---|
| grain/level | Level | 1 | yes | silo | mill |

<!-- /portal:topics -->
The end.
"""


def test_table_is_written_between_the_marks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--fix-table` replaces what is between the marks only; `--check` fails while that is stale, writing nothing."""
    page = tmp_path / "README.md"
    page.write_bytes(PAGE.encode())
    arguments = ["check", str(FAILS), "--fix-table", str(page)]
    assert main([*arguments, "--check"]) == 1
    assert page.read_bytes() == PAGE.encode()
    assert capsys.readouterr().err.strip() == (
        f"portal: {page}: the table of topics is stale; run portal check {FAILS} --fix-table {page}"
    )
    assert main(arguments) == 0
    assert page.read_bytes() == TABLE.replace("\n", "\r\n").encode()
    assert main([*arguments, "--check"]) == 0
    assert capsys.readouterr() == ("", "")


MARKS = ["", "<!-- portal:topics -->", "<!-- /portal:topics --><!-- portal:topics -->", TABLE + TABLE]


@pytest.mark.parametrize("page", MARKS)
def test_pages_without_one_place_are_refused(page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that has the marks not exactly once and in order is left alone."""
    file = tmp_path / "README.md"
    file.write_text(page, encoding="utf-8")
    assert main(["check", str(FAILS), "--fix-table", str(file)]) == 2
    assert file.read_text(encoding="utf-8") == page
    assert "the page has no place for the table" in capsys.readouterr().err


def test_a_page_that_is_not_there_is_said_to_be_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence names the file and no error number."""
    assert main(["check", str(FAILS), "--fix-table", str(tmp_path / "README.md")]) == 2
    assert capsys.readouterr().err == f"portal: {tmp_path / 'README.md'}: cannot be read: No such file or directory\n"


def test_folder_without_settings_is_looked_around(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a portal.toml contracts and services are found, and what will be imported is said first."""
    place = Path(shutil.copytree(CHECKS / "event-type-unknown" / "bad", tmp_path / "mill"))
    (place / "portal.toml").unlink()
    assert main(["check", str(place)]) == 1
    told = capsys.readouterr()
    assert told.err.splitlines() == [
        "portal: no portal.toml; importing mill from .",
        "portal: reading as text: grinder, silo",
    ]
    assert re.findall(r"^(?:error|warning|note) (.*)", told.out, re.MULTILINE) == ["event-type-unknown"]


def test_folder_without_contracts_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder in which nothing looks like contracts is no workspace, and the sentence says what to write."""
    (tmp_path / "main.py").write_text("print('hello')\n", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 2
    assert "no package with topics and models was found" in capsys.readouterr().err
