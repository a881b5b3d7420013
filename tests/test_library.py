"""Several systems in one portal: where each stands, the registry over all of them, and what happens to broken ones."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.client import Client
from support.registries import greenhouse, neighbour

from asyncapi.documents.document import Document
from portal.answers import Answers, Request
from portal.library import library, with_keys
from portal.static_site import LISTED, build
from portal.system import System, Unread, system


def made(document: dict[str, Any], key: str) -> System:
    """Return the system of a document under a key."""
    return system(Document(raw=document, source=f"{key}.yaml"), key=key)


GREEN, NEXT = made(greenhouse(), "green"), made(neighbour(), "next")
BROKEN = Unread(name="broken.yaml", key="broken", error="broken.yaml: not YAML")


@pytest.fixture(scope="module")
def client() -> Client:
    """Show two systems and one that cannot be read."""
    return Client(GREEN, NEXT, BROKEN)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/index.json", 200),
        ("/index.md", 200),
        ("/search/?q=doorbell", 200),
        ("/search-index.js", 200),
        ("/llms.txt", 200),
        ("/asyncapi.yaml", 404),
        ("/topics/valve/command/", 404),
        ("/s/green/", 200),
        ("/s/green/topics/valve/command/", 200),
        ("/s/green/topics/valve/command", 308),
        ("/s/green/asyncapi.yaml", 200),
        ("/s/next/topics/doorbell/rung/index.json", 200),
        ("/s/next/topics/valve/done/", 404),
        ("/s/broken/", 404),
        ("/s/nobody/", 404),
        ("/s/", 404),
        ("/s", 404),
    ],
)
def test_each_system_stands_in_its_own_folder(client: Client, path: str, status: int) -> None:
    """What a system shows alone it shows below its folder, and nothing of it anywhere else."""
    assert client.get(path).status_code == status


@pytest.mark.parametrize(
    ("read", "unread", "entry"), [(2, 0, ""), (8, 0, ""), (9, 0, "All 9 systems"), (2, 1, "All 3 systems")]
)
def test_the_menu_leads_to_every_system(read: int, unread: int, entry: str) -> None:
    """Few systems stand in the menu by name; where there are others, an entry leads to the table of all of them."""
    systems = [made(neighbour(), f"n{number}") for number in range(read)]
    front = Client(*systems, *[BROKEN] * unread).get("/search/").text
    menu = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', front.partition("<nav")[2].partition("</nav>")[0])
    assert [link for link in menu if link[0].endswith("#systems")] == ([("../#systems", entry)] if entry else [])
    assert len(menu) == 1 + min(read, 8) + bool(entry)


def test_the_registry_over_all_joins_topics_and_tells_what_does_not_fit(client: Client) -> None:
    """One row for a topic that two systems describe, with the parties of both; a broken system is listed."""
    shown = client.get("/index.json").json()
    rows = {row["address"]: row for row in shown["rows"]}
    assert [link["name"] for link in rows["valve/command"]["systems"]] == ["Greenhouse", "Neighbour"]
    assert [link["path"] for link in rows["valve/command"]["receivers"]] == [
        "s/green/services/valves/",
        "s/next/services/porter/",
    ]
    assert rows["valve/command"]["clashes"] == ["payloads do not fit"]
    assert [link["name"] for link in rows["doorbell/rung"]["systems"]] == ["Neighbour"]
    assert [(item["system"]["name"], item["error"]) for item in shown["systems"]] == [
        ("Greenhouse", ""),
        ("Neighbour", ""),
        ("broken.yaml", "broken.yaml: not YAML"),
    ]
    assert [item["message"] for item in shown["misfits"]] == [
        "Greenhouse sends ValveCommand, which porter of Neighbour can reject"
    ]


def test_the_registry_over_all_is_narrowed_by_system(client: Client) -> None:
    """`system` is a facet like the others."""
    rows = client.get("/index.json?system=Neighbour").json()["rows"]
    assert {row["address"] for row in rows} == {"climate/{zone}/measured", "valve/command", "doorbell/rung"}


def test_the_api_tells_systems_apart(client: Client) -> None:
    """`/api/systems` lists them; `system` chooses one, all topics are asked without it, another one is not found."""
    assert [item["key"] for item in client.get("/api/systems").json()] == ["green", "next", "broken"]
    assert client.get("/api/topics?system=next").json()["total"] == 3
    assert client.get("/api/topics").json()["title"] == "All systems"
    assert client.get("/api/topics/doorbell/rung?system=next").status_code == 200
    assert (client.get("/api/topics/doorbell/rung").status_code, client.get("/api/topics?system=x").status_code) == (
        404,
        404,
    )


def test_search_finds_everything_of_everybody(client: Client) -> None:
    """The search over all systems says whose each hit is and leads into it."""
    hits = client.get("/search/index.json?q=doorbell").json()["hits"]
    assert (hits[0]["name"], hits[0]["path"]) == ("doorbell/rung", "s/next/topics/doorbell/rung/")
    assert hits[0]["text"].startswith("Neighbour")


def test_keys_and_names_are_told_apart() -> None:
    """Folders that differ in nothing or only in case get numbers; equal titles get the key beside them."""
    same = with_keys([made(neighbour(), key) for key in ("a", "A", "a", "b c")])
    assert [item.key for item in same] == ["a", "A", "a-2", "b c"]
    assert [item.name for item in same] == [f"Neighbour ({item.key})" for item in same]
    assert len({site.base.casefold() for site in library(same).sites()}) == 5
    titled = [replace(made(neighbour(), key), name=name) for key, name in (("a", "X"), ("b", "X"), ("c", "X (b)"))]
    assert [item.name for item in with_keys(titled)] == ["X (a)", "X (b)", "X (b) (c)"]


def test_a_static_site_holds_every_system(tmp_path: Path) -> None:
    """`portal build` with several sources writes each system below `s/` and the registry over all at the top."""
    build(library([GREEN, NEXT, BROKEN]), tmp_path / "site")
    written = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*.html")}
    assert {"index.html", "s/green/index.html", "s/next/topics/doorbell/rung/index.html"} <= written
    page = (tmp_path / "site/s/next/topics/doorbell/rung/index.html").read_text()
    assert 'href="../../../../../static/' in page
    assert '<a class="within" href="../../../../../index.html">All systems</a>' in page


def test_another_name_or_place_is_another_version() -> None:
    """A folder that was renamed stands elsewhere, so that a site built before is built again."""
    renamed = made(greenhouse(), "house")
    assert renamed.version == GREEN.version
    assert library([GREEN, NEXT]).version != library([renamed, NEXT]).version


@pytest.mark.parametrize(("path", "status"), [("/s/green", 308), ("/s/none", 404), ("/s", 404)])
def test_a_system_is_entered_without_the_slash_at_the_end(client: Client, path: str, status: int) -> None:
    """`/s/green` leads to `/s/green/`, relative, so that it holds below any prefix."""
    answer = client.get(path)
    assert (answer.status_code, answer.headers.get("location")) == (status, "./green/" if status == 308 else None)


def test_a_page_names_the_version_that_it_was_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown may be replaced while a page is drawn: it asks to be renewed then, instead of looking current."""
    answers = Answers(GREEN, poll=True)
    page = answers.library.front.pages["services/"]
    late = replace(page, view=lambda: (answers.show(NEXT), page.view())[1])
    monkeypatch.setitem(answers.library.front.pages, "services/", late)  # type: ignore[arg-type]
    before = answers.library.version
    body = answers.answer(Request(path="services/", query={}))
    assert answers.library.version != before
    assert f'data-version="{before}"'.encode() in body.raw


@pytest.mark.parametrize("name", ["{outside}", "../kept.txt", "", "."])
def test_a_build_removes_nothing_outside_of_its_folder(tmp_path: Path, name: str) -> None:
    """What the list of an earlier build says is believed only below the folder: it may come from somebody else."""
    kept, site = tmp_path / "kept.txt", tmp_path / "site"
    kept.write_text("mine")
    site.mkdir()
    listed = {name.format(outside=kept): 4, "old.html": 1}
    (site / "old.html").write_text("x")
    (site / LISTED).write_text(json.dumps({"of": "", "files": listed}))
    build(library([GREEN]), site)
    assert (kept.exists(), (site / "old.html").exists(), (site / "index.html").exists()) == (True, False, True)
