"""Web frameworks: an application starts while the program waits, and while it serves, requests come to its routes.

Routes are functions that code nobody reads calls: they are kept as such (`Machine.escaping`), and where the
application is served they run there, inside of its lifespan, on arguments made from annotations. `started(m, app, at)`
serves an application that a server outside of the program starts.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import each
from asyncapi.machine.library import Outsides
from asyncapi.machine.library.concurrency import beside
from asyncapi.machine.library.shorthand import (
    Arguments,
    Named,
    coroutine,
    given,
    later_run,
    make,
    nothing,
    quiet,
    row,
    rows,
    same,
    unknown,
    waits,
)
from asyncapi.machine.state import Activation
from asyncapi.machine.values import (
    ABSENT,
    Bound,
    Deferred,
    External,
    Func,
    Instance,
    Native,
    NativeCall,
    Opaque,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

ASGI = ("fastapi.FastAPI", "starlette.applications.Starlette")
ROUTERS = ("fastapi.APIRouter", "starlette.routing.Router")
WSGI = ("flask.Flask", "quart.Quart", "sanic.Sanic", "sanic.app.Sanic", "bottle.Bottle")
PARTS = ("flask.Blueprint", "quart.Blueprint", "sanic.Blueprint", "sanic.blueprints.Blueprint")
AIOHTTP = "aiohttp.web.Application"
VERBS = (
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "route",
    "websocket",
    "api_route",
    "websocket_route",
)
OTHERS = (
    "middleware", "exception_handler", "errorhandler", "error_handler", "before_request", "after_request",
    "teardown_request", "context_processor", "teardown_appcontext", "template_filter",
)  # fmt: skip
BEGINNINGS = ("startup", "before_server_start", "after_server_start", "main_process_start")
REQUESTS = (
    "fastapi.Request", "fastapi.WebSocket", "starlette.requests.Request", "starlette.requests.HTTPConnection",
    "starlette.websockets.WebSocket", "aiohttp.web.Request", "sanic.Request", "sanic.request.Request",
)  # fmt: skip


@dataclass(slots=True)
class Served:
    """What is kept with an application or router: its routes with their places, what begins with it, what it includes.

    `lifespans` are functions whose block goes around its serving. `passes` says whether they are given the application,
    `requests` whether a route's first parameter is a request without saying so. `frame` is where it was made.
    """

    passes: bool = False
    requests: bool = False
    routes: list[tuple[Value, CallSite]] = field(default_factory=list)
    begins: list[tuple[Value, CallSite]] = field(default_factory=list)
    lifespans: list[tuple[Value, CallSite]] = field(default_factory=list)
    inner: list[Instance] = field(default_factory=list)
    served: bool = False
    frame: Activation | None = None


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("fastapi", "starlette", "uvicorn", "hypercorn", "flask", "quart", "sanic", "waitress", "gunicorn")
    library.aliases.update(
        {"fastapi.applications": "fastapi", "fastapi.routing": "fastapi", "fastapi.requests.Request": "fastapi.Request"}
    )
    library.aliases.update(
        {"starlette.applications.FastAPI": "fastapi.FastAPI", "fastapi.websockets.WebSocket": "fastapi.WebSocket"}
    )
    methods = _methods()
    for path in (*ASGI, *WSGI):
        row(
            library, path, init=_application(passes=path in ASGI or "sanic" in path), methods=methods
        ).attribute = _of_application
    for path in (*ROUTERS, *PARTS):
        row(library, path, init=_router, methods=methods).attribute = _of_application
    row(library, "starlette.State").attribute = _of_state
    library.functions.update({f"starlette.routing.{name}": _route for name in ("Route", "WebSocketRoute", "Mount")})
    for path in REQUESTS:
        row(library, path).attribute = _of_request
    _servers(library)
    _aiohttp(library)
    for module in ("flask", "quart"):
        library.constants[f"{module}.request"] = Opaque("a request", name="request")
    before = library.argument
    library.argument = lambda m, func, name: _argument(m, func, name, before)


def _methods() -> dict[str, NativeCall]:
    """Return the methods of applications and routers."""
    return {
        **{name: _decorator("routes") for name in VERBS},
        **{name: _decorator("") for name in OTHERS},
        **{name: _decorator("begins") for name in BEGINNINGS},
        **{name: _decorator("begins") for name in ("before_serving", "before_first_request", "before_app_serving")},
        **{name: _decorator("lifespans") for name in ("while_serving", "while_app_serving")},
        **{name: _decorator("") for name in ("after_serving", "after_server_stop", "before_server_stop")},
        "on_event": _on_event,
        "listener": _on_event,
        "add_event_handler": _add_event,
        "register_listener": lambda m, a, k, at: _add_event(m, [a[0], a[2], a[1]], k, at),
        "add_task": _add_task,
        "include_router": _include,
        "mount": _include,
        "register_blueprint": _include,
        "blueprint": _include,
        "add_middleware": nothing,
        "add_api_route": _add_route,
        "add_route": _add_route,
        "add_websocket_route": _add_route,
        "add_api_websocket_route": _add_route,
        "add_url_rule": _add_url_rule,
        "run": _serve_method,
        "serve_forever": _serve_method,
        "run_task": lambda m, a, k, at: coroutine("run_task", lambda: _serve_method(m, a, k, at)),
    }


def _servers(library: Outsides) -> None:
    for path in ("fastapi.Depends", "fastapi.Security"):
        row(library, path, init=_depends).default = lambda m, owner, at: provided(m, owner.fields["dependency"], at)
    rows(library, "uvicorn", ("run",), _serve_argument)
    rows(library, "waitress", ("serve",), _serve_argument)
    rows(library, "hypercorn", ("asyncio.serve", "trio.serve"), later_run(_serve_argument))
    row(library, "uvicorn.Config", init=_keep_app)
    server: dict[str, NativeCall] = {
        "serve": later_run(_serve_kept),
        "run": _serve_kept,
        "shutdown": later_run(nothing),
    }
    row(library, "uvicorn.Server", init=_keep_app, methods=server)


# Applications and routers.


def _application(*, passes: bool) -> Callable[..., None]:
    def init(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
        owner.extra = site = Served(passes=passes, frame=m.current)
        owner.fields["state"] = make(m, "starlette.State", at)
        if k.get("lifespan") is not None:
            site.lifespans.append((k["lifespan"], at))
        for value, _ in items.listed(m, k["on_startup"], at) if k.get("on_startup") is not None else ():
            site.begins.append((value, at))
        for value, _ in items.listed(m, k["routes"], at) if k.get("routes") is not None else ():
            if isinstance(value, Instance):
                site.routes.append((value.fields.get("endpoint"), at))
        beside(m, lambda: _serve(m, owner, at), at)

    return init


def _router(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.extra = Served()
    for value, _ in items.listed(m, k["on_startup"], at) if k.get("on_startup") is not None else ():
        owner.extra.begins.append((value, at))


def _served_by(owner: Value) -> Served:
    return owner.extra if isinstance(owner, Instance) and isinstance(owner.extra, Served) else Served()


def _decorator(kept: str) -> NativeCall:
    """Return a method that decorates a function, with or without arguments of its own, and keeps it."""

    def decorate(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        owner = a[0]

        def keep(func: Value) -> Value:
            if kept:
                getattr(_served_by(owner), kept).append((func, at))
            if kept in ("", "routes"):
                m.escaping([func], at)
            return func

        if len(a) == 2 and isinstance(a[1], (Func, Bound)):
            return keep(a[1])
        return Native("decorator", lambda m_, a_, k_, at_: keep(a_[0] if a_ else None))

    return decorate


def _on_event(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _decorator("begins" if given(a, k, 1, "event_type") in BEGINNINGS else "")(m, a[:1], k, at)


def _add_event(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    func = given(a, k, 2, "func")
    if given(a, k, 1, "event_type") in BEGINNINGS:
        _served_by(a[0]).begins.append((func, at))
    else:
        m.escaping([func], at)
    return None


def _add_task(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    task = given(a, k, 1, "task")
    _served_by(a[0]).begins.append((task, at))
    return task


def _add_route(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`add_route(path, function)`; Sanic has them the other way round."""
    values = [*a[1:], *k.values()]
    for func in [value for value in values if isinstance(value, (Func, Bound))][:1]:
        _decorator("routes")(m, [a[0], func], {}, at)
    return None


