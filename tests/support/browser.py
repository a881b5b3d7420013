"""A browser for tests: Chromium, quiet and offline, and everything on a page that should not have happened."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from asyncapi.documents.document import Document
from portal.answers import Answers
from portal.app import create_app
from portal.system import System, system

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("PORTAL_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDTHS = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 390, "height": 844}}


@dataclass(slots=True)
class Trouble:
    """What went wrong on the pages of one context: console errors, exceptions, CSP violations, dialogs, strangers."""

    found: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext, allowed: str) -> None:
        """Listen to every page of a context; requests to anything but `allowed` are trouble and go nowhere."""
        context.expose_binding("portalTrouble", lambda _, text: self.found.append(str(text)))
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (event) =>"
            " window.portalTrouble('csp: ' + event.violatedDirective + ' ' + event.blockedURI))"
        )
        context.on("page", lambda page: self._page(page))
        context.route(
            lambda url: not url.startswith((allowed, "file://", "data:")), lambda route: self._stranger(route)
        )

    def _page(self, page: Page) -> None:
        page.on("console", lambda message: self._console(message))
        page.on("pageerror", lambda error: self.found.append(f"exception: {error}"))
        page.on("dialog", lambda dialog: self._dialog(dialog))

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"console: {message.text}")

    def _dialog(self, dialog: Any) -> None:
        self.found.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _stranger(self, route: Any) -> None:
        self.found.append(f"request: {route.request.url}")
        route.abort()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright, _launched(playwright) as browser:
        yield browser


@contextlib.contextmanager
def _launched(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    try:
        yield browser
    finally:
        browser.close()


def axe_source() -> str:
    """Return the source text of axe-core."""
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def axe(page: Page) -> list[str]:
    """Return what axe finds wrong with a page by WCAG 2.2 A and AA and by good practice, one line for each place."""
    page.evaluate(axe_source() + "; undefined")
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['target'][0]}" for violation in result["violations"] for node in violation["nodes"]
    ]


@contextlib.contextmanager
def served(*documents: dict[str, Any], old: dict[str, Any] | None = None, **options: Any) -> Iterator[str]:
    """Serve documents, `old` as their version before, on a free port; give the address without a slash at the end."""
    older = [("v1", "2026-01-02T03:04:05+00:00", Document(raw=old))] if old else []
    systems = [system(Document(raw=document, source="test.yaml"), key="test", older=older) for document in documents]
    with running(create_app(*systems, **options)) as address:
        yield address


@contextlib.contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Run an application on a free port and give its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


class Watched:
    """A running server that shows one system after the other."""

    def __init__(self, address: str, answers: Answers) -> None:
        """Remember where it runs and what it shows with."""
        self.address = address
        self._answers = answers

    def show(self, shown: System) -> None:
        """Show another system from now on."""
        self._answers.show(shown)


@contextlib.contextmanager
def watched() -> Iterator[Watched]:
    """Serve an empty system, to be replaced."""
    app = create_app(system(Document(raw=_EMPTY, source="empty.yaml")))
    with running(app) as address:
        yield Watched(address, app.state.answers)


_EMPTY = {"asyncapi": "3.1.0", "info": {"title": "Empty", "version": "1"}, "channels": {}}
