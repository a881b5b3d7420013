"""Every format of a report: complete, valid, and deaf to what a hostile document says."""

from __future__ import annotations

import copy
import html
import json
import os
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from support.registries import greenhouse, registry

from asyncapi.compare.judgement import Acceptance, DiffSettings
from asyncapi.compare.report import Report, report
from asyncapi.compare.writers import FORMATS, write
from asyncapi.compare.writers import json as json_writer
from asyncapi.compare.writers.markdown import LONGEST, code, plain


def changed(hostile: str = "", settings: DiffSettings | None = None, fields: int = 1) -> Report:
    """Return the report of a greenhouse with a break on either side, a risk and a lost field."""
    old = greenhouse()
    plan = old["components"]["schemas"]["Plan"]
    plan.pop("additionalProperties", None)
    plan["x-extra"] = "ignore"
    plan["properties"]["reason"] = {"type": "string", "default": ""}
    new = copy.deepcopy(old)
    schemas = new["components"]["schemas"]
    schemas["Temperature"]["properties"]["celsius"]["maximum"] = 90
    schemas["ValveAction"]["enum"].pop()
    for number in range(fields):
        schemas["Measurement"]["properties"][f"late{number}{hostile}"] = {"type": "string", "description": hostile}
    properties = schemas["Plan"]["properties"]
    schemas["Plan"]["properties"] = {("reasons" if k == "reason" else k): v for k, v in properties.items()}
    new["operations"]["sensor_send_climateMeasured"]["bindings"]["mqtt"]["qos"] = 0
    return report(registry(old), registry(new), settings=settings, names=("main", "branch"))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_tells_every_break(form: str) -> None:
    """Each format names all rules, or all messages, of what is not safe."""
    found = changed()
    text = write(found, form)
    assert {one.rule for one in found.breaks} >= {
        "range-widened",
        "enum-value-removed",
        "optional-field-added",
        "field-renamed",
    }
    for finding in found.breaks:
        assert finding.rule in text or finding.message in text


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_changed_is_said(form: str) -> None:
    """A report without findings is still a whole text of its format."""
    same = registry()
    text = write(report(same, same), form)
    assert ("Nothing changed" in text) == (form in ("text", "json", "markdown", "html"))


def test_json_is_as_published() -> None:
    """The JSON report fits its published schema, with and without findings and acceptances."""
    validator = jsonschema_rs.validator_for(json_writer.schema())
    found = changed()
    entry = Acceptance(fingerprint=found.breaks[0].fingerprint, reason="known", owner="ops", expires="2099-01-01")
    accepted = changed(settings=DiffSettings(accepted=(entry, entry), today="2026-01-01"))
    for one in (found, accepted, report(registry(), registry())):
        data = json.loads(write(one, "json"))
        assert [error.message for error in validator.iter_errors(data)] == []
    assert [one["accepted"]["owner"] for one in json.loads(write(accepted, "json"))["findings"] if one["accepted"]] == [
        "ops"
    ]


def test_text_shows_evidence_and_ways_out() -> None:
    """The text shows who is hurt, the message that flips, what is read of a lost field, and what to do."""
    text = write(changed(), "text")
    assert "hurt: planner, dashboard; sent by sensor" in text
    assert '"celsius": 86' in text
    assert "they read: " in text
    assert (
        "→ let the new model read both names, AliasChoices('reasons', 'reason'), and deploy subscribers first" in text
    )
    assert "mosquitto_pub -t plan/current -r -n" in text


def test_sarif_carries_fingerprints_and_suppressions() -> None:
    """SARIF has one result for every finding, with its own fingerprint; accepted ones are suppressed."""
    found = changed()
    entry = Acceptance(fingerprint=found.breaks[0].fingerprint, reason="known", owner="ops", expires="2099-01-01")
    accepted = changed(settings=DiffSettings(accepted=(entry,), today="2026-01-01"))
    [run] = json.loads(write(accepted, "sarif"))["runs"]
    prints = [result["partialFingerprints"]["portal/diff/v1"] for result in run["results"]]
    assert prints == [one.fingerprint for one in accepted.findings]
    assert [one["partialFingerprints"]["portal/diff/v1"] for one in run["results"] if "suppressions" in one] == [
        entry.fingerprint
    ]
    assert all(rule["shortDescription"]["text"] for rule in run["tool"]["driver"]["rules"])


def test_junit_fails_what_breaks() -> None:
    """JUnit is well-formed and counts breaks and risks as failures."""
    found = changed()
    suite = ElementTree.fromstring(write(found, "junit"))
    failing = [one for one in found.findings if one.level != "ok"]
    assert int(suite.get("failures", "0")) == len(failing) == len(suite.findall("testcase/failure"))


def test_github_has_ten_of_each_level() -> None:
    """At most ten annotations of a level are written."""
    lines = write(changed(fields=30), "github").splitlines()
    assert sum(line.startswith("::error") for line in lines) == 10


