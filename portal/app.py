"""The web application: pages through the front door, the same facts as JSON with a description in OpenAPI."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from portal.answers import Answers
from portal.api import NoSuchSystemError, missing, router
from portal.front import Front
from portal.system import System, Unread


def create_app(
    *systems: System | Unread, root_path: str = "", allowed_hosts: Iterable[str] = (), poll: bool = False
) -> FastAPI:
    """Return the application that shows one system or several.

    `root_path` is where a proxy shows it (`/contracts`), `allowed_hosts` further names it answers to, `poll`
    lets open pages renew themselves. Its `state.answers` takes newer versions of the systems.
    """
    root_path = root_path.rstrip("/")
    answers = Answers(*systems, root_path=root_path, poll=poll)
    app = FastAPI(
        title="Contract portal",
        version=version("mqtt-contract-portal"),
        description="The contracts of an event-driven system: the same facts as on the pages, as JSON.",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": root_path or "/"}],
    )
    app.state.answers = answers

    @app.get("/healthz", summary="Say that the server works", tags=["server"])
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok", "version": answers.library.version})

    @app.get("/version", summary="Say which version of the documents is shown", tags=["server"])
    async def shown() -> JSONResponse:
        return JSONResponse({"version": answers.library.version})

    @app.exception_handler(NoSuchSystemError)
    async def no_such_system(_request: Request, _error: Exception) -> Response:
        return missing()

    app.include_router(router(answers))
    app.add_middleware(Front, answers=answers, hosts=tuple(allowed_hosts))
    return app
