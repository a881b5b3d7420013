"""What is around a topic or a service, drawn in layers, and the matrix of services and topics."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.drawings import collisions, parsed, words
from support.registries import generated, greenhouse, registry

from asyncapi.view.registry import Flow, FlowStep, Registry
from portal.diagrams import layers
from portal.diagrams.matrix import matrix
from portal.diagrams.neighbourhood import (
    MAX_NODES,
    Neighbourhood,
    around_service,
    around_topic,
    graph,
    neighbourhood_svg,
)
from portal.diagrams.sequence import sequence_svg

FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))
GREENHOUSE = registry()
LINKS: dict[str, Any] = {
    "topic_href": lambda topic: f"/topics/{topic}/",
    "service_href": lambda name: f"/services/{name}/",
}
CLIMATE = "climate/{zone}/measured"


def topic(registry: Registry, address: str) -> Neighbourhood:
    """Return what is around the topic with this address."""
    found = registry.topic(address)
    assert found is not None
    return around_topic(registry, found)


def names(around: Neighbourhood) -> list[tuple[str, ...]]:
    """Return the names of each layer."""
    return [part.names for part in around.parts]


@pytest.mark.parametrize(
    ("address", "expected", "last"),
    [
        (
            CLIMATE,
            [("sensor",), (CLIMATE,), ("planner", "dashboard"), ("valve/command",)],
            (("planner", "valve/command", True),),
        ),
        (
            "valve/command",
            [("planner",), ("valve/command",), ("valves",), ("valve/done",)],
            (("valves", "valve/done", False),),
        ),
        ("climate/{zone}/measured/raw", [("sensor",), ("climate/{zone}/measured/raw",), (), ()], ()),
        ("system/health/{service}", [(), ("system/health/{service}",), (), ()], ()),
    ],
)
def test_what_is_around_a_topic(address: str, expected: list[tuple[str, ...]], last: tuple[Any, ...]) -> None:
    """Publishers, subscribers and what follows: certain where the code says so, else only possible."""
    around = topic(GREENHOUSE, address)
    assert names(around) == expected
    assert around.links[2] == last


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (
            "planner",
            [
                ("sensor", "valves"),
                (CLIMATE, "valve/done"),
                ("planner",),
                ("valve/command", "plan/current"),
                ("valves", "dashboard"),
            ],
        ),
        ("dashboard", [("sensor", "planner"), (CLIMATE, "plan/current"), ("dashboard",), (), ()]),
        ("nobody", [(), (), ("nobody",), (), ()]),
    ],
)
def test_what_is_around_a_service(service: str, expected: list[tuple[str, ...]]) -> None:
    """Whom it hears, what it receives, what it sends, and who hears it; itself is not its own neighbour."""
    assert names(around_service(GREENHOUSE, service)) == expected


def test_a_neighbourhood_is_told_in_words() -> None:
    """Every layer is in the description, also those of which a drawing shows only a part."""
    assert topic(GREENHOUSE, "climate/{zone}/measured/raw").sentences == (
        "Publishers: sensor",
        "Subscribers: none known",
        "What can follow: none known",
    )
    big = registry(generated(200, services=5))
    around = around_service(big, big.services[0].name)
    tree = parsed(neighbourhood_svg(around, **LINKS))
    others = [part for part in around.parts if part.title != "Service"]
    assert all(name in (tree[1].text or "") for part in others for name in part.names)


@pytest.mark.parametrize("service", range(5))
def test_no_graph_is_too_large_to_read(service: int) -> None:
    """At most 24 nodes are drawn, the rest of each layer is counted."""
    big = registry(generated(200, services=5))
    around = around_service(big, big.services[service].name)
    drawn = graph(around, **LINKS)
    shown = [text for text in drawn.texts if text.css in ("d-name", "d-topic")]
    left = [int(text.lines[0].split()[1]) for text in drawn.texts if text.lines[0].startswith("and ")]
    assert len(shown) + len(left) <= MAX_NODES
    assert len(shown) + sum(left) == sum(len(part.names) for part in around.parts)
    assert collisions(drawn) == []


def test_what_is_drawn_is_not_left_alone() -> None:
    """Where not all publishers fit, those are drawn that explain the most of what is drawn beside them."""
    document = greenhouse()
    health = {"channel": {"$ref": "#/channels/health"}}
    extra = {f"extra{index}": {"action": "send", "x-service": f"extra-{index}", **health} for index in range(40)}
    first = {"planner_receive_health": {"action": "receive", "x-service": "planner", **health}}
    document["operations"] = first | extra | document["operations"]
    drawn = words(parsed(neighbourhood_svg(around_service(registry(document), "planner"), **LINKS)), "d-name")
    assert {"sensor", "valves", "extra-0"} <= set(drawn)


def test_nobody_is_said() -> None:
    """A topic without subscribers says so in the place where they would be."""
    tree = parsed(neighbourhood_svg(topic(GREENHOUSE, "climate/{zone}/measured/raw"), **LINKS))
    assert words(tree, "d-note") == ["Publishers", "Topic", "Subscribers", "none known"]


def test_possible_links_are_dashed_and_explained() -> None:
    """What is not known to follow is not drawn as if it were."""
    tree = parsed(neighbourhood_svg(topic(GREENHOUSE, "valve/command"), **LINKS))
    dashed = [element for element in tree.iter() if element.get("stroke-dasharray")]
    assert len(dashed) == 1
    assert words(tree, "d-note")[-1] == "Dashed: the subscriber sends it, not known whether because of this"
    certain = parsed(neighbourhood_svg(topic(GREENHOUSE, CLIMATE), **LINKS))
    assert [element for element in certain.iter() if element.get("stroke-dasharray")] == []


def test_neighbours_are_links_and_the_centre_is_not() -> None:
    """Every neighbour leads to its page; the page one is on does not lead to itself."""
    tree = parsed(neighbourhood_svg(topic(GREENHOUSE, CLIMATE), **LINKS))
    links = {element.get("href") for element in tree.iter() if element.tag.endswith("}a")}
    assert links == {"/services/sensor/", "/services/planner/", "/services/dashboard/", "/topics/valve/command/"}
    here = [element for element in tree.iter() if element.get("class") == "d-here"]
    assert ["".join(element.itertext()) for element in here] == [CLIMATE]


_NODES = st.lists(
    st.builds(
        layers.Node,
        name=st.sampled_from(["a", "x" * 300, "a/b/c/d", "路由" * 40, "", '<"&>\u202e', "some/very/long/address/here"]),
        kind=st.sampled_from(["topic", "service"]),
        here=st.booleans(),
        href=st.sampled_from(["", '"><script>']),
    ),
    max_size=8,
)
_LAYERS = st.lists(
    st.tuples(_NODES, st.sampled_from([0, 7]), st.sampled_from(["", "none known"])), min_size=1, max_size=5
)


@settings(derandomize=not FUZZ, max_examples=60 * (FUZZ or 1), deadline=None)
@given(_LAYERS, st.data())
def test_no_layers_are_drawn_unreadably(made: list[Any], data: st.DataObject) -> None:
    """Layers of any shape and names of any kind keep texts apart, and give SVG that parses."""
    built = tuple(
        layers.Layer(title="Publishers", nodes=tuple(nodes), more=more, empty=empty) for nodes, more, empty in made
    )
    edges = []
    for left, right in pairwise(built):
        count = len(left.nodes) and len(right.nodes) and data.draw(st.integers(0, 6))
        edges.append(
            tuple(
                layers.LayerEdge(
                    start=data.draw(st.integers(0, len(left.nodes) - 1)),
                    end=data.draw(st.integers(0, len(right.nodes) - 1)),
                )
                for _ in range(count)
            )
        )
    drawn = layers.drawing(built, tuple(edges), title="t", description="d", legend="Dashed: perhaps")
    assert collisions(drawn) == []
    parsed(drawn.svg("g"))


def test_the_matrix_says_who_does_what() -> None:
    """Topics in document order, services that use one, and what was only declared."""
    found = matrix(GREENHOUSE)
    assert found.services == ("sensor", "planner", "valves", "dashboard")
    assert {row.topic: {found.services[index]: cell.words for index, cell in row.filled} for row in found.rows} == {
        CLIMATE: {"sensor": "publishes", "planner": "subscribes", "dashboard": "subscribes (declared)"},
        "valve/command": {"planner": "publishes", "valves": "subscribes"},
        "valve/done": {"planner": "subscribes", "valves": "publishes"},
        "plan/current": {"planner": "publishes", "dashboard": "subscribes"},
        "system/health/{service}": {},
        "climate/{zone}/measured/raw": {"sensor": "publishes"},
    }
    assert all(len(row.cells) == len(found.services) for row in found.rows)


def test_a_service_may_do_both() -> None:
    """A service that hears what it says has one cell for both."""
    document = greenhouse()
    document["operations"]["again"] = {
        "action": "receive",
        "channel": {"$ref": "#/channels/climateRaw"},
        "x-service": "sensor",
    }
    row = matrix(registry(document)).rows[-1]
    assert [cell.words for _, cell in row.filled] == ["publishes and subscribes"]


def test_a_part_of_the_matrix_has_only_its_services() -> None:
    """Keeping some topics leaves out services that have nothing to do with them."""
    found = matrix(GREENHOUSE, keep=lambda topic: (topic.address or "").startswith("valve/"))
    assert [row.topic for row in found.rows] == ["valve/command", "valve/done"]
    assert found.services == ("planner", "valves")


def test_every_rule_of_the_style_sheet_is_about_something_drawn() -> None:
    """The style sheet of diagrams names no class that no diagram has."""
    sheet = (Path(__file__).parents[1] / "static/diagrams.css").read_text(encoding="utf-8")
    styled = set(re.findall(r"\.([a-z][\w-]*)", sheet))
    steps = tuple(
        FlowStep(
            sender="a", topic="t", receiver="b", correlation=f"f{n}", when="it rains" * (n == 1), broken="x" * (n == 2)
        )
        for n in range(6)
    )
    drawn = sequence_svg(Flow(name="f", title="f", steps=steps), **LINKS) + neighbourhood_svg(
        topic(GREENHOUSE, "valve/command"), **LINKS
    )
    assert styled - {name for names in re.findall(r'class="([^"]*)"', drawn) for name in names.split()} == set()
