"""Flows: pairs and chains that follow from replies and causes, declared ones checked, and how both are written."""

from __future__ import annotations

import time
from typing import Any

import pytest

from asyncapi.documents.document import Document
from asyncapi.view import build
from asyncapi.view.flow_text import mermaid, text
from asyncapi.view.flows import flows
from asyncapi.view.registry import Flow, FlowStep, Registry

Json = dict[str, Any]


def system(topics: Json, edges: list[str], **info: Any) -> Registry:
    """Return a system: topics with their fields and further channel fields, edges as `service > topic` or `< topic`.

    What follows an edge that receives stands behind `=>`: topics that the same service can send then, each with
    the fields it copies in brackets.
    """
    channels: Json = {}
    for address, (fields, more) in topics.items():
        message = {"payload": {"type": "object", "properties": {name: {"type": "string"} for name in fields}}}
        channels[address] = {"address": address, "messages": {"M": message}, **more}
    operations: Json = {}
    for edge in edges:
        head, _, after = edge.partition(" => ")
        service, sign, address = head.split()
        action = "send" if sign == ">" else "receive"
        causes = [_cause(service, item) for item in after.split(", ") if item]
        operations[f"{service}_{action}_{address}"] = {
            "action": action,
            "channel": {"$ref": "#/channels/" + address.replace("/", "~1")},
            "x-service": service,
            **({"x-causes": causes} if causes else {}),
        }
    raw = {"asyncapi": "3.1.0", "info": {"title": "S", **info}, "channels": channels, "operations": operations}
    return build(Document(raw=raw, source="s.yaml"))


def _cause(service: str, item: str) -> Json:
    address, _, copied = item.partition("[")
    copies = dict(pair.split(">") for pair in copied.rstrip("]").split() if pair)
    return {"operation": f"{service}_send_{address}", "copies": copies}


def told(flow: Flow) -> tuple[str, list[str]]:
    """Return the name of a flow and its steps, each on one line."""
    return flow.name, [
        f"{step.sender} {step.topic} {step.receiver}"
        + (f" [{step.correlation}]" if step.correlation else "")
        + (f" !{step.broken}" if step.broken else "")
        for step in flow.steps
    ]


ASKED = {
    "ask": (["id"], {"x-replies": [{"topic": "answer", "field": "id", "answer_field": "for"}]}),
    "answer": (["for"], {}),
}


@pytest.mark.parametrize(
    ("topics", "edges", "expected"),
    [
        ({"a": ([], {})}, ["one > a"], []),
        ({"a": ([], {}), "b": ([], {})}, ["one > a", "two < a", "two > b", "one < b"], []),
        (
            ASKED,
            ["one > ask", "two < ask", "two > answer", "one < answer", "three < answer"],
            [("ask", ["one ask two [id]", "two answer one [id → for]"])],
        ),
        (ASKED, ["one > ask", "two < ask", "two > answer", "three < answer"], []),
        (ASKED, ["one > ask", "two < ask", "three > answer", "one < answer"], []),
        (
            {"a": ([], {"x-correlation": ["id"]}), "b": ([], {"x-correlation": ["id"]}), "c": ([], {})},
            ["one > a", "two < a => b", "four < a", "two > b", "three < b => c", "three > c"],
            [("a", ["one a two [id]", "two b three [id]"])],
        ),
        (
            {"a": ([], {}), "b": ([], {}), "c": ([], {"x-correlation": ["ref"]})},
            ["one > a", "two < a => b, c[id>ref other>x]", "two > b", "two > c", "three < c", "three < b"],
            [("a", ["one a two", "two b three", "two c three [id → ref]"])],
        ),
        (
            {"a": ([], {}), "b": ([], {}), "c": ([], {})},
            ["two > b", "three < b => c", "three > c", "four < c", "two < a => b", "one > a"],
            [("a", ["one a two", "two b three", "three c four"])],
        ),
        (
            {"a": ([], {}), "b": ([], {})},
            ["one > a", "two < a => b", "two > b", "one < b => a"],
            [("a", ["one a two", "two b one"])],
        ),
        (
            {"start": ([], {}), "a": ([], {}), "b": ([], {})},
            ["go > start", "one < start => a", "one > a", "two < a => b", "two > b", "one < b => a"],
            [("start", ["go start one", "one a two", "two b one"])],
        ),
    ],
)
def test_flows_follow_from_replies_and_causes(topics: Json, edges: list[str], expected: list[Any]) -> None:
    """Pairs need both ends of both topics; chains start where nothing causes them, and circles end."""
    assert [told(flow) for flow in flows(system(topics, edges))] == expected


def test_a_chain_covers_the_pairs_inside_of_it() -> None:
    """What a longer flow shows is not shown again."""
    edges = ["one > ask", "two < ask => answer", "two > answer", "one < answer"]
    assert [told(flow) for flow in flows(system(ASKED, edges))] == [
        ("ask", ["one ask two", "two answer one [id → for]"])
    ]


