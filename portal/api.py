"""The facts as JSON: one address for every kind of page, each answer the view that the page is drawn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from asyncapi.errors import PortalError
from asyncapi.payload.report import ReportData
from portal import search
from portal.answers import Answers
from portal.data import as_data, dumps
from portal.front import read
from portal.history import CURRENT
from portal.index import Index
from portal.lanes import Lane
from portal.pages import changes, flows, joint, message, overviews, services, topic, topics
from portal.site import Website
from portal.system import System

Found = TypeVar("Found")
JSON = "application/json"
Text = Annotated[str | None, Query(max_length=300)]
Name = Annotated[str, Path(max_length=2_000)]
Pick = Annotated[str, Query(max_length=300)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why there is no answer."""

    error: str


MISSING: dict[int | str, dict[str, Any]] = {
    404: {"description": "There is no such thing, or there are several systems and none is chosen", "model": Refused}
}
TOO_LARGE: dict[int | str, dict[str, Any]] = {413: {"description": "More than 256 KB", "model": Refused}}
NO_OBJECT: dict[int | str, dict[str, Any]] = {
    400: {"description": "The change is no JSON object, or the message has no schema", "model": Refused}
}
AN_OBJECT = {"requestBody": {"required": True, "content": {JSON: {"schema": {"type": "object"}}}}}
ANY_BODY = {"requestBody": {"required": True, "content": {JSON: {"schema": {}}, "application/octet-stream": {}}}}
NOT_THERE = "There is no such thing in this version of the document."
WHICH = "Several systems are shown; say which one with ?system=, as /api/systems lists them."


class RefusedError(Exception):
    """A request that cannot be answered: the status, and why."""

    def __init__(self, status: int, words: str) -> None:
        """Keep what is answered."""
        super().__init__(words)
        self.status = status

    def answer(self) -> Response:
        """Return the answer to the request."""
        return Response(dumps({"error": str(self)}), self.status, media_type=JSON)


def router(answers: Answers) -> APIRouter:
    """Return the routes under `/api`."""
    routes = APIRouter(prefix="/api", tags=["contracts"], generate_unique_id_function=lambda route: route.name)

    def one(
        system: Annotated[
            str | None,
            Query(max_length=300, description="Key of a system, as /api/systems lists it; needed where several are"),
        ] = None,
    ) -> System:
        shown = answers.library
        if system is None and shown.inner:
            raise RefusedError(404, WHICH)
        return _there(shown.system(system))

    def any_of_them(
        system: Annotated[
            str | None, Query(max_length=300, description="Key of a system, as /api/systems lists it; all unless said")
        ] = None,
    ) -> Website:
        shown = answers.library
        return shown.front if system is None else shown.site(_there(shown.system(system)))

    @routes.get("/systems", response_model=list[topics.SystemEntry], summary="The systems that are shown")
    def all_systems() -> Response:
        return _json(joint.listed(answers.library.shown))

    _found(routes, Depends(any_of_them), answers)
    asked = Depends(one)
    _check(routes, asked)
    _predict(routes, asked)
    _lists(routes, asked)
    _marked(routes, asked, answers)
    _single(routes, asked)
    _versions(routes, asked, answers)
    return routes


def _found(routes: APIRouter, asked: Any, answers: Answers) -> None:
    """Add what is asked of all systems, unless one is named."""

    @routes.get("/topics", response_model=topics.TopicsView, responses=MISSING, summary="All topics, or those that fit")
    async def all_topics(
        q: Text = None,
        domain: Text = None,
        service: Text = None,
        class_: Annotated[str | None, Query(alias="class", max_length=300)] = None,
        qos: Text = None,
        retained: Text = None,
        state: Text = None,
        findings: Text = None,
        sort: Text = None,
        site: Website = asked,
    ) -> Response:
        query = {"q": q, "domain": domain, "service": service, "class": class_, "qos": qos, "retained": retained}
        query |= {"state": state, "findings": findings, "sort": sort}
        found = partial(_asked, site, "", {name: value for name, value in query.items() if value})
        return await _waited(found, answers.lanes.limit(site.base, Lane.MARKED))

    @routes.get(
        "/search", response_model=search.SearchView, responses=MISSING, summary="Whatever is called or described so"
    )
    def find(q: Pick = "", site: Website = asked) -> Response:
        return _json(_asked(site, "search/", {"q": q}))


def _asked(site: Website, path: str, query: dict[str, str]) -> Any:
    ask = site.pages[path].asked
    assert ask is not None
    return ask(query)


def _check(routes: APIRouter, asked: Any) -> None:
    @routes.post(
        "/check",
        response_model=ReportData,
        responses={**MISSING, **TOO_LARGE},
        openapi_extra=ANY_BODY,
        summary="Say which topics accept a payload, and what is wrong with it",
    )
    async def check_payload(
        request: Request,
        topic: Text = None,
        wire: Annotated[
            Literal["envelope", "raw"] | None,
            Query(description="What the payload is: the whole envelope, or the bare model; found out unless said"),
        ] = None,
        system: System = asked,
    ) -> Response:
        from asyncapi import payload

        content = await read(request.receive, payload.MAX_SIZE)
        if content is None:
            raise RefusedError(413, "That is more than the 256 KB that are checked here.")
        report = await to_thread.run_sync(system.check, content, topic or "", wire or "")
        return Response(dumps(payload.as_data(report)), media_type=JSON)


