"""The tour: what the portal says of eight typical changes is what happens to services on a real broker."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from support.browser import Trouble, chromium

sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "tour"))

import tour
from branches import BRANCHES, Branch
from meetings import Meeting

pytestmark = [pytest.mark.broker, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

BY_NAME = {branch.name: branch for branch in BRANCHES}
FORBIDS = "rejects (humidity: Extra inputs are not permitted)"
MISSES = "rejects (since: Field required)"
UNKNOWN = "rejects (state: Input should be 'idle' or 'cooling')"
NO_ID, NEW_ID = "rejects (request_id: Field required)", "rejects (request_id: Extra inputs are not permitted)"

EXPECTED = {
    "optional-field": (("breaks", "ok", None, "subscribers first"), (FORBIDS, FORBIDS), ("reads", "reads")),
    "required-field": (("ok", "breaks", "breaks", "neither"), ("reads", "reads"), (MISSES, MISSES)),
    "enum-value": (("breaks", "ok", "ok", "subscribers first"), (UNKNOWN, UNKNOWN), ("reads", "reads")),
    "qos-lowered": (("risk", "ok", None, "any order"), ("reads", "gets nothing"), ("reads", "reads")),
    "retained-flag": (("risk", "ok", None, "any order"), ("reads", "reads a stale value"), ("reads", "reads")),
    "topic-renamed": (
        ("breaks", "breaks", "breaks", "neither"),
        ("gets nothing", "reads a stale value"),
        ("gets nothing", "gets nothing"),
    ),
    "correlation-dropped": (("breaks", "breaks", None, "neither"), (NO_ID, NO_ID), (NEW_ID, NEW_ID)),
    "docs-only": (("ok", "ok", None, "any order"), ("reads", "reads"), ("reads", "reads")),
}
"""What is predicted; what an old reader makes of the new sender, present and late; and a new one of the old sender."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for all tests of the module."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the repository of the tour and its revisions."""
    made = tmp_path_factory.mktemp("tour")
    tour.repository(made)
    return made


def previewed(folder: Path, branch: Branch) -> dict[str, Any]:
    """Return what the report of a branch says."""
    return tour.preview(folder / "store", branch, folder / "previews" / branch.name)


@pytest.mark.parametrize("name", EXPECTED)
def test_prediction_is_what_happens(folder: Path, browser: Browser, name: str) -> None:
    """The side fails that the report names, nothing fails in the recommended order, and the preview shows it."""
    result = previewed(folder, BY_NAME[name])
    seen = tour.see(BY_NAME[name], tour.predicted(result), folder / "at")
    assert seen.wrong == ()
    said = seen.predicted
    assert (
        (said.subscribers, said.publishers, said.retained, said.order),
        (seen.forward.present, seen.forward.late),
        (seen.backward.present, seen.backward.late),
    ) == EXPECTED[name]
    assert bool(seen.deployments) is (name != "correlation-dropped")
    site = folder / "previews" / name
    assert result["verdict"] in (site / "comment.md").read_text(encoding="utf-8")
    shown(browser, site, result)


def shown(browser: Browser, site: Path, result: dict[str, Any]) -> None:
    """Look at the changes of a preview as a reviewer does, from the disk."""
    context = browser.new_context()
    trouble = Trouble()
    trouble.watch(context, site.as_uri())
    page = context.new_page()
    page.goto(f"{site.as_uri()}/changes/current/index.html")
    expect(page.locator("main")).to_contain_text(result["verdict"])
    for finding in result["findings"]:
        expect(page.locator("main")).to_contain_text(finding["message"])
    context.close()
    assert trouble.found == []


@pytest.mark.parametrize(
    ("verdict", "present", "late", "wrong"),
    [
        ("breaks", "rejects (x)", "rejects (x)", False),
        ("lost", "gets nothing", "gets nothing", False),
        ("risk", "reads", "gets nothing", False),
        ("ok", "reads", "reads", False),
        ("breaks", "reads", "reads", True),
        ("ok", "rejects (x)", "reads", True),
        ("ok", "reads", "gets nothing", True),
        ("risk", "reads", "reads", True),
        ("risk", "gets nothing", "gets nothing", True),
    ],
)
def test_prediction_and_truth_are_held_together(verdict: str, present: str, late: str, wrong: bool) -> None:
    """A break must show at once, a risk only after an absence, and where all is well nothing may fail."""
    meeting = Meeting(stored="reads", present=present, late=late)
    assert bool(list(tour._judged("old subscriber", verdict, meeting))) is wrong


def test_wrong_predictions_are_told(folder: Path) -> None:
    """A report that recommends the wrong order, blames the wrong party and knows no way out is caught by the broker."""
    branch = BY_NAME["optional-field"]
    wrong = replace(
        tour.predicted(previewed(folder, branch)),
        publishers="breaks",
        subscribers="ok",
        order="publishers first",
        stages=(("sensor",), ("recorder",)),
        rollback=(("recorder",), ("sensor",)),
        hurt=("panel",),
        remedies=(),
    )
    told = tour.see(branch, wrong, folder / "at").wrong
    assert [one.partition(":")[0] for one in told] == [
        "old subscriber",
        "old publisher",
        "recorder is hurt, but only panel is named",
        "publishers first and back",
        "publishers first and back",
        "publish with exclude_none",
    ]
