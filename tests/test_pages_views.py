"""What pages say, before any HTML: delivery, the registry's facets, messages, Markdown, code, the cache."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.client import shown
from support.registries import foreign, generated, greenhouse

from asyncapi.documents.document import Document
from asyncapi.extensions import NAMES
from portal import delivery, markdown, text
from portal.cache import Cache, body
from portal.library import library
from portal.pages import maps, message, overviews, topic, topics
from portal.pages.topics import TopicRow, TopicsView
from portal.render import breakable, constraint, visible
from portal.site import site
from portal.snippets import Snippet
from portal.static_site import build
from portal.system import System, system

REL = 'rel="noopener noreferrer nofollow"'


@pytest.fixture(scope="module")
def house() -> System:
    """Return the greenhouse."""
    return shown()


def _row(house: System, address: str) -> TopicRow:
    return next(row for row in house.rows() if row.address == address)


@pytest.mark.parametrize(
    ("address", "qos", "retained"),
    [
        ("climate/{zone}/measured", "1", "no"),
        ("valve/command", "2", "no"),
        ("plan/current", "0", "yes"),
        ("valve/done", "1", "unknown"),
        ("system/health/{service}", "1 expected", "yes expected"),
    ],
)
def test_delivery_is_what_is_said(house: System, address: str, qos: str, retained: str) -> None:
    """What senders say is shown; an expectation is called one; unknown stays unknown."""
    row = _row(house, address)
    assert (row.qos.word, row.retain.word) == (qos, retained)


def test_delivery_against_policy_is_marked(house: System) -> None:
    """Only a topic whose sender departs from what is expected is marked."""
    wrong = {row.address for row in house.rows() if row.qos.against_policy or row.retain.against_policy}
    assert wrong == {"plan/current"}


def test_receivers_count_where_senders_are_silent() -> None:
    """Without a sender the QoS of the subscribers is shown as theirs."""
    document = greenhouse()
    del document["operations"]["planner_send_valveCommand"]
    found = shown(document)
    assert _row(found, "valve/command").qos.word == "2 subscribed"
    assert delivery.UNKNOWN.word == "unknown"


def _addresses(view: TopicsView) -> list[str]:
    return [row.address for row in view.rows]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 6),
        ({"domain": "valve"}, 2),
        ({"service": "planner"}, 4),
        ({"service": "planner", "class": "state"}, 1),
        ({"class": "event", "q": "dashboard"}, 1),
        ({"qos": "1", "retained": "yes"}, 1),
        ({"findings": "warnings", "domain": "nowhere"}, 0),
        ({"unknown": "x"}, 6),
        ({"q": "climate/north/measured"}, 1),
    ],
)
def test_facets_combine(house: System, query: dict[str, str], found: int) -> None:
    """Facets and the filter narrow together; names that are none are ignored."""
    assert len(topics.view(house.index, house.rows(), query).rows) == found


def test_counts_say_what_choosing_leaves(house: System) -> None:
    """The count beside a value is the number of rows after choosing it."""
    for start in ({}, {"domain": "valve"}, {"q": "measured"}, {"class": "event", "qos": "1"}):
        view = topics.view(house.index, house.rows(), start)
        for facet in view.facets:
            for choice in (*facet.choices, *facet.more):
                if not choice.chosen:
                    chosen = topics.view(house.index, house.rows(), {**start, facet.name: choice.value})
                    assert (facet.name, choice.value, len(chosen.rows)) == (facet.name, choice.value, choice.count)


def test_sorting_goes_both_ways_and_back(house: System) -> None:
    """A column sorts up, then down, then as the document has it."""
    plain = _addresses(topics.view(house.index, house.rows()))
    up = topics.view(house.index, house.rows(), {"sort": "topic"})
    down = topics.view(house.index, house.rows(), {"sort": "-topic"})
    assert (_addresses(up), _addresses(down)) == (sorted(plain), sorted(plain, reverse=True))
    assert [view.columns[0].query for view in (up, down)] == ["sort=-topic", ""]


def test_envelope_is_a_frame_around_the_model(house: System) -> None:
    """A message in an envelope shows the model's fields, and the envelope's own beside the property that holds it."""
    view = message.view(house.index, house.index.messages["ValveCommand"])
    names = [row.name for row in view.rows]
    assert (view.data_name, [row.name for row in view.envelope]) == ("data", ["id", "type", "source"])
    assert names == ["message_id", "timestamp", "request_id", "valve", "action", "seconds"]


def test_rows_say_everything_in_a_line(house: System) -> None:
    """Presence, default, constraints, allowed values with their docstrings and origin stand in the row."""
    rows = {row.name: row for row in message.view(house.index, house.index.messages["ValveCommand"]).rows}
    assert (rows["seconds"].default, rows["seconds"].presence) == ("30", "")
    assert rows["seconds"].marks == ("greater than 0", "at most 3600")
    assert (rows["valve"].presence, rows["message_id"].origin) == ("required", "BaseMessage")
    assert [(value.value, value.description) for value in rows["action"].values] == [
        ('"open"', "Opens and stays open."),
        ('"close"', ""),
        ('"pulse"', "Opens and closes once a second."),
    ]


def test_null_default_of_a_nullable_field_is_silent(house: System) -> None:
    """`X | None = None` is `X · nullable · optional`, without a default."""
    rows = {row.name: row for row in message.view(house.index, house.index.messages["Measurement"]).rows}
    battery = rows["battery"]
    assert (battery.type, battery.nullable, battery.default, battery.presence) == ("integer", True, "", "optional")


def test_both_sides_of_a_topic(house: System) -> None:
    """A topic names who sends and receives with their places, filters, replies and what follows."""
    view = topic.view(house.index, house.index.topics["climateMeasured"])
    planner = view.receivers[0]
    assert [party.service.name for party in view.senders] == ["sensor"]
    assert (planner.service.name, planner.filter) == ("planner", "climate/+/measured")
    assert planner.calls[0].place and planner.calls[0].place.text == "apps/planner/src/planner.py:31"
    assert planner.calls[0].place.url == ("https://example.org/greenhouse/blob/main/apps/planner/src/planner.py#L31")
    assert [link.name for link, _ in planner.next] == ["valve/command"]
    asked = topic.view(house.index, house.index.topics["valveDone"])
    assert [link.name for link in asked.answers_to] == ["valve/command"]


def _snippets(house: System, key: str) -> dict[str, Snippet]:
    return {item.key: item for item in message.view(house.index, house.index.messages[key]).snippets}


def test_code_has_topic_and_delivery(house: System) -> None:
    """Commands carry the broker, a concrete topic or its filter, QoS and the retained flag."""
    shell = _snippets(house, "Measurement")["mosquitto"].text
    assert "mosquitto_sub -h broker.example.org -p 1883 -t climate/+/measured -q 1 -v" in shell
    assert "mosquitto_pub -h broker.example.org -p 1883 -t climate/north/measured -q 1 \\" in shell
    assert " -r" in _snippets(house, "Plan")["mosquitto"].text


@pytest.mark.parametrize("key", ["Measurement", "ValveCommand", "ValveDone", "Plan", "Health"])
def test_code_is_code(house: System, key: str) -> None:
    """Every Python example parses and every JSON example is JSON, whatever values they hold."""
    for item in _snippets(house, key).values():
        if item.language == "python":
            ast.parse(item.text)
        if item.language == "json":
            json.loads(item.text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("plain words", "<p>plain words</p>"),
        ("it's <b>bold</b>", "<p>it's &lt;b&gt;bold&lt;/b&gt;</p>"),
        ("**a** `b`", "<p><strong>a</strong> <code>b</code></p>"),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>"),
        ("# Title", "<h3>Title</h3>"),
        ("[x](https://e.org)", f'<p><a href="https://e.org" {REL}>x</a></p>'),
        ("[](https://e.org)", f'<p><a href="https://e.org" {REL}>https://e.org</a></p>'),
        ("![a *b*](https://e.org/a.png)", f'<p><a href="https://e.org/a.png" {REL}>a b</a></p>'),
        ("![](https://e.org/a.png)", f'<p><a href="https://e.org/a.png" {REL}>https://e.org/a.png</a></p>'),
        ("[![a](https://e.org/a.png)](https://e.org)", f'<p><a href="https://e.org" {REL}>a</a></p>'),
        ("![a](data:image/png;base64,AAAA)", "<p>a</p>"),
        ("a\n\n    b", '<p>a</p>\n<pre tabindex="0"><code>b\n</code></pre>'),
    ],
)
def test_descriptions_can_only_be_read(text: str, html: str) -> None:
    """Descriptions become HTML that holds no code; HTML in them is shown, not obeyed."""
    assert str(markdown.render(text)).strip() == html


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("# A\n\n## B\n\n# C", ["h2", "h3", "h2"]),
        ("### A\n\n###### B\n\n##### C", ["h2", "h3", "h3"]),
        ("###### A\n\n# B", ["h2", "h2"]),
        ("\n".join(f"{'#' * level} A" for level in range(1, 7)), ["h2", "h3", "h4", "h5", "h6", "h6"]),
    ],
)
def test_headings_of_descriptions_go_down_one_by_one(text: str, tags: list[str]) -> None:
    """The highest heading of a description fits where it stands, and those below it skip no level."""
    assert re.findall(r"<(h\d)>", markdown.render(text, 2)) == tags


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("matches ^<[a-z]+$", "matches <code>^&lt;[a-z]+$</code>"),
        ("keys match ^x", "keys match <code>^x</code>"),
        ("matches needs match ", "matches <code>needs match </code>"),
        ("a needs matches b", "a needs matches b"),
        ("0 to <100", "0 to &lt;100"),
    ],
)
def test_patterns_are_code(words: str, html: str) -> None:
    """What a pattern says is set apart from the words around it."""
    assert constraint(words) == html


def test_what_a_payload_is_as_a_whole() -> None:
    """A map or a list is not taken for an object with the fields of its values; a plain object says nothing."""
    index = system(Document(raw=foreign(), source="foreign.yaml")).index
    made = {item.name: message.view(index, item) for item in index.messages.values()}
    assert {name: (view.whole, view.type) for name, view in made.items()} == {
        "Measured": (True, "any"),
        "Table": (True, "map of object"),
        "Command": (False, "object"),
        "Proto": (True, "any"),
        "Dimmed": (True, "any"),
    }
    assert [value.value for value in made["Table"].rows[0].values] == ['"dim"', '"full"']


def test_a_topic_leads_to_its_flows(house: System) -> None:
    """The page of a topic names the flows that lead over it; one that no flow knows names none."""
    found = {
        address: [flow.name for flow in topic.view(house.index, item).flows]
        for item in house.index.topics.values()
        if (address := item.address)
    }
    assert found == {
        "climate/{zone}/measured": ["From climate/{zone}/measured"],
        "climate/{zone}/measured/raw": [],
        "valve/command": ["From climate/{zone}/measured", "valve/command and its answer"],
        "valve/done": ["valve/command and its answer"],
        "plan/current": [],
        "system/health/{service}": [],
    }


def test_topics_that_differ_from_the_policy_come_first(house: System) -> None:
    """The matrix begins with what is to be mended; the rest stays in its order."""
    view = overviews.policies(house.index)
    assert [row.differs for row in view.rows] == sorted((row.differs for row in view.rows), reverse=True)
    assert view.rows[0].topic.name == "plan/current"


def test_a_large_domain_is_mapped_in_parts() -> None:
    """A domain that is too large for a table offers its next levels, and each of those is a table or offers more."""
    document = generated(300, services=60)
    for number, channel in enumerate(document["channels"].values()):
        channel["address"] = f"plant/line_{number % 6}/{channel['address']}"
    document["channels"]["channel0"]["address"] = "other"
    index = system(Document(raw=document, source="plant.yaml")).index
    view = maps.view(index, "plant")
    assert (view.too_large, len(view.rows), view.parts[0]) == (True, 0, ("plant/line_1", 50))
    part = maps.view(index, "plant/line_1")
    assert (part.too_large, len(part.rows), part.parts) == (False, 50, ())
    assert maps.view(index, "plant/nowhere").domain == ""
    assert text.map_(view).splitlines()[2:5] == [
        "Too large for one table; its parts, also as `map/?domain=`:",
        "",
        "- `plant/line_1`: 50 topics",
    ]


def test_parts_of_a_large_map_are_pages(tmp_path: Path) -> None:
    """Where the whole is too large, each part is a page, in a static site too; a map that fits has no others."""
    document = generated(120, services=60)
    for number, channel in enumerate(document["channels"].values()):
        channel["address"] = f"plant/line_{number % 6}/{channel['address']}"
    document["channels"]["channel0"]["address"] = "Plant"
    found = library([system(Document(raw=document, source="plant.yaml"))])
    pages = [path for path in found.front.pages if path.startswith("map/")]
    assert pages == ["map/", "map/~plant/", "map/plant/", *(f"map/plant~_line_{n}/" for n in (1, 2, 3, 4, 5, 0))]
    build(found, tmp_path / "site")
    for path in pages:
        shown = (tmp_path / "site" / path / "index.html").read_text()
        links = re.findall(r'href="([^"]*map/[^"?]*)"', shown)
        assert (path, "?domain" in shown, "map/plant/index.html" in shown) == (path, False, path != "map/plant/")
        assert all((tmp_path / "site" / path / link).is_file() for link in links)
        assert len(shown) < 150_000
    small = library([system(Document(raw=generated(30), source="plant.yaml"))])
    assert [path for path in small.front.pages if path.startswith("map/")] == ["map/"]


def test_parts_of_a_map_are_bounded() -> None:
    """However many domains there are, only so many have a page."""
    document = generated(400, services=60)
    for number, channel in enumerate(document["channels"].values()):
        channel["address"] = f"d{number}/x"
    assert len(maps.places(system(Document(raw=document)).index)) == maps.MOST_PAGES


def test_markdown_says_what_the_page_says(house: System) -> None:
    """What is asked for, what a level of an address is, and how a message is encoded stand in the Markdown, too."""
    index = house.index
    shown_as = {
        "policies": text.policies(overviews.policies(index)),
        "topic": text.topic(topic.view(index, index.find("climate/{zone}/measured"))),  # type: ignore[arg-type]
        "message": text.message(message.view(index, index.messages["ValveCommand"])),
    }
    assert [
        (name, line)
        for name, line in (
            ("policies", "| state | 1 | yes | 1 | The current value, for whoever comes later. |"),
            ("topic", "- `{zone}`: Zone of the house."),
            ("message", "- content type: `application/json`"),
        )
        if line not in shown_as[name].splitlines()
    ] == []


def test_addresses_wrap_after_slashes_only() -> None:
    """A break may come after a slash; markup in an address is escaped."""
    assert breakable("a/b/<i>") == "a/<wbr>b/<wbr>&lt;i&gt;"
    assert breakable("a/b", longer_than=10) == "a/b"


def test_long_levels_wrap_too() -> None:
    """A level that no telephone has room for may be wrapped after its dots, dashes and underscores, or anywhere."""
    assert breakable("street.lights.of.the.town/a.b") == "street.<wbr>lights.<wbr>of.<wbr>the.<wbr>town/<wbr>a.b"
    assert breakable("x" * 60) == "<wbr>".join(("x" * 24, "x" * 24, "x" * 12))


def test_invisible_characters_are_seen() -> None:
    """Characters that hide or turn text are spelled out."""
    assert visible("a\u202eb\x00c") == "a⟨U+202E⟩b⟨U+0000⟩c"


def test_cache_is_bounded() -> None:
    """The cache drops what was not used for longest, and never holds more than its limit."""
    cache = Cache(limit=10_000)
    for number in range(40):
        cache.put(str(number), body(bytes([number]) * 400, "text/plain"))
        assert cache.get("0") is not None or number > 20
        assert cache.size <= cache.limit
    cache.put("large", body(b"x" * 20_000 + bytes(range(256)) * 80, "text/plain"))
    assert (cache.get("1"), cache.get("39") is None) == (None, False)


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, names) for key, item in value.items() if key not in names}
    return [_without(item, names) for item in value] if isinstance(value, list) else value


def test_pages_need_no_x_fields() -> None:
    """Every page is drawn with all of our `x-` fields removed, as HTML, JSON and Markdown."""
    from portal.answers import Answers, Request

    bare = system(Document(raw=_without(greenhouse(), NAMES), source="bare.yaml"))
    answers = Answers(bare)
    twins = ("", "index.json", "index.md")
    asked = {
        path + twin: answers.answer(Request(path=path + twin, query={})) for path in site(bare).pages for twin in twins
    }
    assert {path: made.status for path, made in asked.items() if made.status != 200} == {}


def test_pages_are_the_same_on_every_run() -> None:
    """Two systems made from one document draw the same bytes."""
    from portal.answers import Answers, Request

    one, other = Answers(shown()), Answers(shown())
    paths = [*one.library.front.pages, *one.library.front.files]
    differing = [path for path in paths if _raw(one, path) != _raw(other, path)]
    assert (differing, one.library.version) == ([], other.library.version)
    assert Request(path="", query={}).path == ""


def _raw(answers: Any, path: str) -> bytes:
    from portal.answers import Request

    return bytes(answers.answer(Request(path=path, query={})).raw)


def test_columns_that_tell_nothing_are_left_out(house: System) -> None:
    """Where no topic has a class or an answer the table says so; domains of one topic each are no facet."""
    others = system(Document(raw=foreign(), source="foreign.yaml"))
    views = [topics.view(made.index, made.rows()) for made in (house, others)]
    assert [(view.bare, view.mute) for view in views] == [(False, False), (True, True)]
    views += [topics.view(others.index, others.rows()[1:3])]
    assert ["domain" in [facet.name for facet in view.facets] for view in views] == [True, True, False]
