"""The portal's questions as tools of the Model Context Protocol, over HTTP or standard input and output.

The official SDK speaks the protocol; it is an extra that only this module needs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import BeforeValidator, Field

from asyncapi.errors import PortalError
from portal import change_tools, tools
from portal.library import Library

Json = dict[str, Any]
LARGEST_BODY = 800 * 1024  # bytes: a payload of 256 KB as a JSON string within a request
READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
INSTRUCTIONS = (
    "The contracts of a system whose services talk over MQTT: topics, the JSON that travels on them, QoS and retained "
    "flags, who publishes and who subscribes, what answers what. describe_system says where the broker is and which "
    "services there are; find_topic finds topics, and the topics of a service, field or value; before you write code "
    "that publishes or subscribes, read get_contract, and test what you would send with validate_payload; before you "
    "change a message, ask predict_change whom that breaks."
)


def _as_text(value: object) -> object:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


Name = Annotated[str, Field(max_length=2_000)]
In = Annotated[str, Field(max_length=300, description="Key of one system, where several are shown; all unless said.")]
Payload = Annotated[str, BeforeValidator(_as_text), Field(description="The payload as JSON text.")]
Form = Annotated[
    Literal["", "envelope", "raw"],
    Field(description="What the payload is: the whole envelope or the bare model; found out unless said."),
]
Few = Annotated[int, Field(ge=1, le=200, description="How many to return at most.")]
Service = Annotated[
    str, Field(max_length=300, description="Only topics on which this service publishes or subscribes.")
]
Change = Annotated[
    Json,
    Field(
        description="Keywords of JSON Schema that replace those of the message's model, `properties` one by one; null "
        'takes one away: {"properties": {"mood": {"type": "string"}, "style": null}, "required": ["text", "mood"]}.'
    ),
]
Query = Annotated[
    str,
    Field(max_length=300, description="Words, a wildcard filter (`system/+/state`), or a topic seen on the broker."),
]


def mcp_server(library: Callable[[], Library]) -> MCPServer[Any]:
    """Return a server whose tools answer from what the portal shows at the moment of the question."""
    server: MCPServer[Any] = MCPServer(
        "contract-portal",
        title="Contract portal",
        instructions=INSTRUCTIONS,
        version=version("mqtt-contract-portal"),
        log_level="ERROR",
    )

    @server.tool(title="Describe the system", annotations=READS)
    def describe_system(system: In = "") -> Json:
        """Tell what the system is: its brokers, services, flows and versions, how many topics and findings."""
        return _answer(lambda: tools.describe(library(), system=system))

    @server.tool(title="Find topics", annotations=READS)
    def find_topic(query: Query = "", service: Service = "", system: In = "", limit: Few = 20) -> Json:
        """Find topics by words, wildcard filter, concrete topic or service; returns who publishes and subscribes."""
        return _answer(lambda: tools.find_topic(library(), query, service=service, system=system, limit=limit))

    @server.tool(title="Contract of a topic", annotations=READS)
    def get_contract(topic: Name, system: In = "") -> Json:
        """Get what is agreed about a topic: JSON Schema, example, QoS, retained, who takes part and where, replies."""
        return _answer(lambda: tools.get_contract(library(), topic, system=system))

    @server.tool(title="Validate a payload", annotations=READS)
    def validate_payload(payload: Payload, topic: Name = "", wire: Form = "", system: In = "") -> Json:
        """Check a payload against a topic, or find which topics accept it; says what is wrong with each field."""
        return _answer(lambda: tools.validate_payload(library(), payload, topic=topic, wire=wire, system=system))

    @server.tool(title="List findings", annotations=READS)
    def list_findings(
        severity: Annotated[str, Field(max_length=20, description="error, warning or note; all unless said.")] = "",
        rule: Name = "",
        topic: Name = "",
        service: Name = "",
        system: In = "",
        limit: Few = 50,
    ) -> Json:
        """List what does not meet its contract or policy, with place and remedy, the worst first."""
        chosen = {"severity": severity, "rule": rule, "topic": topic, "service": service, "system": system}
        return _answer(lambda: tools.list_findings(library(), **chosen, limit=limit))

    @server.tool(title="Explain a flow", annotations=READS)
    def explain_flow(name: Name = "", system: In = "") -> Json:
        """Explain what follows what: a flow step by step with the fields that tie it, or which flows there are."""
        return _answer(lambda: tools.explain_flow(library(), name, system=system))

    _changes(server, library)
    return server


def _changes(server: MCPServer[Any], library: Callable[[], Library]) -> None:
    @server.tool(title="Predict what a change breaks", annotations=READS)
    def predict_change(message: Name, change: Change, system: In = "") -> Json:
        """Tell whom a change to a message would break, with a payload that shows it, ways out, and the order."""
        return _answer(lambda: change_tools.predict_change(library(), message, change, system=system))

    @server.tool(title="List changes between versions", annotations=READS)
    def list_changes(old: Name = "", new: Name = "", system: In = "") -> Json:
        """Tell what changed between two versions, by default the last two, and whom that breaks."""
        return _answer(lambda: change_tools.list_changes(library(), old, new, system=system))


def endpoint(server: MCPServer[Any]) -> tuple[StreamableHTTPASGIApp, StreamableHTTPSessionManager]:
    """Return the endpoint for HTTP and what must run while it serves; who may ask is checked in front of it."""
    server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        max_request_body_size=LARGEST_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return StreamableHTTPASGIApp(server.session_manager), server.session_manager


def _answer(ask: Callable[[], Json]) -> Json:
    try:
        return ask()
    except PortalError as error:
        raise ToolError(str(error)) from error