@pytest.mark.parametrize(
    ("steps", "carries", "expected"),
    [
        ([("one", "ask", "two"), ("two", "answer", "one")], "", ["one ask two", "two answer one [id → for]"]),
        ([("one", "ask", "three")], "", ["one ask three !three does not subscribe to ask"]),
        ([("three", "ask", "two")], "", ["three ask two !three does not publish ask"]),
        ([("one", "gone", "two")], "", ["one gone two !gone is not a topic of the system"]),
        ([("one", "quiet", "two")], "", ["one quiet two"]),
        (
            [("one", "ask", "two"), ("two", "answer", "one")],
            "id",
            ["one ask two", "two answer one [id → for] !id is not carried by answer"],
        ),
    ],
)
def test_declared_flows_are_checked(steps: list[tuple[str, str, str]], carries: str, expected: list[str]) -> None:
    """A step that nobody takes and a topic that loses what the flow carries are told; unknown parties are not."""
    said = [dict(zip(("sender", "topic", "receiver"), step, strict=True)) for step in steps]
    registry = system(
        ASKED | {"quiet": (["id"], {})},
        ["one > ask", "two < ask", "two > answer", "one < answer"],
        **{"x-flows": {"said": {"summary": "As drawn.", "carries": carries, "steps": said}}},
    )
    declared = flows(registry)[0]
    assert (declared.name, declared.summary, declared.declared) == ("said", "As drawn.", True)
    assert told(declared)[1] == expected


def test_flows_are_the_same_every_time_and_end_in_time() -> None:
    """Three hundred services that all answer and cause each other are told in sixty arrows, always the same."""
    names = [f"s{n}" for n in range(300)]
    after = ", ".join(f"{topic}" for topic in ("ask", "answer"))
    edges = [
        f"{name} {sign} {topic}" + (f" => {after}" if sign == "<" else "")
        for name in names
        for topic in ("ask", "answer")
        for sign in "<>"
    ]
    start = time.process_time()
    found = flows(system(ASKED, edges))
    assert time.process_time() - start < 3
    assert [len(flow.steps) for flow in found] == [60]
    assert found == flows(system(ASKED, edges))


FLOW = Flow(
    name="f",
    title="A flow",
    summary="What it is for.",
    steps=(
        FlowStep(sender="one", topic="a/{id}", receiver="two", correlation="id"),
        FlowStep(sender="two", topic="b;\nend", receiver="one; x", broken="two does not publish b"),
    ),
)


def test_a_flow_is_written_as_text() -> None:
    """Numbered arrows, the field that ties each, and where it breaks; no name can start a line or steer a terminal."""
    assert text(FLOW) == (
        "A flow\n  What it is for.\n   1. one → a/{id} → two  [id]\n   2. two → b; end → one; x\n"
        "      breaks: two does not publish b\n"
    )


def test_a_flow_is_written_as_mermaid() -> None:
    """Lifelines by short names; no name can end a line, open a comment or become an instruction."""
    assert mermaid(FLOW) == (
        "sequenceDiagram\n"
        "  participant p0 as one\n  participant p1 as two\n  participant p2 as one#59; x\n"
        "  p0->>p1: a/#123;id#125; (id)\n"
        "  p1--xp2: b#59;#10;end\n"
    )


def either() -> Flow:
    """Return a flow in which one of two branches is taken, and another step only sometimes."""
    edges = ["one > ask", "two < ask", "two > answer", "one < answer", "two > quiet", "one < quiet"]
    steps: list[Json] = [
        {"sender": "one", "topic": "ask", "receiver": "two"},
        {"sender": "two", "topic": "quiet", "receiver": "one", "when": "busy"},
        {"sender": "two", "topic": "answer", "receiver": "one", "when": "idle", "alternative": True},
        {"sender": "one", "topic": "quiet", "receiver": "two", "when": "tired"},
    ]
    registry = system(ASKED | {"quiet": (["id"], {})}, edges, **{"x-flows": {"said": {"steps": steps}}})
    return flows(registry)[0]


def test_each_branch_is_tied_to_what_stands_before_all_of_them() -> None:
    """The answer follows the question, not the other branch; a branch is checked like any other step."""
    assert told(either())[1] == [
        "one ask two",
        "two quiet one",
        "two answer one [id → for]",
        "one quiet two !one does not publish quiet",
    ]


def test_branches_are_told_with_their_conditions() -> None:
    """As text and as Mermaid: either this or that, and what happens only sometimes."""
    assert [line.strip() for line in text(either()).splitlines() if line.startswith("      ")] == [
        *("when busy:", "or when idle:", "when tired:", "breaks: one does not publish quiet"),
    ]
    assert [line.strip().partition(" ")[0] for line in mermaid(either()).splitlines()[3:]] == [
        *("p0->>p1:", "alt", "p1->>p0:", "else", "p1->>p0:", "end", "opt", "p0--xp1:", "end"),
    ]