HOSTILE = (
    "@everyone",
    "<img src=x onerror=alert(1)>",
    "```\n</details>\n# head",
    "<!-- portal-diff -->",
    "[link](https://evil.example)",
    "https://evil.example/a",
    "| a | b |\n|---|---|",
    "\u001b[31mred\u202e",
    "::error file=x::y",
    "**bold** _it_ `code` ~~no~~ #1 GH-1",
    "&lt;b&gt; &amp;",
    "a\r\nb",
    "www.evil.example :smile: $x$",
)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"class", "id"}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


KNOWN_TAGS = {
    "section",
    "p",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "details",
    "summary",
    "ul",
    "li",
    "code",
    "pre",
}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    """Names and descriptions of a document steer no format: no tags, links, mentions, commands or colours."""
    found = changed(text)
    tags = _Tags()
    tags.feed(write(found, "html"))
    assert tags.tags <= KNOWN_TAGS
    assert tags.open == []
    ElementTree.fromstring(write(found, "junit"))
    json.loads(write(found, "sarif"))
    assert all(line.startswith(("::error", "::warning", "::notice")) for line in write(found, "github").splitlines())
    assert all(letter.isprintable() or letter == "\n" for letter in write(found, "text"))
    _neutral(write(found, "markdown"))


DRAWN = re.compile(r'graph LR|  n\d+(\(\["|\[")(?:\w|[ /._-]|#\d+;|…)*("\]\)|"\])|  n\d+ (-->|-\. breaks \.->) n\d+')


def _neutral(text: str) -> None:
    """Assert that Markdown renders to our own structure only."""
    bare = re.sub(r"^(`{3,})json\n.*?\n\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    for drawn in re.findall(r"^```mermaid\n(.*?)\n```$", bare, flags=re.DOTALL | re.MULTILINE):
        assert [line for line in drawn.split("\n") if not DRAWN.fullmatch(line)] == []
    bare = re.sub(r"^```mermaid\n.*?\n```$", "", bare, flags=re.DOTALL | re.MULTILINE)
    assert "@" not in bare
    assert "://" not in bare
    assert "www." not in bare
    assert set(re.findall(r"<[^>]*>", bare)) <= {"<details>", "<summary>", "</summary>", "</details>"}
    assert text.count("<details>") >= bare.count("<details>") == bare.count("</details>")
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(bare)
    assert not re.search(r"<(a|img|h[1-6]|code|em|script)\b", html)


FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))
fuzz = settings(derandomize=not FUZZ, max_examples=100 * max(1, FUZZ), deadline=None)


@fuzz
@given(st.text(max_size=80) | st.text("-+*_#1.)(~`:> |[]<w", max_size=12))
def test_plain_is_shown_as_it_is(text: str) -> None:
    """Any text comes out of Markdown as itself, with no markup of its own."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    assert re.fullmatch(r"<p>[^<>]*</p>\n", markdown.render(f"x {plain(text)} x"))
    if plain(text).strip():
        assert re.fullmatch(r"<ul>\n<li>[^<>]*</li>\n</ul>\n", markdown.render(f"- {plain(text)}"))


@fuzz
@given(st.recursive(st.text(max_size=20) | st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=5))
def test_code_cannot_be_left(value: Any) -> None:
    """No value closes the fence that it stands in."""
    tokens = MarkdownIt("commonmark").parse(code(value) + "\n\nafter")
    assert next(token.type for token in tokens) == "fence"
    assert [token.content for token in tokens if token.type == "inline"] == ["after"]


def test_markdown_is_capped_by_whole_lines() -> None:
    """A report of very many changes stays under the limit of a comment and is closed properly."""
    text = write(changed("x" * 200, fields=400), "markdown")
    assert len(text.encode()) <= LONGEST + 200
    assert text.count("<details>") == text.count("</details>")
    assert "more lines are in the full report" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("system/health/{name}: field order_id removed (was 1)", None),
        ("AliasChoices('a_b', \"c\") of src/shop/main.py#Order.items", None),
        ("_private #12 *e* a|b `c` ~d~ items[].id", r"\_private \#12 \*e\* a\|b \`c\` \~d\~ items\[\].id"),
        ("12. -r 3) x", r"12\. -r 3) x"),
        ("-r", r"\-r"),
        (
            "@team see https://x or www.x.org :tada: $a$",
            "&#64;team see https&#58;//x or www&#46;x.org &#58;tada: &#36;a&#36;",
        ),
        ("a < b & c", "a &lt; b &amp; c"),
    ],
)
def test_markdown_is_readable_as_it_is_written(text: str, expected: str | None) -> None:
    """What is no markup is not touched, so that a comment can also be read in a mail; a reader sees the text itself."""
    assert plain(text) == (text if expected is None else expected)
    shown = MarkdownIt("commonmark", {"html": False}).render(f"x {plain(text)}")
    assert html.unescape(shown) == f"<p>x {text}</p>\n"
