"""Reports say what was found in the form each reader wants, and nothing in a finding can break that form."""

from __future__ import annotations

import json
import os
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from asyncapi.delivery import Delivery
from asyncapi.findings import SEVERITIES, Finding, Severity
from asyncapi.reports import github, junit, markdown, sarif, text
from asyncapi.reports import json as json_report
from asyncapi.reports.coverage import coverage
from asyncapi.reports.place import link
from asyncapi.view.registry import Message, Operation, Registry, Topic

FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))
ERROR = Finding(
    rule="retained-command",
    severity="error",
    message="ui publishes a/b retained",
    subject="a/b",
    remedy="publish with retain=False",
    source="apps/ui/main.py#send~2",
    line=7,
    pointer="/operations/ui_send",
    topics=("a/b",),
    services=("ui",),
    owner="Interface team",
)
NOTE = Finding(rule="constant-unused", severity="note", message="TOPIC_C is used by no service", pointer="/channels/c")

TEXT = """\
Mill: 2 topics

error retained-command
  ui publishes a/b retained
    apps/ui/main.py:7 · Interface team
    → publish with retain=False

note constant-unused
  TOPIC_C is used by no service
    /channels/c

1 error, 1 note (3 more in the baseline)
"""


def test_text_is_grouped_and_opens_with_coverage() -> None:
    """The text report has the coverage line first, then groups by severity and rule, then counts."""
    assert text.write([NOTE, ERROR], coverage="Mill: 2 topics", known=3) == TEXT
    assert text.write([], coverage="Mill: 2 topics") == "Mill: 2 topics\n\nno findings\n"


def test_text_has_colours_only_when_asked() -> None:
    """Without colours a report is printable text, whatever a finding holds; with them only our own sequences stand."""
    hostile = Finding(rule="r\x1b[2J", severity="error", message="\x1b]0;x\x07 \ud800 \r\u202e", remedy="\x9b31m")
    plain = text.write([hostile], coverage="\x1b[31mMill")
    assert all(letter.isprintable() or letter == "\n" for letter in plain)
    painted = text.write([hostile], colour=True)
    assert set(re.findall(r"\x1b\[\d+m", painted)) == {text.COLOURS["error"], text.BOLD, text.FAINT, text.RESET} - {
        text.FAINT
    }
    assert painted.count("\x1b") == 3


MARKDOWN = """\
Mill: 2 topics

### 1 error

| rule | finding | where |
|---|---|---|
| retained\\-command | ui publishes a/b retained<br>publish with retain\\=False | \
[apps/ui/main\\.py:7](https://git.example/apps/ui/main.py#L7) · Interface team |

### 1 note

| rule | finding | where |
|---|---|---|
| constant\\-unused | TOPIC\\_C is used by no service | /channels/c |

3 more in the baseline.
"""


def test_markdown_has_a_table_a_severity_and_links_by_a_trusted_template() -> None:
    """The Markdown report links lines only by the template it is given."""
    url = "https://git.example/{file}#L{line}"
    assert markdown.write([ERROR, NOTE], coverage="Mill: 2 topics", known=3, source_url=url) == MARKDOWN
    assert "](" not in markdown.write([ERROR, NOTE])
    assert markdown.write([], known=1) == "No findings (1 more in the baseline).\n"


LINKS = [
    ("https://git.example/{file}#L{line}", "https://git.example/apps/ui/main.py#L7"),
    ("https://git.example/{commit}/{file}", ""),
    ("javascript:alert({file})", ""),
    ("https://git.example/", ""),
    ("https://git.example/)<b>{file}", ""),
    ("", ""),
]


@pytest.mark.parametrize(("template", "expected"), LINKS)
def test_links_are_http_and_complete(template: str, expected: str) -> None:
    """A template that is not http, not filled in or not plain makes no link."""
    assert link(ERROR, template) == expected


