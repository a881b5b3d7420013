"""Sequence diagrams: everything of a flow is in them, readable at any size, and nothing of it is obeyed."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.drawings import collisions, parsed, words

from asyncapi.view.registry import Flow, FlowStep
from portal.diagrams.chains import chains
from portal.diagrams.sequence import MAX_STEPS, drawing, sequence_svg, text_table
from portal.diagrams.text import escaped, visible, width, wrap

FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))
LINKS: dict[str, Any] = {
    "topic_href": lambda topic: f"/topics/{topic}/",
    "service_href": lambda name: f"/services/{name}/",
}
NO_LINKS: dict[str, Any] = {"topic_href": lambda _: "", "service_href": lambda _: ""}


def step(sender: str, topic: str, receiver: str, **more: Any) -> FlowStep:
    """Return one arrow."""
    return FlowStep(sender=sender, topic=topic, receiver=receiver, **more)


def flow(*steps: FlowStep, title: str = "A flow") -> Flow:
    """Return a flow of these arrows."""
    return Flow(name="flow", title=title, steps=steps)


TWO = flow(
    step("planner", "valve/command", "valves", correlation="request_id"),
    step("valves", "valve/done", "planner", correlation="request_id"),
)
TWENTY = flow(
    *(
        step(f"service-{n}", f"domain/{n}/measured/in/some_room", f"service-{n + 1}", correlation="trace_id")
        for n in range(19)
    ),
    step("service-19", "domain/answer", "service-0", correlation="trace_id"),
    step("service-19", "domain/again", "service-19"),
)
MIXED = flow(
    step("ear", "speech/heard", "router", correlation="turn_id"),
    step("router", "memory/query", "memory", correlation="turn_id → request_id", when="memory is on"),
    step("memory", "memory/results", "router", correlation="request_id", when="memory is on"),
    step("router", "router/tick", "router"),
    step("router", "model/request", "model", correlation="turn_id"),
    step("model", "model/response/stream/chunk/with/a/long/address", "ear", correlation="other_id"),
    step("model", "model/response", "router", broken="model does not publish model/response"),
)
EITHER = flow(
    step("door", "door/opened", "alarm", correlation="visit_id"),
    step("alarm", "siren/on", "siren", correlation="visit_id", when="nobody is at home"),
    step("siren", "siren/state", "alarm", when="nobody is at home"),
    step("alarm", "door/greet", "door", when="a known face stands there", alternative=True),
    step("alarm", "log/entry", "archive", correlation="visit_id"),
    step("archive", "archive/full", "alarm", when="the disk is full"),
)
HOSTILE = "\"><script>alert(1)</script>&]]>'\u202e\x00\ud800\n"
EVIL = flow(
    step(HOSTILE, HOSTILE, "x" * 500, correlation=HOSTILE, broken=HOSTILE * 20),
    step("", "", ""),
    step("a" * 90 + "/" * 90, "b/" * 300, "名前" * 60, correlation="c" * 900, when="memory is on"),
    title=HOSTILE,
)
FLOWS = {"two": TWO, "twenty": TWENTY, "mixed": MIXED, "either": EITHER, "evil": EVIL, "none": flow()}


@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.parametrize("links", [LINKS, NO_LINKS])
def test_nothing_lies_on_anything(name: str, links: dict[str, Any]) -> None:
    """No text touches another, a line, a bar or the edge, and none is smaller than eleven pixels."""
    assert collisions(drawing(FLOWS[name], **links)) == []


@pytest.mark.parametrize("name", FLOWS)
def test_drawings_are_well_formed_and_inert(name: str) -> None:
    """Whatever names say, the SVG parses and holds nothing but shapes, texts and links."""
    parsed(sequence_svg(FLOWS[name], **LINKS))


_NAMES = st.sampled_from(["a", "planner", "a-service-with-a-long-name", "x" * 70, "", "ünï", "路由器"])
_STEPS = st.builds(
    FlowStep,
    sender=_NAMES,
    receiver=_NAMES,
    topic=st.sampled_from(["a", "a/b/c", "some/very/long/address/that/goes/on/and/on", "y" * 80, "", "/a//b/"]),
    correlation=st.sampled_from(["", "id", "request_id → message_id", "z" * 60]),
    when=st.sampled_from(["", "", "it rains", "the sun shines for " + "very " * 20 + "long"]),
    alternative=st.booleans(),
    broken=st.sampled_from(["", "", "it is not published", "w" * 200]),
)


@settings(derandomize=not FUZZ, max_examples=60 * (FUZZ or 1), deadline=None)
@given(st.lists(_STEPS, max_size=14))
def test_no_flow_is_drawn_unreadably(steps: list[FlowStep]) -> None:
    """Flows of any shape keep their texts apart."""
    assert collisions(drawing(flow(*steps), **NO_LINKS)) == []


def test_everything_is_said() -> None:
    """Topics, services, fields and what breaks are in the drawing as text."""
    tree = parsed(sequence_svg(MIXED, **LINKS))
    assert set(words(tree, "d-topic")) == {
        *("speech/heard", "memory/query", "memory/results", "router/tick", "model/request", "model/response"),
        "model/response/stream/chunk/with/a/long/address",
    }
    assert words(tree, "d-name") == ["ear", "router", "memory", "model"]
    assert words(tree, "d-field") == ["turn_id", "turn_id → request_id", "request_id", "turn_id", "other_id"]
    assert [word.replace(" ", "") for word in words(tree, "d-why")] == ["breaks:modeldoesnotpublishmodel/response"]
    assert words(tree, "d-num") == ["1", "2", "3", "4", "5", "6", "7"]
    assert words(tree, "d-tag") == ["opt"]


def test_branches_stand_in_frames() -> None:
    """Branches of which one is taken share a frame, each under its condition; a lone one has a frame of its own."""
    tree = parsed(sequence_svg(EITHER, **LINKS))
    assert words(tree, "d-tag") == ["alt", "opt"]
    assert words(tree, "d-guard") == ["[nobody is at home]", "[a known face stands there]", "[the disk is full]"]
    assert [row.note for row in text_table(EITHER)] == [
        "",
        *["when nobody is at home"] * 2,
        "or when a known face stands there",
        "",
        "when the disk is full",
    ]


def test_names_stand_at_both_ends_of_long_flows() -> None:
    """Who scrolls down still sees whose lifeline it is."""
    names = words(parsed(sequence_svg(TWENTY, **NO_LINKS)), "d-name")
    assert names == [f"service-{n}" for n in range(20)] * 2


def test_topics_and_services_are_links() -> None:
    """Every arrow leads to its topic and every head to its service, escaped."""
    tree = parsed(sequence_svg(TWO, **LINKS))
    links = [element.get("href") for element in tree.iter() if element.tag.endswith("}a")]
    assert links == ["/services/planner/", "/services/valves/", "/topics/valve/command/", "/topics/valve/done/"]


@pytest.mark.parametrize(("links", "role"), [(LINKS, "group"), (NO_LINKS, "img")])
def test_drawings_are_named(links: dict[str, Any], role: str) -> None:
    """A drawing has a name and a description; links inside of an image would be hidden from screen readers."""
    tree = parsed(sequence_svg(TWO, **links, ident="two"))
    assert (tree.get("role"), tree.get("aria-labelledby"), tree.get("aria-describedby")) == (
        role,
        "two-title",
        "two-desc",
    )
    title, desc = tree[0], tree[1]
    assert (title.get("id"), title.text) == ("two-title", "A flow")
    assert desc.get("id") == "two-desc"
    assert "planner → valve/command → valves" in (desc.text or "")


def test_steps_of_a_chain_share_a_class() -> None:
    """A field that is renamed on the way stays one chain; steps without a field belong to none."""
    tree = parsed(sequence_svg(MIXED, **NO_LINKS))
    steps = [element for element in tree.iter() if "d-step" in (element.get("class") or "").split()]
    assert [(element.get("class"), element.get("data-field")) for element in steps] == [
        ("d-step d-c0", "turn_id"),
        ("d-step d-c0 d-maybe", "turn_id → request_id"),
        ("d-step d-c0 d-maybe", "request_id"),
        ("d-step", None),
        ("d-step d-c0", "turn_id"),
        ("d-step d-c1", "other_id"),
        ("d-step d-broken", None),
    ]


@pytest.mark.parametrize(
    ("correlations", "expected"),
    [
        ((), ()),
        (("", ""), (None, None)),
        (("a", "b", "a"), (0, 1, 0)),
        (("b", "a → b", "a"), (0, 0, 0)),
        (("a → b", "c → d", "b → c"), (0, 0, 0)),
    ],
)
def test_chains_follow_renamed_fields(correlations: tuple[str, ...], expected: tuple[int | None, ...]) -> None:
    """Two fields joined by an arrow are one chain, in whatever order they come."""
    assert chains(correlations) == expected


def test_the_table_says_what_the_drawing_shows() -> None:
    """Rows for screen readers hold every step, with dashes and crosses in words."""
    rows = text_table(MIXED)
    assert [(row.number, row.sender, row.topic, row.receiver, row.correlation) for row in rows] == [
        (number, step.sender, step.topic, step.receiver, step.correlation)
        for number, step in enumerate(MIXED.steps, start=1)
    ]
    assert [row.note for row in rows] == [
        *("", "when memory is on", "when memory is on", "", "", ""),
        "breaks: model does not publish model/response",
    ]


def test_endless_flows_are_cut_and_say_so() -> None:
    """A flow of thousands of steps stays a picture that a browser can show."""
    tree = parsed(sequence_svg(flow(*(step("a", f"t/{n}", "b") for n in range(3_000))), **NO_LINKS))
    assert len(words(tree, "d-topic")) == MAX_STEPS
    assert words(tree, "d-note") == [f"{3_000 - MAX_STEPS} more steps are in the table"]


@pytest.mark.parametrize(
    ("text", "limit", "lines"),
    [
        ("a/b", 100, ["a/b"]),
        ("alpha/beta/gamma", 60, ["alpha/", "beta/", "gamma"]),
        ("alpha/beta/gamma", 90, ["alpha/beta/", "gamma"]),
        ("/a//b", 20, ["/a/", "/b"]),
        ("abcdefgh", 30, ["abcd", "efgh"]),
        ("", 30, [" "]),
    ],
)
def test_addresses_wrap_after_slashes(text: str, limit: float, lines: list[str]) -> None:
    """A line breaks after a slash, and inside of a level only when that alone is too wide."""
    found = wrap(text, limit, 12, mono=True)
    assert "".join(found).strip() == text
    if text != "/a//b":
        assert found == lines
    assert all(width(line, 12, mono=True) <= limit for line in found)


def test_what_hides_or_breaks_text_is_spelled_out() -> None:
    """Control characters, marks that turn the direction and half characters are shown, the rest is escaped."""
    assert visible("a\x00\u202eb\ud800") == "a⟨U+0000⟩⟨U+202E⟩b⟨U+D800⟩"
    assert escaped("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;"
