"""The web application: pages through the front door, the same facts as JSON with a description in OpenAPI."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from portal.answers import Answers
from portal.api import RefusedError, router
from portal.front import MCP, Front
from portal.system import System, Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVersion:
    """The version of the documents that are shown."""

    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health(ShownVersion):
    """That the server works, and with what."""

    status: Literal["ok"]


def create_app(
    *systems: System | Unread,
    root_path: str = "",
    allowed_hosts: Iterable[str] = (),
    poll: bool = False,
    mcp: bool = False,
) -> FastAPI:
    """Return the application that shows one system or several.

    `root_path` is where a proxy shows it (`/contracts`), `allowed_hosts` further names it answers to, `poll`
    lets open pages renew themselves, `mcp` adds the endpoint for language models, which needs the extra of that
    name and the application's lifespan. Its `state.answers` takes newer versions of the systems.
    """
    root_path = root_path.rstrip("/")
    answers = Answers(*systems, root_path=root_path, poll=poll)
    models = _models(answers) if mcp else None
    app = FastAPI(
        title="Contract portal",
        version=version("mqtt-contract-portal"),
        description="The contracts of an event-driven system: the same facts as on the pages, as JSON.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        servers=[{"url": root_path or "/"}],
        generate_unique_id_function=lambda route: route.name,
        lifespan=models[1] if models else None,
    )
    app.state.answers = answers

    @app.get("/healthz", response_model=Health, summary="Say that the server works", tags=["server"])
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok", "version": answers.library.version})

    @app.get(
        "/version", response_model=ShownVersion, summary="Say which version of the documents is shown", tags=["server"]
    )
    async def shown() -> JSONResponse:
        return JSONResponse({"version": answers.library.version})

    @app.exception_handler(RefusedError)
    async def refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RefusedError)
        return error.answer()

    @app.exception_handler(HTTPException)
    async def not_routed(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        answer = RefusedError(error.status_code, error.detail).answer()
        answer.headers.update(error.headers or {})
        return answer

    app.include_router(router(answers))
    if models:
        app.add_route(MCP, models[0], include_in_schema=False)
    app.add_middleware(Front, answers=answers, hosts=tuple(allowed_hosts), mcp=mcp)
    return app


def _models(answers: Answers) -> tuple[Any, Any]:
    """Return the endpoint for language models, and the lifespan in which it works."""
    from portal.mcp_server import endpoint, mcp_server

    answering, sessions = endpoint(mcp_server(lambda: answers.library))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with sessions.run():
            yield

    return answering, lifespan