WORDS = """@team #12 GH-1 www.x.example https://x.example ![a](b) [a](b) <b> </td> | \\ ` ``` ~~~ <!-- --> **b** __c__
- 1. # > $x$ &lt; a@b.example --- === \\| \u202e \u200b x"""
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from([*WORDS.split(), "\n\n", "\r\n"]), max_size=6).map(" ".join),
)
FOUND = st.builds(Finding, rule=HOSTILE, severity=st.sampled_from(SEVERITIES), message=HOSTILE, remedy=HOSTILE)


@settings(max_examples=150 * max(FUZZ, 1), derandomize=not FUZZ, deadline=None)
@given(st.builds(Finding, rule=HOSTILE, severity=st.just("error"), message=HOSTILE, remedy=HOSTILE, source=HOSTILE))
def test_markdown_is_neutral(finding: Finding) -> None:
    """No finding can add a mention, a link, an image, HTML, emphasis, code or a cell to its table."""
    written = markdown.write([finding], coverage=finding.message, source_url="https://x.example/{file}#{line}")
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(written)
    counts = {kind: sum(1 for token in tokens if token.type == kind) for kind in ("table_open", "tr_open", "td_open")}
    assert counts == {"table_open": 1, "tr_open": 2, "td_open": 3}
    inside = {child.type for token in tokens for child in token.children or []}
    assert inside <= {"text", "text_special", "html_inline", "link_open", "link_close"}
    html = [c.content for t in tokens for c in t.children or [] if c.type == "html_inline"]
    assert html in ([], ["<br>"])
    targets = [str(c.attrs["href"]) for t in tokens for c in t.children or [] if c.type == "link_open"]
    assert all(target.startswith("https://x.example/") for target in targets)
    shown = "".join(c.content for t in tokens for c in t.children or [] if c.type.startswith("text"))
    assert re.findall(r"@\w|#\d|\w://|\bwww\.|\bGH-", shown, re.IGNORECASE) == []


def _many(severity: Severity, count: int) -> list[Finding]:
    return [Finding(rule="r", severity=severity, message=f"{severity} {i}", subject=str(i)) for i in range(count)]


@pytest.mark.parametrize(("count", "lines"), [(0, 0), (9, 9), (10, 10), (11, 10), (300, 10)])
def test_github_shows_at_most_ten_of_a_level(count: int, lines: int) -> None:
    """More than ten annotations of a level are nine and a count of the rest."""
    found = [finding for severity in SEVERITIES for finding in _many(severity, count)]
    written = github.write(found).splitlines()
    assert {level: sum(1 for line in written if line.startswith(f"::{level}")) for level in github.LEVELS.values()} == {
        "error": lines,
        "warning": lines,
        "notice": lines,
    }
    hidden = [int(number) for line in written for number in re.findall(r"::(\d+) more", line)]
    assert hidden == ([count - 9] * 3 if count > 10 else [])


def test_github_commands_are_one_line_each() -> None:
    """Nothing in a finding ends a command or adds a property to it."""
    hostile = Finding(rule="r,line=1::x", severity="error", message="a\n::error::b\r%", source="a,b:c.py", line=3)
    assert github.write([hostile]) == (
        "::error file=a%2Cb%3Ac.py,line=3,title=r%2Cline=1%3A%3Ax::a%0A::error::b%0D%25\n"
    )


def test_sarif_has_what_readers_demand() -> None:
    """A run with a driver and its rules; every result with a known rule, a level, text, a fingerprint and a file."""
    texts = {"retained-command": "A command is retained.", "other-rule": "Nothing here is of this rule."}
    log = json.loads(sarif.write([ERROR, NOTE], texts, fallback="some folder/portal.toml"))
    (run,) = log["runs"]
    assert (log["version"], run["tool"]["driver"]["name"]) == ("2.1.0", "portal")
    assert run["tool"]["driver"]["rules"] == [
        {"id": "constant-unused"},
        {"id": "retained-command", "shortDescription": {"text": "A command is retained."}},
    ]
    assert [(item["ruleId"], item["level"]) for item in run["results"]] == [
        ("retained-command", "error"),
        ("constant-unused", "note"),
    ]
    places = [item["locations"][0]["physicalLocation"] for item in run["results"]]
    assert places == [
        {"artifactLocation": {"uri": "apps/ui/main.py"}, "region": {"startLine": 7}},
        {"artifactLocation": {"uri": "some%20folder/portal.toml"}},
    ]
    assert all(re.fullmatch(r"[0-9a-f]{12}", item["partialFingerprints"]["portal/v1"]) for item in run["results"])
    assert run["results"][0]["message"] == {"text": "ui publishes a/b retained (publish with retain=False)"}


