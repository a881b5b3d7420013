"""Search and the filter box, by the table that the browser is held to as well."""

from __future__ import annotations

import pytest
from support.client import shown
from support.searches import FILTERS, NEAREST, SEARCHES, WORLDLY, world

from portal.pages import topics
from portal.query import finds
from portal.search import Entry, parts, search
from portal.system import System


@pytest.fixture(scope="module")
def greenhouse() -> System:
    """Return the greenhouse."""
    return shown()


@pytest.mark.parametrize(("query", "names"), SEARCHES)
def test_search_ranks(greenhouse: System, query: str, names: list[str]) -> None:
    """The best hits of a query come in this order; a query that finds nothing finds nothing."""
    found = [entry.name for entry in search(greenhouse.entries(), query).hits]
    assert (found[: len(names)], bool(found)) == (names, bool(names))


@pytest.mark.parametrize(("query", "names"), WORLDLY)
def test_search_reads_every_script(query: str, names: list[str]) -> None:
    """Case and accents make no difference, and names need no letter of the Latin alphabet."""
    found = [entry.name for entry in search(shown(world()).entries(), query).hits]
    assert (found[: len(names)], bool(found)) == (names, bool(names))


@pytest.mark.parametrize(("query", "address", "text", "expected"), FILTERS)
def test_filter_finds(query: str, address: str, text: str, expected: bool) -> None:
    """The filter box understands words, wildcard filters and concrete topics."""
    assert finds(query, address, text) is expected


@pytest.mark.parametrize(("query", "names"), NEAREST)
def test_a_filter_that_finds_nothing_offers_the_nearest(greenhouse: System, query: str, names: list[str]) -> None:
    """Topics, messages and services with almost this name are offered, and each finds something."""
    rows = greenhouse.rows()
    view = topics.view(greenhouse.index, rows, {"q": query})
    assert (view.rows, list(view.near)) == ((), names)
    assert all(topics.view(greenhouse.index, rows, {"q": name}).rows for name in names)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("stateChanged/v2", ("state", "changed", "v", "2")),
        ("HTTPServer_name", ("http", "server", "name")),
        ("a.b-c d", ("a", "b", "c", "d")),
        ("Größe_Öl2", ("große", "ol", "2")),
        ("温度計/現在", ("温度計", "現在")),
        ("", ()),
    ],
)
def test_names_have_parts(name: str, expected: tuple[str, ...]) -> None:
    """Names are split at case, digits and punctuation."""
    assert parts(name) == expected


def test_ties_go_to_the_kind_and_the_shorter_name() -> None:
    """Fields count half; equal scores are ordered by kind, then by length, then as they came."""
    entries = [
        Entry(kind="field", name="speed_x", path="1"),
        Entry(kind="topic", name="speed_long", path="2"),
        Entry(kind="field", name="speed", path="3"),
        Entry(kind="topic", name="speed_abc", path="4"),
        Entry(kind="topic", name="speed_xyz", path="5"),
    ]
    assert [entry.path for entry in search(entries, "speed").hits] == ["4", "5", "2", "3", "1"]


def test_results_are_bounded() -> None:
    """Not more than the asked number of hits is given, and how many there are in all."""
    entries = [Entry(kind="topic", name=f"speed_{number}", path=str(number)) for number in range(100)]
    view = search(entries, "speed", limit=7)
    assert (len(view.hits), view.total) == (7, 100)


@pytest.mark.parametrize(
    ("query", "near", "paths"),
    [("speed", False, ["1"]), ("sped", True, ["1"]), ("speed limit", True, ["1"]), ("zzz", False, [])],
)
def test_what_is_only_near_is_marked(query: str, near: bool, paths: list[str]) -> None:
    """Where no entry has all the words, those with the most are given, and it is said that they are only near."""
    view = search([Entry(kind="topic", name="speed", path="1"), Entry(kind="topic", name="height", path="2")], query)
    assert (view.near, [entry.path for entry in view.hits]) == (near, paths)
