"""Language models ask the portal by the Model Context Protocol: in one process, by standard input, and over HTTP."""

from __future__ import annotations

import contextlib
import copy
import http.client
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from support.client import shown
from support.registries import greenhouse
from support.serving import serving

from asyncapi.documents.document import Document
from portal.library import Library, library
from portal.mcp_server import LARGEST_BODY, mcp_server
from portal.system import system

TOOLS = ["describe_system", "find_topic", "get_contract", "validate_payload", "list_findings", "explain_flow"]
TOOLS += ["predict_change", "list_changes"]
ASK = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "explain_flow", "arguments": {}}}


def _ask(server: Any, ask: Callable[[Client], Awaitable[Any]]) -> Any:
    """Connect the SDK's client to a server, an address or a transport, and return what it is answered."""

    async def main() -> Any:
        async with Client(server) as client:
            return await ask(client)

    return anyio.run(main)


def _call(of: Library, tool: str, **arguments: Any) -> Any:
    result = _ask(mcp_server(lambda: of), lambda client: client.call_tool(tool, arguments))
    text = result.content[0].text
    if result.is_error:
        return text
    assert json.loads(text) == result.structured_content
    return result.structured_content


@pytest.fixture(scope="module")
def one() -> Library:
    """Return a portal that shows the greenhouse."""
    return library([shown()])


@pytest.fixture(scope="module")
def two() -> Library:
    """Return a portal that shows the greenhouse and a copy of it in which the valve has another QoS."""
    other = copy.deepcopy(greenhouse())
    other["info"]["title"] = "Orangery"
    return library([shown(), shown(other)])


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Return a file with the greenhouse."""
    path = tmp_path / "greenhouse.json"
    path.write_text(json.dumps(greenhouse()), encoding="utf-8")
    return path


def test_the_tools_are_offered(one: Library) -> None:
    """Each tool says what it is for, what each argument means, and that it only reads."""
    tools = _ask(mcp_server(lambda: one), lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == TOOLS
    for tool in tools:
        assert tool.title and tool.description.endswith(".") and len(tool.description) < 130
        assert (tool.annotations.read_only_hint, tool.annotations.destructive_hint) == (True, False)
    required = {tool.name: tool.input_schema.get("required", []) for tool in tools}
    assert required == {
        **{name: [] for name in TOOLS},
        "get_contract": ["topic"],
        "validate_payload": ["payload"],
        "predict_change": ["message", "change"],
    }


@pytest.mark.parametrize(
    ("query", "found", "near"),
    [
        ("climate/north/measured", ["climate/{zone}/measured"], None),
        ("valve/+", ["valve/command", "valve/done"], None),
        ("ValveCommand", ["valve/command"], None),
        ("valve/comand", [], ["valve/command", "valve/done"]),
        ("zzzzzz", [], None),
    ],
)
def test_topics_are_found(one: Library, query: str, found: list[str], near: list[str] | None) -> None:
    """Words, filters and concrete topics find what the registry's box finds; a misspelled one names its neighbours."""
    answer = _call(one, "find_topic", query=query)
    assert [topic["topic"] for topic in answer["topics"]] == found
    assert (answer["total"], answer.get("near"), "inside" in answer) == (len(found), near, False)


@pytest.mark.parametrize(
    ("query", "inside"),
    [
        ("dew_point", [("field", "dew_point", ["climate/{zone}/measured", "climate/{zone}/measured/raw"])]),
        ("pulse", [("value", "pulse", ["valve/command"])]),
    ],
)
def test_what_is_inside_of_messages_is_found(
    one: Library, query: str, inside: list[tuple[str, str, list[str]]]
) -> None:
    """A field or a value that no topic is called by is told with the topics on which it travels."""
    answer = _call(one, "find_topic", query=query)
    assert answer["topics"] == []
    found = [
        (kind, each[kind], each["topics"]) for each in answer["inside"] for kind in ("field", "value") if kind in each
    ]
    assert found == inside


def test_topics_of_a_service_are_found(one: Library) -> None:
    """A service's topics are those that it sends or receives, not those that its name stands in."""
    answer = _call(one, "find_topic", service="planner")
    expected = [row.address for row in one.systems()[0].rows() if "planner" in row.values["service"]]
    assert [topic["topic"] for topic in answer["topics"]] == expected != []
    assert _call(one, "find_topic", service="nobody") == {"total": 0, "topics": []}


