"""The facts as JSON: one address for every kind of page, each answer the view that the page is drawn from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from portal import search
from portal.answers import Answers
from portal.data import as_data, dumps
from portal.front import read
from portal.index import Index
from portal.pages import flows, joint, message, overviews, services, topic, topics
from portal.system import System

JSON = "application/json"
MISSING: dict[int | str, dict[str, Any]] = {
    404: {
        "description": "There is no such thing in this version of the document",
        "content": {JSON: {"schema": {"type": "object", "properties": {"error": {"type": "string"}}}}},
    }
}
Text = Annotated[str | None, Query(max_length=300)]


class NoSuchSystemError(Exception):
    """A request names a system that is not shown."""


def router(answers: Answers) -> APIRouter:
    """Return the routes under `/api`."""
    routes = APIRouter(prefix="/api", tags=["contracts"], responses=MISSING)

    def chosen(
        system: Annotated[
            str | None,
            Query(max_length=300, description="Key of a system, as /api/systems lists it; the first one unless said"),
        ] = None,
    ) -> System:
        found = answers.library.system(system)
        if found is None:
            raise NoSuchSystemError
        return found

    @routes.get("/systems", response_model=list[topics.Listed], summary="The systems that are shown")
    def all_systems() -> Response:
        return _json(joint.listed(answers.library.shown))

    asked = Depends(chosen)
    _lists(routes, asked)
    _single(routes, asked)
    return routes


def missing() -> Response:
    """Return the answer for what is not there."""
    return Response(dumps({"error": "There is no such thing in this version of the document."}), 404, media_type=JSON)


def _lists(routes: APIRouter, asked: Any) -> None:
    @routes.get("/topics", response_model=topics.View, summary="All topics, or those that fit")
    def all_topics(
        q: Text = None,
        domain: Text = None,
        service: Text = None,
        class_: Annotated[str | None, Query(alias="class", max_length=300)] = None,
        qos: Text = None,
        retained: Text = None,
        state: Text = None,
        findings: Text = None,
        sort: Text = None,
        system: System = asked,
    ) -> Response:
        query = {"q": q, "domain": domain, "service": service, "class": class_, "qos": qos, "retained": retained}
        query |= {"state": state, "findings": findings, "sort": sort}
        return _json(topics.view(system.index, system.rows, {name: value for name, value in query.items() if value}))

    @routes.get("/search", response_model=search.View, summary="Whatever has a name or a description like this")
    def find(q: Annotated[str, Query(max_length=300)] = "", system: System = asked) -> Response:
        return _json(search.search(system.entries(), q))

    @routes.post(
        "/check",
        summary="Say which topics accept a payload, and what is wrong with it",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {JSON: {"schema": {}}, "application/octet-stream": {"schema": {}}},
            }
        },
        responses={413: {"description": "More than 256 KB"}},
    )
    async def check_payload(request: Request, topic: Text = None, system: System = asked) -> Response:
        from asyncapi import payload

        content = await read(request.receive, payload.MAX_SIZE)
        if content is None:
            return Response(
                dumps({"error": "That is more than the 256 KB that are checked here."}), 413, media_type=JSON
            )
        report = await to_thread.run_sync(system.check, content, topic or "")
        return Response(dumps(payload.as_data(report)), media_type=JSON)

    plain: tuple[tuple[str, Any, str, Callable[[Index], Any]], ...] = (
        ("messages", overviews.MessagesView, "All messages", overviews.messages),
        ("services", services.ListView, "All services", services.list_view),
        ("flows", flows.ListView, "All flows", flows.list_view),
        ("policies", overviews.PoliciesView, "Expected and actual delivery", overviews.policies),
        ("findings", overviews.FindingsView, "Everything that does not meet", overviews.findings),
    )
    for name, model, summary, view in plain:
        _list(routes, asked, name, model, summary, view)


def _list(routes: APIRouter, asked: Any, name: str, model: Any, summary: str, view: Callable[[Index], Any]) -> None:
    def all_of_them(system: System = asked) -> Response:
        return _json(view(system.index))

    routes.add_api_route(
        f"/{name}", all_of_them, response_model=model, summary=summary, operation_id=f"all_{name}", methods=["GET"]
    )


def _single(routes: APIRouter, asked: Any) -> None:
    @routes.get("/topics/{address:path}", response_model=topic.View, summary="One topic")
    def one_topic(address: Annotated[str, Path(max_length=2_000)], system: System = asked) -> Response:
        index = system.index
        found = index.find(address)
        return _json(topic.view(index, found)) if found else missing()

    @routes.get("/messages/{key:path}", response_model=message.View, summary="One message")
    def one_message(key: Annotated[str, Path(max_length=2_000)], system: System = asked) -> Response:
        index = system.index
        found = index.messages.get(key)
        return _json(message.view(index, found)) if found else missing()

    @routes.get("/services/{name:path}", response_model=services.View, summary="One service")
    def one_service(name: Annotated[str, Path(max_length=2_000)], system: System = asked) -> Response:
        index = system.index
        found = index.services.get(name)
        return _json(services.view(index, found)) if found else missing()

    @routes.get("/flows/{name:path}", response_model=flows.View, summary="One flow")
    def one_flow(name: Annotated[str, Path(max_length=2_000)], system: System = asked) -> Response:
        index = system.index
        found = next((flow for flow in index.registry.flows if flow.name == name), None)
        return _json(flows.view(index, found)) if found else missing()


def _json(view: Any) -> Response:
    return Response(dumps(as_data(view)), media_type=JSON)
