"""What pages say in words: numbers and their nouns, facts told once, and what stands where there is nothing to tell."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.client import Client, shown
from support.registries import foreign, generated, greenhouse

Json = dict[str, Any]
LITTLE = generated(2, services=2)


def words(document: Json, path: str) -> str:
    """Return the text in the main part of a page on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", main(document, path))).strip()


def main(document: Json, path: str) -> str:
    """Return the HTML of the main part of a page."""
    answer = Client(shown(document)).get(path)
    assert answer.status_code == 200
    return answer.text.partition('<main id="main">')[2].partition("</main>")[0]


def test_one_is_not_many() -> None:
    """One topic, service or broker is told without an s."""
    document = generated(1, services=1)
    document["servers"] = {f"s{n}": {"host": f"h{n}", "protocol": "mqtt"} for n in range(5)}
    text = words(document, "/")
    assert "1 topic · 1 message · 1 service" in text
    assert "and 1 more broker Filter" in text


def test_only_findings_that_are_there_are_counted() -> None:
    """Severities without a finding are left out; where there are none at all, one sentence says so."""
    document = greenhouse()
    assert words(document, "/findings/").startswith("Findings 3 errors · 1 warning · 1 note ")
    assert words(generated(4), "/findings/").startswith("Findings Nothing is wrong: ")
    assert words(generated(0), "/findings/").startswith("Findings Nothing is wrong: ")


def test_a_remedy_that_all_share_is_said_once() -> None:
    """Where all findings of a rule are mended alike, the remedy stands once above them."""
    document = generated(4)
    for operation in list(document["operations"]):
        if document["operations"][operation]["action"] == "receive":
            del document["operations"][operation]
    text = words(document, "/findings/")
    assert text.count("nobody subscribes to") == 4
    assert text.count("subscribe, declare the party that does in portal.toml, or stop publishing") == 1
    topic = words(document, "/topics/" + next(iter(document["channels"].values()))["address"] + "/")
    assert topic.count("subscribe, declare the party that does in portal.toml, or stop publishing") == 1


@pytest.mark.parametrize("path", ["/topics/plan/current/", "/services/planner/"])
def test_no_page_leads_to_itself(path: str) -> None:
    """What a finding is about is linked, except for the page that the finding stands on."""
    found = main(greenhouse(), path).partition('id="findings"')[2].partition("</section>")[0]
    assert found
    assert f">{path.split('/', 2)[2].strip('/')}</a>" not in found.replace("<wbr>", "")


def test_services_lead_to_their_findings() -> None:
    """The number of findings of a service leads to them."""
    assert 'href="../services/planner/#findings"' in main(greenhouse(), "/services/")


def test_services_of_whom_little_is_known() -> None:
    """The list of services has no column in which nothing stands."""
    heads = [re.findall(r'<th scope="col"[^>]*>([^<]*)', main(made, "/services/")) for made in (LITTLE, greenhouse())]
    assert heads == [
        ["Service", "Publishes", "Subscribes"],
        ["Service", "What it does", "Publishes", "Subscribes", "Owner", "Findings"],
    ]


def test_policies_without_a_policy() -> None:
    """Where nothing is expected of delivery the page says so and how to change it, without empty columns."""
    text = words(foreign(), "/policies/")
    assert "portal.toml" in text
    assert "Expected" not in text
    assert "as expected" not in text
    assert "Expected" in words(greenhouse(), "/policies/")


def test_what_a_document_does_not_say() -> None:
    """Where a document tells of one application only, no page says that nobody is on the other side."""
    path = "/topics/street.lights.of.the.town.1.0.event.%7Blamp%7D.dimmed/"
    text = words(foreign(), path)
    assert "Nobody is known" not in text
    assert "The document does not say who publishes" in text
    assert "Nobody is known to publish" in words(greenhouse(), "/topics/system/health/%7Bservice%7D/")


def test_flows_have_one_title() -> None:
    """A flow has the same title in the list, on the page of a topic and on its own page."""
    title = "From climate/{zone}/measured"
    paths = ("/flows/", "/flows/climate~_%7Bzone%7D~_measured/", "/topics/climate/%7Bzone%7D/measured/")
    assert [title in words(greenhouse(), path) for path in paths] == [True, True, True]