def test_the_system_is_described(one: Library) -> None:
    """Brokers, services, flows and versions are told at once, and nothing that is not said."""
    (described,) = _call(one, "describe_system")["systems"]
    index = one.systems()[0].index
    assert (described["title"], list(described["services"])) == ("Greenhouse", list(index.services))
    assert [broker["address"] for broker in described["brokers"]] != []
    assert (described["topics"], described["versions"]) == (len(index.topics), ["current"])


@pytest.mark.parametrize(
    ("message", "change", "levels"),
    [
        ("ValveDone", {}, []),
        (
            "ValveDone",
            {"properties": {"ok": None, "done": {"type": "boolean"}}, "required": ["request_id", "done"]},
            ["break"],
        ),
        ("valve/done", {"description": "other words"}, ["ok"]),
        ("climate/north/measured/raw", {"properties": {"battery": None}}, ["break", "ok", "risk"]),
    ],
)
def test_changes_are_predicted(one: Library, message: str, change: Any, levels: list[str]) -> None:
    """A change that nobody has made is told as a comparison of versions would tell it, and nothing of it stays."""
    before = copy.deepcopy(one.systems()[0].history.versions[0].read().document.raw)
    (told,) = _call(one, "predict_change", message=message, change=change)["predictions"]
    assert {each["level"] for each in told.get("changes", ())} <= set(levels)
    assert bool(told.get("changes")) is bool(levels)
    assert (told["verdict"] == "Nothing changed that is on the wire.") is not bool(levels)
    assert one.systems()[0].history.versions[0].read().document.raw == before
    if levels == ["break"]:
        assert {name for each in told["changes"] for name in each["breaks"]} == {"planner"}


def test_a_model_in_an_envelope_is_changed_inside(one: Library) -> None:
    """The change is one of the model, wherever it travels: its envelope stays as it is."""
    change = {"properties": {"depth": {"type": "integer"}}, "required": ["depth"]}
    (told,) = _call(one, "predict_change", message="valve/command", change=change)["predictions"]
    assert any("data.depth" in each["change"] for each in told["changes"])


@pytest.mark.parametrize(
    ("message", "change", "said"),
    [
        ("valve/comand", {}, "there is no such message"),
        ("ValveDon", {}, "there is no such message (near it: ValveDone"),
        ("ValveDone", {"description": "x" * 70_000}, "the change is larger than 64 KB"),
        ("ValveDone", {"default": json.loads("[" * 70 + "]" * 70)}, "the change is nested deeper than 60 levels"),
    ],
)
def test_changes_that_cannot_be_predicted_are_errors(one: Library, message: str, change: Any, said: str) -> None:
    """What is not there or too much is told in a sentence."""
    assert said in _call(one, "predict_change", message=message, change=change)


@pytest.mark.parametrize(
    "change",
    [
        {"type": 5, "properties": "x", "required": {"a": 1}, "allOf": 7},
        {"$ref": "https://example.org/schema.json", "anyOf": [{"$ref": "#"}, {"$ref": "file:///etc/passwd"}]},
        {"properties": {"ok": {"type": "string", "pattern": "(a+)+$", "minLength": -1}}},
        {"allOf": [{"$ref": "#/components/schemas/ValveDone"}]},
    ],
)
def test_senseless_changes_are_answered(one: Library, change: Any) -> None:
    """Whatever is asked, it is answered, from the document alone."""
    (told,) = _call(one, "predict_change", message="ValveDone", change=change)["predictions"]
    assert told["verdict"]


def test_changes_between_versions_are_listed(one: Library) -> None:
    """By default the last two versions are compared; what is not there is said with what is."""
    older = greenhouse()
    del older["components"]["schemas"]["ValveDone"]["properties"]["error"]
    both = library(
        [system(Document(raw=greenhouse()), older=[("v1", "2026-01-02T03:04:05+00:00", Document(raw=older))])]
    )
    (told,) = _call(both, "list_changes")["changes"]
    assert (told["old"], told["new"]) == ("v1", "current")
    assert any("error" in each["change"] for each in told["changes"])
    (reverse,) = _call(both, "list_changes", old="current", new="v1")["changes"]
    assert [each["rule"] for each in (*told["changes"], *reverse["changes"])] == [
        "optional-field-added",
        "optional-field-removed",
    ]
    (none,) = _call(both, "list_changes", old="v0")["changes"]
    assert none == {"verdict": "there is no version v0", "versions": ["current", "v1"]}
    assert _call(one, "list_changes")["changes"] == [
        {"verdict": "there is no earlier version", "versions": ["current"]}
    ]


def test_limit_is_kept(one: Library) -> None:
    """No more topics are told than were asked for, and how many there are in all."""
    answer = _call(one, "find_topic", query="", limit=2)
    assert (len(answer["topics"]), answer["total"]) == (2, len(one.systems()[0].rows()))


