"""`portal serve`: show workspaces and documents in a browser."""

from __future__ import annotations

import argparse
import ipaddress
import re
import sys
import threading
from collections.abc import Sequence
from errno import EACCES, EADDRINUSE
from typing import TYPE_CHECKING, Any

from asyncapi.errors import PortalError
from portal.commands.shown import add_sources, add_versions, named_sources, opened

if TYPE_CHECKING:
    import socket

    import uvicorn

    from portal.watch import Watched


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_sources(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on, 0 for a free one (default: 8000)")
    parser.add_argument("--reload", action="store_true", help="read again when something changes, and renew open pages")
    add_versions(parser)
    parser.add_argument("--root-path", default="", metavar="/PREFIX", help="where a proxy shows the portal")
    parser.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        metavar="NAME",
        type=host_name,
        help="a name by which the portal may be reached, `*` for any; addresses and localhost always may",
    )
    parser.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        type=network,
        help="whose forwarded headers are believed",
    )
    parser.add_argument("--mcp", action="store_true", help="answer language models at /mcp (needs the extra `mcp`)")


def host_name(word: str) -> str:
    """Return a name as browsers send it in `Host`: no scheme, no port and no path are part of it."""
    if word != "*" and not re.fullmatch(r"[A-Za-z0-9_.-]+", word):
        raise argparse.ArgumentTypeError(
            f"{word!r} is no name: say contracts.example.com, without scheme, port and path"
        )
    return word


def network(word: str) -> str:
    """Return an address or network; any other word would be believed by nobody, without a sign of it."""
    try:
        return word if word == "*" else str(ipaddress.ip_network(word))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{word!r} is no address and no network: say 10.0.0.7 or 10.0.0.0/8"
        ) from error


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from portal.commands.mcp import load as load_mcp
    from portal.watch import compare

    if options.mcp:
        load_mcp()
    shown = named_sources(options)
    if not 0 <= options.port <= 65535:
        raise PortalError("--port must be between 0 and 65535", source=str(options.port))
    listener = _listen(options.host, options.port)
    systems, follow = opened(shown, reload=options.reload)

    from portal.app import create_app
    from portal.leaving import LeavingServer

    app = create_app(
        *systems,
        root_path=_prefix(options),
        allowed_hosts=[*options.allowed_host, options.host],
        poll=options.reload,
        mcp=options.mcp,
    )
    follow(app.state.answers.show)
    threading.Thread(target=compare, args=(systems,), name="compare", daemon=True).start()
    _announce(listener, options, shown)
    LeavingServer(configured(app, options)).run(sockets=[listener])
    return 0


def configured(app: Any, options: argparse.Namespace) -> uvicorn.Config:
    """Return how an application is served: forwarded headers are believed from trusted proxies only."""
    import uvicorn

    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on" if options.mcp else "off",
        timeout_graceful_shutdown=10,
        proxy_headers=bool(options.trusted_proxy),
        forwarded_allow_ips=options.trusted_proxy or None,
        limit_concurrency=2_000,
    )


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises PortalError when the address cannot be had."""
    import socket

    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2_048)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", "") or "no such name"
        hint = (
            "choose another --port" if getattr(error, "errno", 0) in (EADDRINUSE, EACCES) else "choose another --host"
        )
        raise PortalError(f"cannot listen: {reason}", source=f"{host}:{port}", hint=hint) from error
    return listener


def _announce(listener: socket.socket, options: argparse.Namespace, sources: Sequence[Watched]) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    names = ", ".join(str(source.path) for source in sources)
    more = ", language models at /mcp there" if options.mcp else ""
    more += ", reading again on changes" if options.reload else ""
    print(f"portal: {names} at http://{shown}:{port}{_prefix(options)} (Ctrl-C stops){more}", file=sys.stderr)


def _prefix(options: argparse.Namespace) -> str:
    """Return where a proxy shows the portal, however it was spelled: `/contracts`, or nothing for the root."""
    name = str(options.root_path).strip("/")
    return f"/{name}" if name else ""
