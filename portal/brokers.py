"""The brokers of a system: their addresses in full, and the one that samples connect to."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from asyncapi.view.registry import Registry

_HOST: Final = re.compile(r"[A-Za-z0-9_.-]+")
_SECURITY: Final = {
    "userPassword": "user and password",
    "apiKey": "API key",
    "X509": "client certificate",
    "httpApiKey": "API key",
    "oauth2": "OAuth 2",
    "openIdConnect": "OpenID Connect",
    "plain": "SASL PLAIN",
    "scramSha256": "SCRAM-SHA-256",
    "scramSha512": "SCRAM-SHA-512",
    "gssapi": "GSSAPI",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where clients connect to, and whether by TLS."""

    host: str = "localhost"
    port: int = 1883
    secure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedBroker:
    """A broker as it is shown: its name, its address with the defaults of its variables, and what it asks for."""

    name: str
    address: str
    description: str = ""
    security: tuple[str, ...] = ()


def listed_brokers(registry: Registry) -> tuple[ListedBroker, ...]:
    """Return the brokers in document order."""
    return tuple(
        ListedBroker(
            name=server.key,
            address=(f"{server.protocol}://" if server.protocol else "") + server.filled(server.host + server.pathname),
            description=server.description,
            security=tuple(_SECURITY.get(kind, kind) for kind in server.security),
        )
        for server in registry.servers
    )


def broker(registry: Registry) -> Broker:
    """Return the first broker that speaks MQTT over TCP; the local one where none is known."""
    for server in registry.servers:
        secure = server.protocol.lower() in ("mqtts", "secure-mqtt")
        if not secure and server.protocol.lower() not in ("mqtt", "mqtt5", ""):
            continue
        whole = server.filled(server.host)
        host, _, port = whole.rpartition(":")
        if not port.isdecimal() or not (host.endswith("]") or ":" not in host):
            host, port = whole, ""
        number = int(port) if port.isdecimal() and len(port) < 6 and 0 < int(port) < 65536 else 8883 if secure else 1883
        if _is_host(host):
            return Broker(host=host, port=number, secure=secure)
    return Broker()


def _is_host(host: str) -> bool:
    if _HOST.fullmatch(host):
        return True
    try:
        return host.startswith("[") and ipaddress.ip_address(host.strip("[]")).version == 6
    except ValueError:
        return False