def test_contract_says_everything_about_a_topic(one: Library) -> None:
    """Delivery, parties with their places, replies, schema that stands alone, and an example that it accepts."""
    import jsonschema_rs

    (contract,) = _call(one, "get_contract", topic="valve/command")["contracts"]
    assert (contract["topic"], contract["qos"], contract["retained"]) == ("valve/command", "2", "no")
    assert [party["service"] for party in contract["publishers"]] == ["planner"]
    (message,) = contract["messages"]
    assert message["name"] == "ValveCommand"
    jsonschema_rs.validator_for(message["schema"]).validate(message["example"])
    (same,) = _call(one, "get_contract", topic="climate/north/measured")["contracts"]
    assert same["topic"] == "climate/{zone}/measured"


def test_what_is_not_there_is_said_with_what_is_near(one: Library, two: Library) -> None:
    """A question that cannot be answered is an error in one sentence, and never a crash."""
    near = "valve/command, ValveCommand, valve/done, ValveDone"
    said = f"Error executing tool get_contract: there is no such topic (near it: {near})"
    assert _call(one, "get_contract", topic="valve/comand") == said
    assert _call(one, "explain_flow", name="\0").endswith("there is no such flow")
    assert _call(two, "find_topic", query="", system="sistem").endswith("no such system (near it: system, system-2)")
    assert "no such severity (one of error, warning, note)" in _call(one, "list_findings", severity="bad")


def test_payloads_are_validated(one: Library) -> None:
    """Text and objects are taken alike; what is wrong is told with its place, duplicate keys and NaN among it."""
    (contract,) = _call(one, "get_contract", topic="valve/command")["contracts"]
    good = contract["messages"][0]["example"]
    for payload in (good, json.dumps(good)):
        (report,) = _call(one, "validate_payload", payload=payload, topic="valve/command")["reports"]
        assert report["matches"] == [{"topic": "valve/command", "message": "ValveCommand", "verdict": "accepts"}]
    (report,) = _call(
        one, "validate_payload", payload={**good, "data": {**good["data"], "action": 7}}, topic="valve/command"
    )["reports"]
    assert [problem["at"] for problem in report["matches"][0]["problems"]] == ["data.action"]
    (report,) = _call(one, "validate_payload", payload=good["data"], topic="valve/command", wire="raw")["reports"]
    assert (report["matches"][0]["verdict"], report["matches"][0]["read_as"]) == ("accepts", "raw")
    (report,) = _call(one, "validate_payload", payload='{"a": 1, "a": NaN}')["reports"]
    assert report == {"summary": "NaN is not JSON (at `a`)", "accepting": 0}
    (report,) = _call(one, "validate_payload", payload="x" * 300_000)["reports"]
    assert report == {"summary": "larger than the 256 KB that are checked here", "accepting": 0}


def test_findings_are_listed_and_narrowed(one: Library) -> None:
    """All findings, worst first; by severity, rule, topic and service only those that fit."""
    everything = _call(one, "list_findings")
    found = one.systems()[0].registry.findings
    assert everything["total"] == len(found) == len(everything["findings"]) > 2
    ranks = [("error", "warning", "note").index(item["severity"]) for item in everything["findings"]]
    assert ranks == sorted(ranks)
    assert _call(one, "list_findings", limit=1)["findings"] == everything["findings"][:1]
    for name in ("severity", "rule"):
        value = getattr(found[-1], name)
        narrowed = _call(one, "list_findings", **{name: value})
        assert narrowed["findings"] == [item for item in everything["findings"] if item[name] == value]
    topic = next(finding.topics[0] for finding in found if finding.topics)
    assert all(topic in item["about"] for item in _call(one, "list_findings", topic=topic)["findings"])
    assert _call(one, "list_findings", service="nobody") == {"total": 0, "findings": []}


def test_flows_are_explained(one: Library) -> None:
    """Without a name all flows are listed; with one each step says who, what, to whom and what ties it."""
    listed = _call(one, "explain_flow")["flows"]
    assert [flow["name"] for flow in listed] == [flow.name for flow in one.systems()[0].registry.flows]
    (flow,) = _call(one, "explain_flow", name=listed[0]["name"])["flows"]
    assert {(step["from"], step["to"]) for step in flow["steps"]} <= {
        (a, b) for a in flow["services"] for b in flow["services"]
    }
    assert flow["mermaid"].startswith("sequenceDiagram")


