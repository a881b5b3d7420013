"""The documentation says what is: generated pages are fresh, links lead somewhere, the tutorial works as written."""

from __future__ import annotations

import ast
import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from asyncapi.checks.catalogue import every
from asyncapi.compare.accepting import load_accepted
from asyncapi.workspace.settings import load_settings

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^(?:`(?P<file>[^`\n]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_generated_files_are_fresh() -> None:
    """The reference pages and the example document are what the code makes."""
    command = [sys.executable, ROOT / "docs/generate.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_rules_are_listed() -> None:
    """Every rule that a finding about a system names has a text and a severity in the catalogue."""
    named = {
        keyword.value.value
        for path in sorted((ROOT / "asyncapi").rglob("*.py"))
        if path.parent.name != "compare"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding"
        for keyword in node.keywords
        if keyword.arg == "rule" and isinstance(keyword.value, ast.Constant)
    }
    assert named - {"", *every()} == set()


def test_readme_is_short_and_has_two_commands() -> None:
    """The README stays under 120 lines, shows one picture and sets up with `make run` and `make test` only."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert text.count("![") == 1
    first = next(match for match in FENCED.finditer(text) if match["kind"] == "sh")
    assert [line.split("#")[0].strip() for line in first["text"].splitlines()] == ["make run", "make test"]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file, and its anchor to a heading there."""
    broken = []
    for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        file, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", file):
            continue
        place = (page.parent / file).resolve() if file else page
        if not place.exists() or (anchor and anchor not in _anchors(place)):
            broken.append(target)
    assert broken == []


def test_the_library_does_what_its_page_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sample of the page on the library answers what the page says, run in order from the root."""
    page = (ROOT / "docs/reference/library.md").read_text(encoding="utf-8")
    samples = "\n".join(block["text"] for block in FENCED.finditer(page) if block["kind"] == "pycon")
    monkeypatch.chdir(ROOT)
    told: list[str] = []
    counts = doctest.DocTestRunner().run(
        doctest.DocTestParser().get_doctest(samples, {}, "library.md", None, 0), out=told.append
    )
    assert ("".join(told), counts.failed) == ("", 0)
    assert counts.attempted == samples.count(">>> ")


@pytest.mark.parametrize("page", [page for page in PAGES if "```toml" in page.read_text(encoding="utf-8")], ids=_name)
def test_settings_shown_are_allowed(page: Path, tmp_path: Path) -> None:
    """Every portal.toml and every accept file that a page shows is read without an error."""
    blocks = [block["text"] for block in FENCED.finditer(page.read_text(encoding="utf-8")) if block["kind"] == "toml"]
    for text in blocks:
        (tmp_path / "portal.toml").write_text(text, encoding="utf-8")
        if text.startswith("[[accept]]"):
            assert load_accepted(tmp_path / "portal.toml")
            continue
        load_settings(tmp_path)
    assert blocks


def test_tutorial_works_as_written(tmp_path: Path) -> None:
    """Whoever creates the tutorial's files and types its commands sees exactly what it shows."""
    text = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    commands = 0
    for block in FENCED.finditer(text):
        if block["file"]:
            path = tmp_path / block["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "console":
            command, _, shown = block["text"].removeprefix("$ ").partition("\n")
            assert _typed(command, tmp_path) == shown
            commands += 1
    assert commands == 2


def _typed(command: str, place: Path) -> str:
    words = command.split()
    assert words[0] == "portal"
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", *words[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=place,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
