"""Programs find their way: the API catalogue, llms.txt, Markdown twins and the links in the head of each page."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from markdown_it import MarkdownIt
from support.client import Client, shown
from support.registries import generated, greenhouse

from asyncapi.documents.document import Document
from portal.library import Library, library
from portal.marked import table
from portal.static_site import build
from portal.system import System, system

CATALOGUE = "/.well-known/api-catalog"


def _second() -> System:
    other = copy.deepcopy(greenhouse())
    other["info"]["title"] = "Orangery"
    return system(Document(raw=other), key="orange ry")


@pytest.fixture(scope="module", params=["one", "two"])
def portal(request: pytest.FixtureRequest) -> tuple[Client, Library]:
    """Return a portal over one system, and one over two of which a key needs escaping."""
    systems = [shown()] if request.param == "one" else [shown(), _second()]
    return Client(*systems), library(systems)


def _targets(markdown: str) -> list[str]:
    """Return the targets of all links of a Markdown text, as a reader of Markdown sees them."""
    tokens = MarkdownIt().enable("table").parse(markdown)
    inline = (child for token in tokens for child in token.children or ())
    return [str(child.attrs["href"]) for child in inline if child.type == "link_open"]


def _pages(shelf: Library) -> list[str]:
    return [f"/{site.base}{page.path}" for site in shelf.sites() for page in site.pages.values()]


def _hrefs(catalogue: dict[str, Any]) -> list[dict[str, str]]:
    return [
        link for entry in catalogue["linkset"] for name, links in entry.items() if name != "anchor" for link in links
    ]


def test_catalogue_says_where_everything_is_described(portal: tuple[Client, Library]) -> None:
    """It is a linkset with the profile of RFC 9727; every link leads to something of the type that it says."""
    client, shelf = portal
    answer = client.get(CATALOGUE)
    profile = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
    assert (answer.status_code, answer.headers["content-type"]) == (200, profile)
    assert client.head(CATALOGUE).headers["link"] == '<api-catalog>; rel="api-catalog"'
    links = _hrefs(answer.json())
    for link in links:
        found = client.get(urljoin(CATALOGUE, link["href"]))
        assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (200, link["type"]), link
    described = {"", *(f"services/{service}/" for service in ("planner", "valves"))}
    wanted = {f"/{site.base}{path}" for site in shelf.sites() if site.system for path in described}
    assert wanted | {"/api/"} <= {unquote(urljoin(CATALOGUE, entry["anchor"])) for entry in answer.json()["linkset"]}


def test_catalogue_of_a_static_site_names_only_files(portal: tuple[Client, Library], tmp_path: Path) -> None:
    """Without a server there is no API to list, and every link leads to a file of the site."""
    build(portal[1], tmp_path / "site")
    catalogue = json.loads((tmp_path / "site" / CATALOGUE[1:]).read_text(encoding="utf-8"))
    assert not any("openapi" in link["href"] for link in _hrefs(catalogue))
    for link in _hrefs(catalogue):
        path = unquote(urljoin(CATALOGUE, link["href"]))[1:]
        assert (tmp_path / "site" / (f"{path}index.html" if path.endswith("/") or not path else path)).is_file(), link


def test_llms_txt_leads_everywhere(portal: tuple[Client, Library]) -> None:
    """It begins with a title and a summary, and every link in it leads somewhere, in each system."""
    client, shelf = portal
    for site in shelf.sites():
        place = f"/{site.base}llms.txt"
        text = client.get(place).text
        assert re.match(r"# \S", text) and (site.system is None or "\n\n> Contracts of " in text)
        targets = _targets(text)
        assert [target for target in targets if client.get(urljoin(place, target)).status_code != 200] == []
        if site.system:
            topics = [urljoin(place, target) for target in targets if "topics/" in target]
            assert len(topics) == len(site.system.rows())
            asked = re.search(r"`(\S*api/check\?\S*topic=)ADDRESS`", text)
            assert asked
            assert client.post(urljoin(place, asked[1] + "valve/command"), content=b"{}").json()["topics"] == [
                "valve/command"
            ]


def test_llms_txt_tells_delivery_and_parties(portal: tuple[Client, Library]) -> None:
    """A topic's line says what it is for, QoS, retained, and who sends to whom."""
    site = next(site for site in portal[1].sites() if site.system)
    text = site.files["llms.txt"].body().decode()
    line = next(line for line in text.splitlines() if line.startswith("- [`valve/command`]"))
    assert line.endswith("QoS 2, planner → valves")


def test_llms_txt_of_a_static_site_asks_nobody(tmp_path: Path) -> None:
    """Without a server it names none of its addresses."""
    build(library([shown()]), tmp_path / "site")
    text = (tmp_path / "site" / "llms.txt").read_text(encoding="utf-8")
    assert "api/" not in text and "openapi" not in text
    assert [target for target in _targets(text) if not (tmp_path / "site" / unquote(target)).is_file()] == []


def test_llms_txt_stays_short() -> None:
    """A thousand topics take less than 100 KB, and it says where the others are."""
    text = library([shown(generated(1_000))]).front.files["llms.txt"].body().decode()
    assert len(text) < 100_000
    assert "- [600 more](index.md)" in text and "- [800 more](messages/index.md)" in text


def test_markdown_twins_lead_from_one_to_the_other(portal: tuple[Client, Library]) -> None:
    """Every link of every Markdown twin leads to another one, and every topic and message is linked."""
    client, shelf = portal
    reached: set[str] = set()
    for page in _pages(shelf):
        place = f"{page}index.md"
        for target in _targets(client.get(place).text):
            parts = urlsplit(target)
            if not parts.scheme:
                reached.add(urljoin(place, target))
    assert [path for path in sorted(reached) if client.get(path).status_code != 200] == []
    wanted = [path for path in _pages(shelf) if "/topics/" in path or "/messages/" in path[:-9]]
    assert [path for path in wanted if f"{path}index.md" not in {unquote(found) for found in reached}] == []


def test_head_of_each_page_names_its_data(portal: tuple[Client, Library]) -> None:
    """The twins, the document and the catalogue are named in the head, and lead to what is said of them."""
    client, shelf = portal
    for site in shelf.sites():
        for page in (f"/{site.base}{page.path}" for page in site.pages.values()):
            html = client.get(page).text
            named = dict(re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"', html))
            document = {"application/yaml"} if site.system else set()
            assert {"application/json", "text/markdown", *document} <= set(named)
            for kind, href in named.items():
                found = client.get(urljoin(page, href))
                assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (200, kind)
            (catalogue,) = re.findall(r'<link rel="api-catalog" href="([^"]+)"', html)
            assert urljoin(page, catalogue) == CATALOGUE


def test_cells_keep_to_their_columns() -> None:
    """A bar in a name does not begin another column."""
    assert table(("a", "b"), [("`x|y`", r"x\|y")])[-2] == r"| `x\|y` | x\|y |"
