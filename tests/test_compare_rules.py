"""Every kind of change has documents that show it, an expectation to the letter, and a mirror."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from asyncapi.compare.comparing import compare
from asyncapi.compare.judgement import DiffFinding
from asyncapi.compare.judging import judge
from asyncapi.compare.rules import RULES
from asyncapi.documents import yaml12
from asyncapi.documents.document import load
from asyncapi.rules import CHANGE_RULES
from asyncapi.view import build

ROOT = Path(__file__).parent / "fixtures" / "compare"
CASES = sorted(path.name for path in ROOT.iterdir() if path.is_dir())


def found(old: Path, new: Path) -> tuple[DiffFinding, ...]:
    """Return the findings of two documents."""
    return judge(compare(build(load(old)), build(load(new))))


def told(findings: tuple[DiffFinding, ...]) -> list[dict[str, Any]]:
    """Return what an expectation says of findings."""
    names = ("rule", "message", "subscribers", "publishers", "retained", "order")
    return [{name: getattr(finding, name) for name in names} for finding in findings]


@pytest.mark.parametrize("case", CASES)
def test_change_means_what_the_table_says(case: str) -> None:
    """Two documents give exactly the expected findings, in order."""
    folder = ROOT / case
    expected = yaml12.loads((folder / "expected.yaml").read_text(encoding="utf-8"))
    assert told(found(folder / "old.yaml", folder / "new.yaml")) == expected
    assert not expected or case.partition("--")[0] in {one["rule"] for one in expected}


@pytest.mark.parametrize("case", CASES)
def test_document_equals_itself(case: str) -> None:
    """A document compared with itself gives no finding."""
    for name in ("old.yaml", "new.yaml"):
        assert found(ROOT / case / name, ROOT / case / name) == ()


@pytest.mark.parametrize(
    ("case", "reasons", "remedies"),
    [
        ("topic-removed--unheard", (), ()),
        ("topic-removed--calls-not-known", ("what is subscribed to in one place is not known",), ()),
        (
            "topic-removed--unheard-retained",
            (),
            (
                "clear the old retained message when all have moved, or it stays for ever: "
                "mosquitto_pub -t orders/other -r -n",
            ),
        ),
    ],
)
def test_topic_that_nobody_misses_may_leave_something(case: str, reasons: Any, remedies: Any) -> None:
    """A removed topic that nobody hears says why that is not sure, and how to clear what it leaves on the broker."""
    (finding,) = found(ROOT / case / "old.yaml", ROOT / case / "new.yaml")
    hints = [hint for hint in finding.remedies if "clear" in hint]
    assert (finding.reasons, tuple(hints)) == (reasons, remedies)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_has_fixture_and_mirror(rule: Any) -> None:
    """Every rule has a folder, a text, and a mirror seen when documents are swapped, or a reason why not."""
    folder = ROOT / rule.id
    assert folder.is_dir()
    assert rule.text
    assert bool(rule.mirror) != bool(rule.waiver)
    if rule.mirror:
        assert rule.mirror in {one.id for one in RULES}
        assert rule.mirror in {finding.rule for finding in found(folder / "new.yaml", folder / "old.yaml")}


def test_rules_have_ids_of_their_own() -> None:
    """No two rules share an id, and every folder belongs to a rule or expects nothing."""
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    assert {case.partition("--")[0] for case in CASES} - set(ids) == {"none"}


def test_ids_are_those_of_the_rules() -> None:
    """The ids against which settings are checked are exactly those that the rules have."""
    assert {rule.id for rule in RULES} == CHANGE_RULES