def _predict(routes: APIRouter, asked: Any) -> None:
    @routes.post(
        "/predict",
        response_model=changes.ComparisonView,
        responses={**MISSING, **TOO_LARGE, **NO_OBJECT},
        openapi_extra=AN_OBJECT,
        summary="Say whom a change to a message's schema would break, before anybody makes it",
        description="The body holds keywords of JSON Schema that replace those of the message's model, `properties` "
        "one by one; null takes one away.",
    )
    async def predict(request: Request, message: Pick, system: System = asked) -> Response:
        from portal import proposals

        content = await read(request.receive, proposals.LARGEST)
        if content is None:
            raise RefusedError(413, "That is more than the 64 KB that a change may have.")
        found = next((item for item in system.index.messages.values() if message in (item.name, item.key)), None)
        change = _object(content)
        try:
            report = await to_thread.run_sync(proposals.proposed, system, _there(found), change)
        except PortalError as error:
            raise RefusedError(400, str(error)) from error
        return _json(changes.told(system.index, report))


def _object(content: bytes) -> dict[str, Any]:
    from asyncapi.payload import read_payload

    payload = read_payload(content)
    if not isinstance(payload.value, dict):
        raise RefusedError(400, payload.faults[0].message if payload.faults else "The body must be a JSON object.")
    return payload.value


def _lists(routes: APIRouter, asked: Any) -> None:
    plain: tuple[tuple[str, Any, str, Callable[[Index], Any]], ...] = (
        ("messages", overviews.MessagesView, "All messages", overviews.messages),
        ("services", services.ServicesView, "All services", services.list_view),
        ("flows", flows.FlowsView, "All flows", flows.list_view),
        ("policies", overviews.PoliciesView, "Expected and actual delivery", overviews.policies),
        ("findings", overviews.FindingsView, "Everything that does not meet", overviews.findings),
    )
    for name, model, summary, view in plain:
        _list(routes, asked, name, model, summary, view)


def _list(routes: APIRouter, asked: Any, name: str, model: Any, summary: str, view: Callable[[Index], Any]) -> None:
    def all_of_them(system: System = asked) -> Response:
        return _json(view(system.index))

    routes.add_api_route(
        f"/{name}",
        all_of_them,
        response_model=model,
        responses=MISSING,
        summary=summary,
        operation_id=f"all_{name}",
        methods=["GET"],
    )


def _marked(routes: APIRouter, asked: Any, answers: Answers) -> None:
    """Add what carries marks of the comparison with the version before: it waits where the pages of the same do."""

    @routes.get("/topics/{address:path}", response_model=topic.TopicView, responses=MISSING, summary="One topic")
    async def one_topic(address: Name, system: System = asked) -> Response:
        found = _there(system.index.find(address))
        return await _waited(partial(topic.view, system.index, found), lane(system))

    @routes.get("/messages/{key:path}", response_model=message.MessageView, responses=MISSING, summary="One message")
    async def one_message(key: Name, system: System = asked) -> Response:
        found = _there(system.index.messages.get(key))
        return await _waited(partial(message.view, system.index, found), lane(system))

    def lane(system: System) -> CapacityLimiter:
        return answers.lanes.limit(answers.library.base(system), Lane.MARKED)


def _single(routes: APIRouter, asked: Any) -> None:
    @routes.get("/services/{name:path}", response_model=services.ServiceView, responses=MISSING, summary="One service")
    def one_service(name: Name, system: System = asked) -> Response:
        return _json(services.view(system.index, _there(system.index.services.get(name))))

    @routes.get("/flows/{name:path}", response_model=flows.FlowView, responses=MISSING, summary="One flow")
    def one_flow(name: Name, system: System = asked) -> Response:
        found = next((flow for flow in system.registry.flows if flow.name == name), None)
        return _json(flows.view(system.index, _there(found)))


def _versions(routes: APIRouter, asked: Any, answers: Answers) -> None:
    """Add what needs comparisons, which may take long: it waits where the pages on versions do."""

    @routes.get(
        "/changes", response_model=changes.ChangesView, responses=MISSING, summary="All versions, what each changed"
    )
    async def all_changes(system: System = asked) -> Response:
        listed = partial(changes.list_view, system.index, system.history)
        return await _waited(listed, lane(system))

    @routes.get(
        "/diff", response_model=changes.ComparisonView, responses=MISSING, summary="What changed between two versions"
    )
    async def compared(old: Pick, new: Pick = CURRENT, system: System = asked) -> Response:
        for version in (old, new):
            _there(system.history.find(version))
        view = partial(changes.compared, system.index, system.history, old, new)
        return await _waited(view, lane(system))

    def lane(system: System) -> CapacityLimiter:
        return answers.lanes.limit(answers.library.base(system), Lane.VERSIONS)


def _there(found: Found | None) -> Found:
    if found is None:
        raise RefusedError(404, NOT_THERE)
    return found


def _json(view: Any) -> Response:
    return Response(dumps(as_data(view)), media_type=JSON)


async def _waited(view: Callable[[], Any], limit: CapacityLimiter) -> Response:
    """Return a view as JSON, made in a thread when its lane has one free."""
    return await to_thread.run_sync(lambda: _json(view()), limiter=limit)
