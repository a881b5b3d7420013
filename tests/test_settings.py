"""portal.toml: what it says, and what an error in it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncapi.contracts import Reply
from asyncapi.errors import SettingsError
from asyncapi.settings import default_settings, load_settings, mask_credentials, owner_of
from asyncapi.settings.model import EdgeSettings

FULL = """
title = "Greenhouse"
contracts = ["green.contracts"]
path = ["libs/contracts"]
services = ["apps/*"]
license = "MIT"

[server.broker]
host = "mqtt://grower:s3cret@broker.local:1883"

[policy]
topic_name = "[a-z]+/[a-z_]+"
required_fields = ["id"]

[policy.exceptions]
"a/b/c" = "older than the rule"

[policy.classes.event]
qos = 1
retain = false
topics = ["+/event"]

[wire]
default = "envelope"
envelope = "green.contracts.envelope:Envelope"
raw = ["health/#"]

[topic."air/{room}/set"]
class = "command"
qos = 2
replies = ["air/state", { topic = "air/ack", field = "id", answer_field = "request" }]
remove_after = 2027-01-31

[topic."air/{room}/set".parameters.room]
description = "Which room."
enum = ["north", "south"]

[service.valve]
summary = "Firmware in C."
sends = ["valve/state", { topic = "valve/alarm", qos = 1, retain = true }]

[[checks.ignore]]
rule = "topic-without-subscriber"
reason = "kept for the museum"
until = 2026-12-31

[flow.watering]
summary = "From dry to wet."
steps = ["sensor -> soil/dry -> brain", "brain -> valve/set -> valve"]
"""


def write(folder: Path, text: str) -> Path:
    """Write a portal.toml and return its folder."""
    (folder / "portal.toml").write_text(text, encoding="utf-8")
    return folder


def test_everything_said_arrives(tmp_path: Path) -> None:
    """Each part of the file ends in the value that the exporter asks for."""
    settings = load_settings(write(tmp_path, FULL))
    topic = settings.topic("air/{any}/set")
    assert topic is not None
    assert (topic.topic_class, topic.qos, topic.remove_after) == ("command", 2, "2027-01-31")
    assert topic.replies == (Reply(topic="air/state"), Reply(topic="air/ack", field="id", answer_field="request"))
    assert topic.parameters["room"].enum == ("north", "south")
    assert (topic.source.ref, topic.source.line) == ("portal.toml#topic.air/{room}/set", 28)
    assert settings.parties["valve"].sends == (
        EdgeSettings(topic="valve/state"),
        EdgeSettings(topic="valve/alarm", qos=1, retain=True),
    )
    assert settings.policy.classes["event"].source.line == 18
    assert settings.license == {"name": "MIT"}
    assert settings.ignore[0]["until"] == "2026-12-31"
    assert settings.flows["watering"].steps == (("sensor", "soil/dry", "brain"), ("brain", "valve/set", "valve"))
    assert [settings.wire.form(a) for a in ("health/pump", "soil/dry")] == ["raw", "envelope"]


def test_credentials_stay_in_the_file(tmp_path: Path) -> None:
    """What is shown of a broker is host and port."""
    settings = load_settings(write(tmp_path, FULL))
    assert settings.servers["broker"].address == "broker.local:1883"
    assert mask_credentials("u:p@ss@host:1") == "host:1"
    assert mask_credentials("host") == "host"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('titel = "x"', 1, ["unknown key titel", "did you mean title?", "allowed: "]),
        ('title = "x"\n[policy.clases.event]\nqos = 1', 2, ["unknown key clases in [policy]", "did you mean classes?"]),
        ("[policy.classes.event]\nqos = 3", 2, ["policy.classes.event.qos = 3", "allowed: 0, 1, 2"]),
        ("[policy.classes.event]\nqos = true", 2, ["qos = True", "allowed: 0, 1, 2"]),
        ('[policy.classes.event]\nretain = "no"', 2, ["retain = 'no'", "allowed: true, false"]),
        ('contracts = "green"', 1, ["contracts = 'green'", "a list of texts"]),
        ('[policy]\n\ntopic_name = "("', 3, ["topic_name = '('", "a regular expression"]),
        ('[topic."a/b"]\nstate = "old"', 2, ["state = 'old'", "active, deprecated"]),
        ('[[checks.ignore]]\nrule = "x"\nreason = "y"\n[[checks.ignore]]\nrule = "z"', 4, ["needs a reason"]),
        ('[service.a]\nsends = [{ topik = "x" }]', 2, ["unknown key topik", "did you mean topic?"]),
        ('[service.a]\nsends = [{ topic = "x", qos = 9 }]', 2, ["qos = 9", "0, 1, 2"]),
        ('[flow.f]\nsteps = ["a to b"]', 2, ["is not an arrow"]),
        ("[server.s]\nprotocol = 'mqtt'", 1, ["server s has no host"]),
        ("title = ", 1, ["not TOML"]),
        ("[[policy]]\nqos = 1", 1, ["policy is a table", "write [policy]"]),
        ('[checks.ignore]\nrule = "x"', 1, ["checks.ignore is a list of tables", "write [[checks.ignore]]"]),
        ("policy = 3", 1, ["policy is a table"]),
        ("timeout = 0", 1, ["a number above 0"]),
    ],
)
def test_an_error_names_file_line_and_what_is_allowed(tmp_path: Path, text: str, line: int, says: list[str]) -> None:
    """Whatever is wrong, one sentence says where and how to mend it."""
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, text))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'portal.toml'}:{line}: ")
    assert [part for part in says if part not in message] == []


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    """Without a portal.toml the remedy is named."""
    with pytest.raises(SettingsError, match="--contracts and --path"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("apps/pump/main.py", "@pumps"),
        ("apps/pump/legacy.py", "@old @pumps"),
        ("README.md", "@docs"),
        ("src/deep/notes.md", "@docs"),
        ("setup.cfg", "@all"),
    ],
)
def test_owners_come_from_codeowners(tmp_path: Path, file: str, expected: str) -> None:
    """The last matching pattern wins."""
    (tmp_path / "CODEOWNERS").write_text("* @all\n*.md @docs # prose\n/apps/pump/ @pumps\n**/legacy.py @old @pumps\n")
    assert owner_of(default_settings(tmp_path, contracts=["x"]), file) == expected
