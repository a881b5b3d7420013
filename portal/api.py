"""The facts as JSON: one address for every kind of page, each answer the view that the page is drawn from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from portal import search
from portal.answers import Answers
from portal.data import as_data, dumps
from portal.front import read
from portal.index import Index
from portal.pages import flows, message, overviews, services, topic, topics

JSON = "application/json"
MISSING: dict[int | str, dict[str, Any]] = {
    404: {
        "description": "There is no such thing in this version of the document",
        "content": {JSON: {"schema": {"type": "object", "properties": {"error": {"type": "string"}}}}},
    }
}
Text = Annotated[str | None, Query(max_length=300)]


def router(answers: Answers) -> APIRouter:
    """Return the routes under `/api`."""
    routes = APIRouter(prefix="/api", tags=["contracts"])
    _lists(routes, answers)
    _single(routes, answers)
    return routes


def _lists(routes: APIRouter, answers: Answers) -> None:
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
    ) -> Response:
        asked = {"q": q, "domain": domain, "service": service, "class": class_, "qos": qos, "retained": retained}
        asked |= {"state": state, "findings": findings, "sort": sort}
        system = answers.site.system
        return _json(topics.view(system.index, system.rows, {name: value for name, value in asked.items() if value}))

    @routes.get("/search", response_model=search.View, summary="Whatever has a name or a description like this")
    def find(q: Annotated[str, Query(max_length=300)] = "") -> Response:
        return _json(search.search(answers.site.system.entries(), q))

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
    async def check_payload(request: Request, topic: Text = None) -> Response:
        from asyncapi import payload

        content = await read(request.receive, payload.MAX_SIZE)
        if content is None:
            return Response(
                dumps({"error": "That is more than the 256 KB that are checked here."}), 413, media_type=JSON
            )
        registry = answers.site.system.registry
        report = await to_thread.run_sync(lambda: payload.check_payload(registry, content, topic=topic))
        return Response(dumps(payload.as_data(report)), media_type=JSON)

    plain: tuple[tuple[str, Any, str, Callable[[Index], Any]], ...] = (
        ("messages", overviews.MessagesView, "All messages", overviews.messages),
        ("services", services.ListView, "All services", services.list_view),
        ("flows", flows.ListView, "All flows", flows.list_view),
        ("policies", overviews.PoliciesView, "Expected and actual delivery", overviews.policies),
        ("findings", overviews.FindingsView, "Everything that does not meet", overviews.findings),
    )
    for name, model, summary, view in plain:
        _list(routes, answers, name, model, summary, view)


def _list(
    routes: APIRouter, answers: Answers, name: str, model: Any, summary: str, view: Callable[[Index], Any]
) -> None:
    def all_of_them() -> Response:
        return _json(view(answers.site.system.index))

    routes.add_api_route(
        f"/{name}", all_of_them, response_model=model, summary=summary, operation_id=f"all_{name}", methods=["GET"]
    )


def _single(routes: APIRouter, answers: Answers) -> None:
    @routes.get("/topics/{address:path}", response_model=topic.View, responses=MISSING, summary="One topic")
    def one_topic(address: Annotated[str, Path(max_length=2_000)]) -> Response:
        index = answers.site.system.index
        found = index.find(address)
        return _json(topic.view(index, found)) if found else _missing()

    @routes.get("/messages/{key:path}", response_model=message.View, responses=MISSING, summary="One message")
    def one_message(key: Annotated[str, Path(max_length=2_000)]) -> Response:
        index = answers.site.system.index
        found = index.messages.get(key)
        return _json(message.view(index, found)) if found else _missing()

    @routes.get("/services/{name:path}", response_model=services.View, responses=MISSING, summary="One service")
    def one_service(name: Annotated[str, Path(max_length=2_000)]) -> Response:
        index = answers.site.system.index
        found = index.services.get(name)
        return _json(services.view(index, found)) if found else _missing()

    @routes.get("/flows/{name:path}", response_model=flows.View, responses=MISSING, summary="One flow")
    def one_flow(name: Annotated[str, Path(max_length=2_000)]) -> Response:
        index = answers.site.system.index
        found = next((flow for flow in index.registry.flows if flow.name == name), None)
        return _json(flows.view(index, found)) if found else _missing()


def _json(view: Any) -> Response:
    return Response(dumps(as_data(view)), media_type=JSON)


def _missing() -> Response:
    return Response(dumps({"error": "There is no such thing in this version of the document."}), 404, media_type=JSON)