def test_messages_of_one_name_are_told_apart() -> None:
    """Where two messages share a name, title and search name the topic as well."""
    document = greenhouse()
    messages = document["components"]["messages"]
    messages["ValveDone"] = {**messages["ValveDone"], "name": "ValveCommand"}
    client = Client(shown(document))
    titles = [client.get(f"/messages/{key}/").text.partition("<title>")[2].partition("<")[0] for key in messages]
    assert titles == [
        "Measurement · Greenhouse",
        "ValveCommand on valve/command · Greenhouse",
        "ValveCommand on valve/done · Greenhouse",
        "Plan · Greenhouse",
        "Health · Greenhouse",
    ]
    hits = client.get("/search/?q=ValveCommand").text
    found = re.findall(r"message · ([^<]*)", hits)
    assert [text.split(":")[0] for text in found] == ["on valve/command", "on valve/done"]
    fields = {text.split(":")[0] for text in re.findall(r"field · ([^<]*)", hits)}
    assert fields == {"ValveCommand on valve/command", "ValveCommand on valve/done"}


def test_a_description_is_told_once() -> None:
    """What the topic says already is not said again of its message."""
    document = greenhouse()
    assert words(document, "/topics/valve/command/").count("Moves one valve.") == 1
    key = next(iter(document["channels"]["valveCommand"]["messages"]))
    document["components"]["messages"][key]["summary"] = "Moves one valve."
    assert words(document, "/topics/valve/command/").count("Moves one valve.") == 1


def test_the_document_is_at_hand() -> None:
    """The registry leads to the document before the topics, however many there are."""
    assert 'href="./asyncapi.yaml"' in main(greenhouse(), "/").partition("<table")[0]


def test_a_payload_in_the_filter_box_is_led_to_the_check() -> None:
    """Who pastes a line of mosquitto_sub where topics are filtered is shown where payloads are read."""
    assert 'href="./check/"' in main(greenhouse(), '/?q=valve/done {"ok": 1}').partition('id="none"')[2]


def test_a_registry_without_facets_has_no_room_for_them() -> None:
    """One topic alone is listed without an empty column beside it, as soon as something is asked there is one."""
    alone = generated(1, services=1)
    assert 'class="browse"' not in main(alone, "/")
    assert 'class="browse"' in main(alone, "/?q=nothing")
    assert 'class="browse"' in main(greenhouse(), "/")


PAGES = (
    *("/", "/messages/", "/services/", "/flows/", "/map/", "/policies/", "/findings/", "/check/", "/search/?q=valve"),
    *("/topics/plan/current/", "/messages/Plan/", "/services/planner/", "/flows/valve~_command/"),
)


@pytest.mark.parametrize("path", PAGES)
def test_what_is_read_out_makes_sense_alone(path: str) -> None:
    """Tables have names, links are more than a number and marks have words, whichever of them a reader jumps to."""
    html = main(greenhouse(), path)
    assert re.findall(r"<table(?![^>]*aria-label)[^>]*>", html) == []
    links = re.findall(r"<a ([^>]*)>(.*?)</a>", html)
    shown = [(marks, re.sub(r"<[^>]+>", "", text).split()) for marks, text in links]
    assert [text for marks, text in shown if all(map(str.isdigit, text)) and "aria-label" not in marks] == []
    assert re.findall(r">[▲▽]+</td>", html) == []
    assert "<p></p>" not in re.sub(r" [^>]*>", ">", html)


def test_the_title_of_a_checked_payload_is_the_verdict() -> None:
    """Whoever hears the title first hears what the check found out."""
    answer = Client().post("/check/", data={"payload": '{"request_id": "1", "ok": true}', "topic": "valve/done"})
    title = answer.text.partition("<title>")[2].partition("</title>")[0]
    assert title.endswith(" · Check a payload · Greenhouse")
    assert title.startswith("valve/done accepts this")
