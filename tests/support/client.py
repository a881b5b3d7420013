"""Asks an application without a network, one request at a time, as a browser with its Host header would."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
from fastapi import FastAPI

from asyncapi.documents.document import Document
from portal.app import create_app
from portal.system import System, Unread, system
from support.registries import greenhouse


def shown(document: dict[str, Any] | None = None) -> System:
    """Return the system of a document, of the greenhouse when none is given."""
    return system(Document(raw=document if document is not None else greenhouse(), source="greenhouse.yaml"))


class Client:
    """An application and a way to ask it."""

    def __init__(self, *systems: System | Unread, **options: Any) -> None:
        """Make the application of systems, of the greenhouse without any, with the options of `create_app`."""
        self.app: FastAPI = create_app(*(systems or (shown(),)), **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Ask with GET."""
        return self.request("GET", path, **options)

    def head(self, path: str, **options: Any) -> httpx.Response:
        """Ask with HEAD."""
        return self.request("HEAD", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Ask with POST."""
        return self.request("POST", path, **options)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask, and return what is answered; exceptions of the application come through."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                return await client.request(method, path, **options)

        return anyio.run(ask)