def test_several_systems_are_told_apart(two: Library) -> None:
    """Every answer names its system, and a question can be put to one of them."""
    keys = [system.key for system in two.systems()]
    assert [topic["system"] for topic in _call(two, "find_topic", query="valve/command")["topics"]] == keys
    assert [item["system"] for item in _call(two, "get_contract", topic="valve/command")["contracts"]] == keys
    assert [item["system"] for item in _call(two, "validate_payload", payload="{}")["reports"]] == keys
    assert {item["system"] for item in _call(two, "explain_flow", system=keys[1])["flows"]} == {keys[1]}


def test_newer_versions_are_answered_from() -> None:
    """A question is answered from what the portal shows when it is asked."""
    current = [library([shown()])]
    server = mcp_server(lambda: current[0])

    async def ask(client: Client) -> list[Any]:
        before = await client.call_tool("find_topic", {"query": "valve/command"})
        newer = greenhouse()
        newer["channels"] = {}
        newer["operations"] = {}
        current[0] = library([shown(newer)])
        after = await client.call_tool("find_topic", {"query": "valve/command"})
        return [result.structured_content["total"] for result in (before, after) if result.structured_content]

    assert _ask(server, ask) == [1, 0]


@pytest.mark.parametrize("reload", [False, True])
def test_standard_input_and_output(document: Path, reload: bool) -> None:
    """`portal mcp` speaks with the SDK's client, and nothing else is written between."""
    arguments = ["-m", "portal.cli", "mcp", str(document), *(["--reload"] if reload else [])]
    transport = stdio_client(StdioServerParameters(command=sys.executable, args=arguments))
    result = _ask(transport, lambda client: client.call_tool("get_contract", {"topic": "valve/command"}))
    assert result.structured_content["contracts"][0]["topic"] == "valve/command"


def _post(address: str, body: bytes, **headers: str) -> tuple[int, str, dict[str, str]]:
    sent = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    request = urllib.request.Request(address, data=body or None, headers={**sent, **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return (
                answer.status,
                answer.read().decode(),
                {name.lower(): value for name, value in answer.headers.items()},
            )
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), {name.lower(): value for name, value in error.headers.items()}


def _announced(address: str, size: int) -> int:
    """Return what a server says to a body of this size before any of it was sent."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    with contextlib.closing(connection):
        connection.putrequest("POST", parts.path)
        connection.putheader("content-type", "application/json")
        connection.putheader("content-length", str(size))
        connection.endheaders()
        return connection.getresponse().status


def test_http_endpoint_answers_and_keeps_the_portals_rules(document: Path) -> None:
    """`portal serve --mcp` answers the SDK's client at /mcp, and checks hosts, origins, methods and sizes there."""
    with serving(document, "--mcp", "--root-path", "/contracts") as (_, announced):
        address = f"{announced}/mcp"
        tools = _ask(address, lambda client: client.list_tools()).tools
        assert [tool.name for tool in tools] == TOOLS
        found = _ask(address, lambda client: client.call_tool("find_topic", {"query": "valve/+"}))
        assert found.structured_content["total"] == 2

        ask = json.dumps(ASK).encode()
        status, text, headers = _post(address, ask)
        assert (status, headers["x-content-type-options"]) == (200, "nosniff")
        assert "access-control-allow-origin" not in headers and json.loads(text)["result"]
        assert _post(address, ask, host="evil.example")[0] == 400
        assert _post(address, ask, origin="https://evil.example")[0] == 403
        assert _post(address, ask, origin="null")[0] == 403
        assert _post(address, ask, origin=announced.removesuffix("/contracts"))[0] == 200
        assert _announced(address, LARGEST_BODY + 1) == 413
        assert _post(address, b"")[0] == 405
        assert _post(address, b"{nothing")[0] == 400


def test_endpoint_is_only_there_when_asked_for(document: Path) -> None:
    """Without --mcp there is no such address."""
    with serving(document) as (_, address):
        assert _post(f"{address}/mcp", b"{}")[0] == 405
        assert _post(f"{address}/mcp", b"")[0] == 404


@pytest.mark.parametrize("arguments", [["mcp"], ["serve", "--mcp", "--port", "0"]])
def test_missing_package_is_told_in_one_line(document: Path, arguments: list[str]) -> None:
    """Without the extra, one sentence says how to install it."""
    without = "import sys; sys.modules['mcp'] = None; from portal.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", without, *arguments, str(document)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    said = (
        "portal: the MCP endpoint needs the package mcp, which is not installed "
        "(install the portal with its extra: pip install './portal[mcp]', from its checkout or wheel)\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
