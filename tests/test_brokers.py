"""Brokers as the pages show them, and what stands where a document tells of one application only."""

from __future__ import annotations

import re
from pathlib import Path

from support.registries import greenhouse

from asyncapi.documents.document import Document, load
from portal import llms, text
from portal.brokers import Broker, ListedBroker, broker, listed_brokers
from portal.pages import topics
from portal.render import Frame, html, standing
from portal.system import System, system

DOCUMENTS = Path(__file__).parent / "fixtures" / "documents"


def _shown(name: str) -> System:
    return system(load(DOCUMENTS / f"{name}.yaml"))


def _words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", page).split())


def test_a_broker_is_shown_with_the_defaults_of_its_variables_and_what_it_asks_for() -> None:
    """Variables without a default stay as they are written; a password in an address is not shown."""
    shown = listed_brokers(_shown("brokers").registry)
    assert shown[0] == ListedBroker(
        name="production",
        address="mqtt://eu.mqtt.example.org:8883/telemetry",
        description="Where it counts",
        security=("user and password", "client certificate"),
    )
    assert [item.address for item in shown[1:]] == [
        "mqtt://mqtt.example.org:1883",
        "mqtt://[::1",
        "amqp://shared.example.org",
    ]


def test_samples_connect_to_the_defaults_of_the_variables() -> None:
    """The first broker is the one that samples use, with its variables filled in."""
    assert broker(_shown("brokers").registry) == Broker(host="eu.mqtt.example.org", port=8883)


def test_the_registry_names_its_brokers_everywhere() -> None:
    """The page, its Markdown and llms.txt say where clients connect to and how they sign in."""
    shown = _shown("brokers")
    view = topics.view(shown.index, shown.rows())
    page = html("topics.html", title="", view=view, frame=Frame(title="Brokers"), page=standing(""))
    told = "mqtt://eu.mqtt.example.org:8883/telemetry"
    assert f"production {told} by user and password, client certificate Where it counts" in _words(page)
    assert f"broker production `{told}` by user and password, client certificate: Where it counts" in text.topics(view)
    assert f"Brokers: `{told}` (production), " in llms.llms(shown)


def test_one_application_leaves_the_other_side_open() -> None:
    """Its document names only itself, so that nobody can be said to be missing; a system's document can."""
    alone, whole = _shown("street-lights"), system(Document(raw=greenhouse(), source=""))
    assert {topics.view(one.index, one.rows()).nobody for one in (alone, whole)} == {"not said", "nobody"}
    page = html(
        "topics.html",
        title="",
        view=topics.view(alone.index, alone.rows()),
        frame=Frame(title=""),
        page=standing(""),
    )
    assert "not said →" in page or "→ not said" in _words(page)
    assert "nobody" not in page and "nobody" not in llms.llms(alone)