def _add_url_rule(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _decorator("routes")(m, [a[0], given(a, k, 3, "view_func")], {}, at)


def _include(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    for value in (*a[1:], *k.values()):
        for item in each(value):
            if isinstance(item, Instance) and isinstance(item.extra, Served) and item is not a[0]:
                _served_by(a[0]).inner.append(item)
    return None


def _route(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    endpoint = given(a, k, 1, "endpoint")
    m.escaping([endpoint], at)
    return make(m, "starlette.Route", at, endpoint=endpoint)


def _of_application(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    if name in ("router", "app"):
        return owner
    if name == "ctx":
        return owner.fields.get("state", ABSENT)
    return ABSENT


def _of_state(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    return Opaque("an attribute of an application's state that nobody sets", name=name)


def _of_request(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    """Return a part of a request: the application that is served, or what only a run knows."""
    if name in ("app", "state") and name not in owner.fields:
        return _present_app(m)
    parts = ("json", "body", "form", "text", "read", "receive_text", "receive_json", "receive_bytes")
    if name in parts:
        return Native(name, later_run(unknown("what a request holds", name, fails=True)))
    return Native(name, later_run(waits)) if name in ("accept", "send_text", "send_json", "close") else ABSENT


def _present_app(m: Machine) -> Value:
    served = vars(m).get("served_applications", [])
    return served[-1] if served else Opaque("an application", name="app")


# Dependencies.


def _depends(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.fields["dependency"] = given(a, k, 0, "dependency")


def provided(m: Machine, dependency: Value, at: CallSite) -> Value:
    """Return what a dependency gives: the result of its function, the first value of its generator."""
    if dependency is None:
        return Opaque("a dependency")
    found = m.call(dependency, [], {}, at)
    if isinstance(found, Deferred) and found.kind == "generator":
        values = items.listed(m, found, at)
        return values[0][0] if values else Opaque("a dependency")
    return m.awaited(found, at)


def _argument(m: Machine, func: Func, name: str, before: Callable[..., Value] | None) -> Value:
    """Return an argument that a framework passes: what an annotation depends on, or a request."""
    annotation = _annotation(func, name)
    if annotation is not None:
        value = m.annotation(annotation, func)
        if isinstance(value, External) and value.path in REQUESTS:
            return make(m, value.path, m.place)
        found = _depended(m, annotation, func)
        if found is not ABSENT:
            return found
    return before(m, func, name) if before is not None else ABSENT


def _annotation(func: Func, name: str) -> object:
    given_ = func.code.args
    named = [*given_.posonlyargs, *given_.args, *given_.kwonlyargs] if given_ is not None else []
    return next((item.annotation for item in named if item.arg == name), None)


def _depended(m: Machine, annotation: object, func: Func) -> Value:
    """Return what `Annotated[Type, Depends(function)]` gives; ABSENT for any other annotation."""
    if isinstance(annotation, ast.Name):
        return ABSENT
    inside = annotation.slice if isinstance(annotation, ast.Subscript) else None
    for node in inside.elts[1:] if isinstance(inside, ast.Tuple) else ():
        value = m.annotation(node, func)
        if isinstance(value, Instance) and (known := m.outside_of(value)) is not None and known.default is not None:
            return known.default(m, value, m.place)
    return ABSENT


# Serving.


def started(m: Machine, app: Value, at: CallSite) -> None:
    """Serve an application that a server outside of the program starts."""
    for item in each(app):
        if isinstance(item, Instance) and isinstance(item.extra, Served):
            _serve(m, item, at)


def _all(owner: Instance, done: list[Instance] | None = None) -> list[Served]:
    """Return what is kept with an application and the routers inside of it."""
    done = [] if done is None else done
    if owner in done:
        return []
    done.append(owner)
    site = _served_by(owner)
    return [site, *(inner for item in site.inner for inner in _all(item, done))]


def _serve(m: Machine, owner: Instance, at: CallSite) -> Value:
    """Run what begins with an application, then its routes inside of its lifespans, once."""
    site = _served_by(owner)
    if site.served:
        m.wait()
        return None
    site.served = True
    for name, kept in (("on_startup", site.begins), ("cleanup_ctx", site.lifespans)):
        kept += [(func, at) for func, _ in items.listed(m, owner.fields[name], at)] if name in owner.fields else []
    served: list[Value] = vars(m).setdefault("served_applications", [])
    served.append(owner)
    passed = [owner] if site.passes else []
    around = [(func, place) for part in _all(owner) for func, place in part.lifespans]

    def inside(number: int) -> bool:
        if number < len(around) and site.frame is not None:
            func, place = around[number]
            context = m.call(func, passed, {}, place)
            return m.within(context, lambda _: inside(number + 1), place, site.frame)
        for part in _all(owner):
            for func, place in part.begins:
                _begun(m, func, owner, place)
        m.wait()
        for part in _all(owner):
            for func, place in part.routes:
                _request(m, func, place, bare=site.requests)
        m.wait()
        return False

    inside(0)
    return None


def _begun(m: Machine, func: Value, owner: Instance, at: CallSite) -> None:
    """Run a function that begins with an application, given it where it has a parameter for it."""
    takes = isinstance(func, Func) and bool(func.code.positional)
    if isinstance(func, Bound) and isinstance(func.func, Func):
        takes = len(func.func.code.positional) > 1
    found = func if isinstance(func, Deferred) else m.call(func, [owner] if takes else [], {}, at)
    if isinstance(found, Deferred) and found.kind == "coroutine":
        beside(m, lambda: m.awaited(found, at), at)


def _request(m: Machine, func: Value, at: CallSite, *, bare: bool) -> None:
    """Run a route as a request would, on arguments made from annotations; it is no function left over any more."""
    m.assuming += 1
    passed = [make(m, "aiohttp.web.Request", at)] if bare else []
    try:
        m.apart(lambda: m.awaited(m.call(func, passed, {}, at), at))
    finally:
        m.assuming -= 1
    m.escaped = [(value, place) for value, place in m.escaped if value is not func]


def _serve_method(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.wait()
    return _serve(m, a[0], at)


def _serve_argument(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Serve the application that is given, itself or as `module:name`."""
    m.wait()
    app = given(a, k, 0, "app")
    if isinstance(app, str) and ":" in app:
        module, _, name = app.partition(":")
        near = m.current.module if m.current is not None else None
        app = m.attribute(m.import_(module, near), name.partition("(")[0], at)
    for item in each(m.awaited(app, at)):
        if isinstance(item, Func) and not item.code.is_async:
            item = m.call(item, [], {}, at)
        if isinstance(item, Instance) and isinstance(item.extra, Served):
            _serve(m, item, at)
    m.wait()
    return None


def _keep_app(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.fields["app"] = given(a, k, 0, "app", k.get("config"))


def _serve_kept(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    app = a[0].fields.get("app")
    inner = app.fields.get("app") if isinstance(app, Instance) and not isinstance(app.extra, Served) else app
    return _serve_argument(m, [inner], {}, at)


# aiohttp.


def _aiohttp(library: Outsides) -> None:
    library.own("aiohttp")
    methods: dict[str, NativeCall] = {
        "add_routes": _add_routes,
        "add_subapp": _include,
        "__setitem__": lambda m, a, k, at: items.set_item(m, a[0].fields["_kept"], a[1], a[2], at),
        "__getitem__": lambda m, a, k, at: items.item(m, a[0].fields["_kept"], a[1], at),
        "get": lambda m, a, k, at: m.library.functions["dict.get"](m, [a[0].fields["_kept"], *a[1:]], k, at),
        "add_route": _add_route,
        **{f"add_{verb}": _add_route for verb in ("get", "post", "put", "patch", "delete", "head", "view")},
        "add_static": nothing,
    }
    row(library, AIOHTTP, init=_aiohttp_app, methods=methods).attribute = _of_application
    row(
        library,
        "aiohttp.web.RouteTableDef",
        init=_router,
        methods={verb: _decorator("routes") for verb in (*VERBS, "view")},
    )
    for verb in (*VERBS, "view"):
        library.functions[f"aiohttp.web.{verb}"] = lambda m, a, k, at: _route(m, a, k, at)
    library.function("aiohttp.web.run_app")(_serve_argument)
    runner: dict[str, NativeCall] = {"setup": later_run(_serve_kept), "cleanup": later_run(nothing)}
    row(library, "aiohttp.web.AppRunner", init=_keep_app, methods=runner)
    row(
        library,
        "aiohttp.web.TCPSite",
        init=lambda m, owner, a, k, at: None,
        methods={"start": later_run(nothing), "stop": later_run(nothing)},
    )
    library.function("aiohttp.web.middleware")(same)
    row(library, "aiohttp.web.Response").attribute = quiet
    library.functions["aiohttp.web.json_response"] = lambda m, a, k, at: make(m, "aiohttp.web.Response", at)


def _aiohttp_app(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.extra = Served(passes=True, requests=True, frame=m.current)
    owner.fields["_kept"] = items.new_dict(m, at)
    for name in ("on_startup", "on_cleanup", "on_shutdown", "cleanup_ctx"):
        owner.fields[name] = items.new_list(m, [], at)
    beside(m, lambda: _serve(m, owner, at), at)


def _add_routes(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    routes = given(a, k, 1, "routes")
    if isinstance(routes, Instance):
        return _include(m, a, k, at)
    for route, _ in items.listed(m, routes, at):
        if isinstance(route, Instance):
            _served_by(a[0]).routes.append((route.fields.get("endpoint"), at))
    return None