@settings(max_examples=100 * max(FUZZ, 1), derandomize=not FUZZ, deadline=None)
@given(
    st.lists(st.builds(Finding, rule=HOSTILE, severity=st.sampled_from(SEVERITIES), message=HOSTILE, remedy=HOSTILE))
)
def test_junit_and_json_parse(found: list[Finding]) -> None:
    """Whatever findings hold, JUnit is XML with a case for each, notes passing, and JSON gives them back."""
    suite = ElementTree.fromstring(junit.write(found).encode("utf-8"))
    cases = list(suite.iter("testcase"))
    failures = sum(1 for finding in found if finding.severity != "note")
    assert (len(cases), len(list(suite.iter("failure")))) == (max(len(found), 1), failures)
    assert (suite.attrib["tests"], suite.attrib["failures"]) == (str(len(cases)), str(failures))
    data = json.loads(json_report.write(found))["findings"]
    assert [item.get("message", "") for item in data] == [finding.message for finding in found]


def test_json_leaves_empty_parts_out() -> None:
    """A finding as data has what is known of it and its fingerprint; the report says coverage and what is hidden."""
    assert json.loads(json_report.write([NOTE], coverage="Mill", known=2)) == {
        "coverage": "Mill",
        "known": 2,
        "findings": [
            {
                "rule": "constant-unused",
                "severity": "note",
                "message": "TOPIC_C is used by no service",
                "pointer": "/channels/c",
                "fingerprint": NOTE.fingerprint,
            }
        ],
    }


def _registry(
    *senders: Delivery, expected: Delivery | None = None, counts: tuple[tuple[str, int], ...] = ()
) -> Registry:
    keys = tuple(f"send{index}" for index in range(len(senders)))
    return Registry(
        title="Mill",
        topics=(
            Topic(
                key="a", address="a", pointer="/a", messages=("M",), operations=keys, expected=expected or Delivery()
            ),
            Topic(key="b", address="b", pointer="/b"),
        ),
        messages=(Message(key="M", name="M", pointer="/m"),),
        operations=tuple(
            Operation(key=key, action="send", service="s", topic="a", channel="a", pointer="/o", delivery=delivery)
            for key, delivery in zip(keys, senders, strict=True)
        ),
        coverage=counts,
    )


COVERAGE = [
    (_registry(), "Mill: 2 topics, 1 with a contract"),
    (_registry(Delivery(qos=1)), "Mill: 2 topics, 1 with a contract, 1 published, 0 subscribed"),
    (
        _registry(Delivery(qos=1), Delivery(qos=0), expected=Delivery(qos=1)),
        "Mill: 2 topics, 1 with a contract, 1 published, 0 subscribed, policy met by 1 of 2 publishers",
    ),
    (
        _registry(Delivery(), expected=Delivery(qos=1), counts=(("files", 1), ("sites", 4), ("unresolved", 1))),
        "Mill: 2 topics, 1 with a contract, 1 published, 0 subscribed, 4 of 5 calls resolved in 1 file, "
        "policy met by 0 of 1 publisher",
    ),
]


@pytest.mark.parametrize(("registry", "line"), COVERAGE)
def test_coverage_says_what_is_known(registry: Registry, line: str) -> None:
    """The first line of a report counts topics, contracts, ends, resolved calls and publishers that meet the policy."""
    assert coverage(registry) == line
