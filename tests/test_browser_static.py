"""The static site in Chromium: from `file://` and below a path of a web server, search and filters included."""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from support.browser import Trouble, axe, chromium
from support.client import shown
from support.registries import greenhouse

from asyncapi.errors import PortalError
from portal.library import library
from portal.static_site import Built, build

pytestmark = pytest.mark.browser

ADDRESSES = "all => all.map(item => new URL(item.getAttribute('href'), document.baseURI).href)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for all tests of the module."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the greenhouse's site into a directory below another."""
    made = tmp_path_factory.mktemp("web") / "some/project"
    build(library([shown()]), made)
    return made


@contextlib.contextmanager
def _web(directory: Path) -> Iterator[str]:
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=str(directory)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("place", ["file", "web"])
def test_works_anywhere(browser: Browser, directory: Path, place: str) -> None:
    """From a file and from a web server below a path: pages, links, filter, facets and search work, silently."""
    with contextlib.ExitStack() as stack:
        root = (
            directory.as_uri() if place == "file" else stack.enter_context(_web(directory.parents[1])) + "/some/project"
        )
        context = browser.new_context()
        trouble = Trouble()
        trouble.watch(context, root)
        page = context.new_page()
        page.goto(f"{root}/index.html")
        page.locator("#q").fill("system/health/pump")
        expect(page.locator("#topics tbody tr:visible th")).to_have_text(["system/health/{service}"])
        page.locator("#q").fill("")
        page.locator('.facets a[data-f="class"]', has_text="event").click()
        expect(page.locator("#topics tbody tr:visible th")).to_have_text(["climate/{zone}/measured"])
        page.get_by_role("link", name="climate/{zone}/measured", exact=True).click()
        page.locator(".split h2 a").click()
        expect(page.locator("h1")).to_have_text("Measurement")
        page.wait_for_load_state()
        page.keyboard.press("Control+k")
        page.keyboard.type("dew")
        expect(page.locator('dialog a[aria-selected="true"]')).to_contain_text("dew_point")
        page.keyboard.press("Enter")
        expect(page.locator(".row:target")).to_contain_text("dew_point")
        page.locator(".find input").fill("valve")
        page.locator(".find input").press("Enter")
        expect(page.locator("#results a").first).to_be_visible()
        context.close()
    assert trouble.found == []


def test_static_pages_are_accessible(browser: Browser, directory: Path) -> None:
    """axe finds nothing on static pages, and no page leads to one that is not there."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    wrong = []
    for path in sorted(directory.rglob("index.html")):
        page.goto(path.as_uri())
        links = page.eval_on_selector_all("a[href], link[href]", ADDRESSES)
        wrong += [link for link in links if link.startswith("file:") and not _exists(link)]
        if path.parent.name in ("command", "Measurement", "project", "search"):
            wrong += axe(page)
    context.close()
    assert wrong == []


def _exists(link: str) -> bool:
    from urllib.parse import unquote, urlsplit

    return Path(unquote(urlsplit(link).path)).is_file()


def test_second_build_writes_only_what_changed(tmp_path: Path) -> None:
    """Nothing is written when nothing changed; a removed topic takes its files along."""
    first = build(library([shown()]), tmp_path / "site")
    again = build(library([shown()]), tmp_path / "site")
    fewer = greenhouse()
    del fewer["operations"]["sensor_send_climateRaw"], fewer["channels"]["climateRaw"]
    third = build(library([shown(fewer)]), tmp_path / "site")
    assert (first.written, again.written, again.removed) == (first.files, 0, 0)
    assert third.removed >= 3
    assert not (tmp_path / "site/topics/climate/{zone}/measured/raw").exists()
    assert isinstance(third, Built)


def test_foreign_directories_are_left_alone(tmp_path: Path) -> None:
    """A directory that holds something else is refused and stays as it was."""
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(PortalError, match="holds something that was not built here"):
        build(library([shown()]), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]
