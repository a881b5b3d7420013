"""Web frameworks on the machine: applications start while the program waits, routes run while they serve."""

from __future__ import annotations

import pytest
from support.symbolic import emitted, recording

PROGRAMS = {
    "a lifespan goes around the serving": (
        """
        from contextlib import asynccontextmanager
        from fastapi import FastAPI, Request
        import uvicorn
        from rec import emit
        @asynccontextmanager
        async def lifespan(app):
            emit("start")
            app.state.client = "client"
            yield
            app.state.client = None
            emit("stop")
        app = FastAPI(lifespan=lifespan)
        @app.get("/x")
        async def x(request: Request):
            emit("x", request.app.state.client)
        if __name__ == "__main__":
            emit("main")
            uvicorn.run(app)
        """,
        ["main", "start", ("x", "client"), "stop"],
    ),
    "an application that a server outside starts": (
        """
        from contextlib import asynccontextmanager
        from fastapi import FastAPI
        from rec import emit
        @asynccontextmanager
        async def lifespan(app: FastAPI):
            async with outside.Client() as client:
                emit("start")
                yield
            emit("stop")
        import outside
        app = FastAPI(title="x", lifespan=lifespan)
        emit("made")
        """,
        ["made", "start", "stop"],
    ),
    "startup handlers and dependencies": (
        """
        from typing import Annotated
        from fastapi import APIRouter, Depends, FastAPI
        from rec import emit
        router = APIRouter(prefix="/a")
        state = {}
        def client():
            return state["client"]
        async def session():
            yield "session"
        @router.post("/b")
        def b(name: str, to=Depends(client), *, inner: str = Depends(session)):
            emit("b", name, to, inner)
        @router.get("/c")
        async def c(to: Annotated[str, Depends(client)]):
            emit("c", to)
        app = FastAPI()
        app.include_router(router)
        @app.on_event("startup")
        async def start():
            emit("start")
            state["client"] = "client"
        """,
        ["start", ("b", "<name>", "client", "session"), ("c", "client")],
    ),
    "flask": (
        """
        from flask import Blueprint, Flask, request
        from rec import emit
        app = Flask(__name__)
        part = Blueprint("part", __name__)
        @part.route("/a", methods=["POST"])
        def a():
            emit("a", request.json["name"])
        @app.route("/<room>")
        def b(room):
            emit(f"b/{room}")
        app.register_blueprint(part)
        emit("main")
        app.run(host="0.0.0.0")
        emit("stopped")
        """,
        ["main", "b/{room}", ("a", "<name>"), "stopped"],
    ),
    "quart and sanic": (
        """
        from quart import Quart
        from sanic import Sanic
        from rec import emit
        app, other = Quart(__name__), Sanic("name")
        @app.before_serving
        async def start():
            emit("quart")
        @app.while_serving
        async def around():
            emit("before")
            yield
            emit("after")
        @other.listener("before_server_start")
        async def begin(app, loop=None):
            emit("sanic")
        app.run()
        """,
        ["before", "quart", "sanic", "after"],
    ),
    "aiohttp": (
        """
        from aiohttp import web
        from rec import emit
        routes = web.RouteTableDef()
        @routes.get("/a")
        async def a(request):
            emit("a", request.app["client"])
        async def b(request):
            emit("b", (await request.json())["name"])
        async def start(app):
            emit("start")
        async def context(app):
            app["client"] = "client"
            yield
            emit("stop")
        async def make():
            app = web.Application()
            app.add_routes(routes)
            app.add_routes([web.post("/b", b)])
            app.on_startup.append(start)
            app.cleanup_ctx.append(context)
            return app
        web.run_app(make())
        """,
        ["start", ("b", "<name>"), ("a", "client"), "stop"],
    ),
    "starlette": (
        """
        from starlette.applications import Starlette
        from starlette.routing import Route
        import asyncio, uvicorn
        from rec import emit
        async def home(request):
            emit("home")
        def start():
            emit("start")
        def added():
            emit("added")
        app = Starlette(routes=[Route("/", home)], on_startup=[start])
        app.add_event_handler("startup", added)
        async def main():
            server = uvicorn.Server(uvicorn.Config(app, port=1))
            await server.serve()
            emit("served")
        asyncio.run(main())
        """,
        ["start", "added", "home", "served"],
    ),
}


@pytest.mark.parametrize(("program", "expected"), PROGRAMS.values(), ids=PROGRAMS)
def test_frameworks(program: str, expected: list[object]) -> None:
    """What begins with an application, its routes and what ends with it run in this order, each once."""
    assert emitted(program) == expected


def test_routes_escape() -> None:
    """A route of an application that is not served in sight is kept as a function that others call."""
    done = recording(
        """
        from fastapi import APIRouter
        router = APIRouter()
        @router.get("/x")
        def x(): pass
        """,
        wait=False,
    )
    assert done.machine is not None
    assert [value.name for value, _ in done.machine.escaped] == ["x"]
