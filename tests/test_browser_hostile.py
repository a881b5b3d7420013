"""Documents of strangers in Chromium: whatever stands in them, nothing runs, nothing is asked for, nothing breaks."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from support.browser import Trouble, Watched, chromium, watched
from support.hostile import clean, documents

from asyncapi.documents.document import Document, loads
from asyncapi.errors import DocumentError
from portal.addresses import encoded, system_path
from portal.library import library
from portal.site import site
from portal.static_site import build
from portal.system import System, system

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
"""The limit of time only ends what hangs: on a busy machine, all pages of all documents take minutes."""

DOCUMENTS = dict(documents())
ALL_PAGES = "PORTAL_FUZZ" in os.environ
KINDS = frozenset(
    (
        *("topics", "topic", "message", "messages", "service", "services", "flow", "flows", "map", "policies"),
        *("findings", "check", "search", "changes", "diff", "history"),
    )
)
MAIN = ("topic", "message")
TWINS = ("index.json", "index.md")
BATCH = 24
HANDLERS = "[onclick],[onload],[onerror],[onfocus],[onmouseover],[ontoggle]"
LINKS = "links => links.map(link => new URL(link.href.baseVal ?? link.href, location).protocol)"


@dataclass(slots=True)
class Visit:
    """What came of opening pages of one document: what should not have happened, status codes, kinds of pages."""

    found: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for all tests of the module."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def systems() -> dict[str, System]:
    """Read all documents that can be read, each beside a harmless version before it."""
    found = ((name, _system(name)) for name in DOCUMENTS)
    return {name: shown for name, shown in found if shown is not None}


def _system(name: str) -> System | None:
    version = name.partition(" ")[0] + "<script>alert(1)</script>"
    older = [(version, "2026-01-02T03:04:05+00:00", Document(raw=clean(), source="v1"))] if len(name) % 2 else []
    try:
        read = loads(json.dumps(DOCUMENTS[name]).encode(), source="hostile.json")
        return system(read, name=name, key=f"h{list(DOCUMENTS).index(name)}", older=older)
    except DocumentError as error:
        assert "\n" not in str(error)
        return None


@pytest.fixture(scope="module")
def visits(browser: Browser, systems: dict[str, System]) -> Mapping[str, Visit]:
    """Open pages of every document: in turn a topic or its message, and others; all kinds under PORTAL_FUZZ."""
    visits = {}
    with watched() as server:
        context = browser.new_context(base_url=server.address)
        trouble = Trouble()
        trouble.watch(context, server.address)
        page = context.new_page()
        for number, (name, shown) in enumerate(systems.items()):
            visits[name] = _visit(server, page, trouble, shown, number)
        context.close()
    return visits


def _visit(server: Watched, page: Page, trouble: Trouble, shown: System, number: int) -> Visit:
    server.show(shown)
    visit = Visit()
    for kind, path in _chosen(shown, number):
        answer = page.goto(f"/{encoded(path)}{_query(kind, shown)}", wait_until="load")
        visit.answers.append(answer.status if answer else 0)
        visit.kinds.append(kind)
        if kind == "check":
            page.locator("#payload").fill(json.dumps({shown.registry.title: shown.registry.title}))
            page.locator(".paste button").click()
            page.locator(".verdict").wait_for()
        visit.found += _seen(page, trouble, {"http:", "https:", "mailto:"})
        visit.answers.append(page.request.get(f"/{encoded(path)}{TWINS[number % 2]}").status)
    return visit


def _chosen(shown: System, number: int) -> list[tuple[str, str]]:
    """Return the kinds of pages to open for a document, each with the first page of that kind."""
    first: dict[str, str] = {}
    for page in site(shown).pages.values():
        first.setdefault(page.template.removesuffix(".html"), page.path)
    others = [kind for kind in sorted(first) if kind not in MAIN]
    if ALL_PAGES:
        return [(kind, first[kind]) for kind in (*MAIN, *others) if kind in first]
    if "diff" in first:
        others = ["changes", "diff", "history", *others[: len(others) // 2]]
    return [(kind, first[kind]) for kind in (MAIN[number % 2], others[number % len(others)]) if kind in first]


def _query(kind: str, shown: System) -> str:
    """Return what is asked of pages that can be asked: the document's own title, as code may stand there."""
    text = encoded(shown.registry.title[:200]).replace("/", "%2F") or "a"
    return {"search": f"?q={text}", "topics": f"?q={text[:40]}&class={text}", "check": f"?topic={text}"}.get(kind, "")


def _seen(page: Page, trouble: Trouble, schemes: set[str]) -> list[str]:
    """Return what should not be on a page or should not have happened there, and forget it."""
    found, trouble.found[:] = list(trouble.found), []
    found += [f"handler: {target.inner_html()[:80]}" for target in page.locator(HANDLERS).all()]
    return found + [f"link: {kind}" for kind in set(page.eval_on_selector_all("a[href]", LINKS)) - schemes]


def test_there_are_enough_documents(systems: dict[str, System]) -> None:
    """There are at least 120 hostile documents, and nearly all of them can be drawn."""
    assert len(DOCUMENTS) >= 120
    assert len(systems) >= len(DOCUMENTS) - 6


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_happens(visits: Mapping[str, Visit], name: str) -> None:
    """No dialog, no violation of the content policy, no error, no request to a stranger, no 5xx."""
    visit = visits.get(name, Visit(answers=[200]))
    assert (visit.found, set(visit.answers)) == ([], {200})


def test_every_kind_of_page_was_opened(visits: Mapping[str, Visit]) -> None:
    """Pages of every kind were opened, each for several documents."""
    opened = Counter(kind for visit in visits.values() for kind in visit.kinds)
    print(len(visits), "documents,", opened.total(), "pages:", dict(opened))
    assert opened.keys() == KINDS
    assert min(opened.values()) >= 5, opened


def test_static_sites_are_quiet(browser: Browser, systems: dict[str, System], tmp_path: Path) -> None:
    """Built together as files, the documents' pages do no more than when they are served."""
    context = browser.new_context()
    trouble = Trouble()
    trouble.watch(context, "file://")
    page = context.new_page()
    found = []
    small = [shown for shown in systems.values() if len(shown.index.topics) < 100]
    for number, batch in enumerate(_batches(small)):
        directory = tmp_path / str(number)
        build(library(batch), directory)
        for path in ("index.html", "search/index.html?q=a"):
            found += _opened(page, trouble, directory, path)
        for shown in batch:
            path = _chosen(shown, number)[0][1]
            found += _opened(page, trouble, directory, f"{encoded(system_path(shown.key))}{encoded(path)}index.html")
    context.close()
    assert (found, len(small) >= 120) == ([], True)


def _opened(page: Page, trouble: Trouble, directory: Path, path: str) -> list[str]:
    page.goto(f"{directory.as_uri()}/{path}", wait_until="load")
    return [f"{path}: {item}" for item in _seen(page, trouble, {"http:", "https:", "mailto:", "file:"})]


def _batches(systems: Sequence[System]) -> Iterator[Sequence[System]]:
    for at in range(0, len(systems), BATCH):
        yield systems[at : at + BATCH]
