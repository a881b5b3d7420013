"""Documents of strangers in Chromium: whatever stands in them, nothing runs, nothing is asked for, nothing breaks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from support.browser import Trouble, Watched, chromium, watched
from support.hostile import documents

from asyncapi.document import loads
from asyncapi.errors import DocumentError
from portal.addresses import encoded
from portal.system import System, system

pytestmark = pytest.mark.browser

DOCUMENTS = dict(documents())
ALL_PAGES = "PORTAL_FUZZ" in os.environ


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[Watched, Page, Trouble]]:
    """Start a server and open a page; the server shows one document after the other."""
    with watched() as server, chromium() as browser:
        context = browser.new_context(base_url=server.address)
        trouble = Trouble()
        trouble.watch(context, server.address)
        yield server, context.new_page(), trouble
        context.close()


def _system(name: str) -> System | None:
    try:
        return system(loads(json.dumps(DOCUMENTS[name]).encode(), source="hostile.json"))
    except DocumentError as error:
        assert "\n" not in str(error)
        return None


def _paths(shown: System) -> list[str]:
    """Return the pages to open: the registry and the first topic with its message; all kinds under PORTAL_FUZZ."""
    index = shown.index
    own = [next(iter(paths.values()), "") for paths in (index.topic_paths, index.message_paths, index.service_paths)]
    lists = ["", "findings/", "flows/", "policies/", "search/?q=a", "messages/", "services/"]
    return list(dict.fromkeys([*own, *lists] if ALL_PAGES else ["", own[0]]))


def test_there_are_enough_documents() -> None:
    """There are at least 120 hostile documents."""
    assert len(DOCUMENTS) >= 120


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_happens(opened: tuple[Watched, Page, Trouble], name: str) -> None:
    """No dialog, no violation of the content policy, no error, no request to a stranger, no 5xx."""
    server, page, trouble = opened
    shown = _system(name)
    if shown is None:
        return
    server.show(shown)
    answers = []
    for path in _paths(shown):
        whole = path if "?" in path else encoded(path)
        answer = page.goto(f"/{whole}", wait_until="load")
        answers.append(answer.status if answer else 0)
        for target in page.locator("[onclick],[onload],[onerror],[onfocus],[onmouseover],[ontoggle]").all():
            trouble.found.append(f"handler: {target.inner_html()[:80]}")
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.protocol)")
        trouble.found += [f"link: {kind}" for kind in set(links) - {"http:", "https:", "mailto:"}]
    found, trouble.found[:] = list(trouble.found), []
    assert (found, set(answers)) == ([], {200})
