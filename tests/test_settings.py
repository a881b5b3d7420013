"""portal.toml: what it says, and what an error in it says."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncapi.delivery import DeclaredReply
from asyncapi.errors import SettingsError
from asyncapi.workspace.settings import default_settings, load_settings, mask_credentials, owner_of
from asyncapi.workspace.settings.keys import KEYS
from asyncapi.workspace.settings.lines import key_lines
from asyncapi.workspace.settings.model import EdgeSettings

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
steps = [
  "sensor -> soil/dry -> brain",
  { when = "it is dry", steps = ["brain -> valve/set -> valve"] },
  { either = [
    { when = "it rains", steps = ["brain -> rain/seen -> screen"] },
    { when = "it does not", steps = ["brain -> sun/seen -> screen", "brain -> fan/set -> fan"] },
  ] },
]
"""


def write(folder: Path, text: str) -> Path:
    """Write a portal.toml and return its folder."""
    (folder / "portal.toml").write_text(text, encoding="utf-8")
    return folder


def test_everything_said_arrives(tmp_path: Path) -> None:
    """Each part of the file ends in the value that the exporter asks for."""
    said = load_settings(write(tmp_path, FULL))
    topic = said.topic("air/{any}/set")
    assert topic is not None
    assert (topic.topic_class, topic.qos, topic.remove_after) == ("command", 2, "2027-01-31")
    assert topic.replies == (
        DeclaredReply(topic="air/state"),
        DeclaredReply(topic="air/ack", field="id", answer_field="request"),
    )
    assert topic.parameters["room"].enum == ("north", "south")
    assert (topic.source.ref, topic.source.line) == ("portal.toml#topic.air/{room}/set", 28)
    assert said.parties["valve"].sends == (
        EdgeSettings(topic="valve/state"),
        EdgeSettings(topic="valve/alarm", qos=1, retain=True),
    )
    assert said.policy.classes["event"].source.line == 18
    assert said.license == {"name": "MIT"}
    assert said.ignore[0]["until"] == "2026-12-31"
    assert [astuple(step) for step in said.flows["watering"].steps] == [
        ("sensor", "soil/dry", "brain", "", False),
        ("brain", "valve/set", "valve", "it is dry", False),
        ("brain", "rain/seen", "screen", "it rains", False),
        ("brain", "sun/seen", "screen", "it does not", True),
        ("brain", "fan/set", "fan", "it does not", True),
    ]
    assert [said.wire.form(a) for a in ("health/pump", "soil/dry")] == ["raw", "envelope"]


def test_credentials_stay_in_the_file(tmp_path: Path) -> None:
    """What is shown of a broker is host and port."""
    said = load_settings(write(tmp_path, FULL))
    assert said.servers["broker"].address == "broker.local:1883"
    assert mask_credentials("u:p@ss@host:1") == "host:1"
    assert mask_credentials("host") == "host"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('titel = "x"', 1, ["unknown key titel", "did you mean title?", "allowed: "]),
        ('title = "x"\n[policy.clases.event]\nqos = 1', 2, ["unknown key clases in [policy]", "did you mean classes?"]),
        ("[policy.classes.event]\nqos = 3", 2, ["policy.classes.event.qos = 3", "allowed: 0, 1, 2"]),
        ("[policy.classes.event]\nqos = true", 2, ["qos = true", "allowed: 0, 1, 2"]),
        ('[policy.classes.event]\nretain = "no"', 2, ['retain = "no"', "allowed: true, false"]),
        ('contracts = "green"', 1, ['contracts = "green"', "a list of import names"]),
        ('contracts = ["a.b", "a b"]', 1, ['contracts = ["a.b", "a b"]', "a list of import names"]),
        ('services = ["/srv/*"]', 1, ['services = ["/srv/*"]', "patterns below this folder"]),
        ('services = ["../other/*"]', 1, ['services = ["../other/*"]', "patterns below this folder"]),
        ('source_url = "javascript:x"', 1, ['source_url = "javascript:x"', "http:// or https://"]),
        ('[wire]\nenvelope = "a.b.Envelope"', 2, ['wire.envelope = "a.b.Envelope"', '"module:Class"']),
        ('[topic."a/b"]\nremove_after = "2026-02-30"', 2, ['remove_after = "2026-02-30"', "a date"]),
        ('[topic."a/b"]\nremove_after = 2026-02-03T10:00:00', 2, ["a date"]),
        ("[[checks.ignore]]\nreason = 'y'", 1, ["has no rule"]),
        ('[[scan.sink]]\ncall = "x"\ntopic = -1', 3, ["topic = -1", "a position from 0"]),
        (
            "[service.a]\nsends = [\n  'x',\n  { topic = 'y', qoss = 1 },\n]",
            4,
            ["unknown key qoss", "did you mean qos?"],
        ),
        ("[service.a]\nsends = [\n 'x',\n {qos = 1},\n]", 4, ["service.a.sends has no topic"]),
        ('[[scan.sink]]\ncall = "x"\naction = "send"\n[[scan.sink]]\ncall = "y"', 4, ["scan.sink has no action"]),
        ('[[scan.implies]]\nconstructor = "x"', 1, ["scan.implies has no action"]),
        ('[service.a]\nowner = ""\n[service.b]\nsumary = ""', 4, ["unknown key sumary in [service.b]"]),
        ('"title" = "x"\npolicy."classes".event.qos = 5', 2, ["policy.classes.event.qos = 5"]),
        ('description = """\n[policy]\nqos = 1\n"""\nowner = "x"', 5, ["unknown key owner"]),
        ("policy = { classes = { event = { qos = 1, retained = true } } }", 1, ["unknown key retained", "retain?"]),
        ('[policy]\n\ntopic_name = "("', 3, ['topic_name = "("', "a regular expression"]),
        ('[topic."a/b"]\nstate = "old"', 2, ['state = "old"', "active, deprecated"]),
        ('[[checks.ignore]]\nrule = "x"\nreason = "y"\n[[checks.ignore]]\nrule = "z"', 4, ["has no reason"]),
        (
            '[checks.severity]\nretained-command = "off"\ntopic-without-subscribers = "off"',
            3,
            ["no rule topic-without-subscribers", "did you mean topic-without-subscriber?"],
        ),
        ('[[checks.ignore]]\nreason = "y"\nrule = "retained-comand"', 3, ["did you mean retained-command?"]),
        ('[checks.severity]\nnonsense = "off"', 2, ["no rule nonsense", "docs/reference/rules.md"]),
        ('[diff.severity]\npublisher-qos-lower = "ok"', 2, ["did you mean publisher-qos-lowered?"]),
        ('[diff.severity]\nretained-command = "ok"', 2, ["no rule retained-command", "portal diff names"]),
        ('[service.a]\nsends = [{ topik = "x" }]', 2, ["unknown key topik", "did you mean topic?"]),
        ('[service.a]\nsends = [{ topic = "x", qos = 9 }]', 2, ["qos = 9", "0, 1, 2"]),
        ('[flow.f]\nsteps = ["a to b"]', 2, ["is not an arrow"]),
        ('[flow.f]\nsteps = [{ when = "x", steps = ["a to b"] }]', 2, ["is not an arrow"]),
        ('[flow.f]\nsteps = [{ when = "x" }]', 2, ["{when = "]),
        ('[flow.f]\nsteps = [{ either = [{ when = "x", steps = [] }] }]', 2, ["{either = "]),
        ("[server.s]\nprotocol = 'mqtt'", 1, ["server.s has no host"]),
        ("title = ", 1, ["not TOML"]),
        ("[[policy]]\nqos = 1", 1, ["policy is a table", "write [policy]"]),
        ('[checks.ignore]\nrule = "x"', 1, ["checks.ignore is a list of tables", "write [[checks.ignore]]"]),
        ("policy = 3", 1, ["policy is a table"]),
        ("timeout = 0", 1, ["a number above 0"]),
        ("timeout = inf", 1, ["a number above 0, at most 86400"]),
        ('"contact.name" = "x"', 1, ["unknown key contact.name", "without quotes"]),
        ('[service.a]\n"sends[]" = { topic = "x" }', 2, ["unknown key sends[] in [service.a]", "did you mean sends?"]),
        ('python = ""', 1, ['python = ""', "text in quotes that is not empty"]),
        ('id = "greenhouse"', 1, ['id = "greenhouse"', '"urn:example:greenhouse"']),
        ('[server.s]\nhost = "mqtt://[::1"', 2, ["server.s.host = … is", '"broker.example.com:1883"']),
        ('[server.s]\nhost = "user:secret@"', 2, ["server.s.host = … is", '"broker.example.com:1883"']),
        ('source_url = "https://x/{sha}/{file}"', 1, ["{commit}, {file} and {line}"]),
        ('[topic.""]\nqos = 1', 1, ["the name in topic is empty"]),
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


VALUES = ("3", "-1", "1.5", "true", '"x"', '""', "[]", "[1]", '["x"]', "[{}]", "[[1]]", "[1, {}]", "{}", "{ a = 1 }")


@pytest.mark.parametrize("place", [key.place for key in KEYS])
def test_no_value_of_a_known_key_is_more_than_an_error(tmp_path: Path, place: str) -> None:
    """Whatever stands behind a key, the file is read or refused; nothing else happens."""
    for value in VALUES:
        nested = value
        for step in reversed(place.replace("[]", ".[]").split(".")):
            nested = f"[{nested}]" if step == "[]" else f"{{ {step.replace('*', 'any')} = {nested} }}"
        try:
            load_settings(write(tmp_path, nested[2:-2]))
        except SettingsError as error:
            assert error.source.endswith(":1")


def test_a_list_of_tables_may_be_empty(tmp_path: Path) -> None:
    """A list that holds nothing says nothing; a name that is spelled like a place of ours is a name."""
    said = load_settings(write(tmp_path, '[checks]\nignore = []\n[scan]\nsink = []\n[topic."*.qos"]\nqos = 1'))
    assert (said.ignore, said.scan.sinks, said.topics["*.qos"].qos) == ((), (), 1)


@pytest.mark.parametrize(
    "text", ["[" * 5000, "a = " + "[" * 2000 + "]" * 2000, "a" + ".b" * 9 + " = 1", "\0", "a = 1\ra"]
)
def test_odd_files_are_refused(tmp_path: Path, text: str) -> None:
    """Depth and control characters end in a sentence."""
    with pytest.raises(SettingsError):
        load_settings(write(tmp_path, text))


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """Editors that put a mark in front of UTF-8 are understood."""
    (tmp_path / "portal.toml").write_bytes(b'\xef\xbb\xbftitle = "Mill"\n')
    assert load_settings(tmp_path).title == "Mill"


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 end in a sentence."""
    (tmp_path / "portal.toml").write_bytes(b'version = "1"\ntitle = "\xff"')
    with pytest.raises(SettingsError, match=r"portal.toml:2: is not UTF-8 \(save it as UTF-8\)"):
        load_settings(tmp_path)


def test_a_file_that_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    """The reason stands in words, without numbers and without the file's name again."""
    file = tmp_path / "portal.toml"
    file.symlink_to(file)
    with pytest.raises(SettingsError) as refused:
        load_settings(tmp_path)
    assert str(refused.value) == f"{file}: cannot be read: Too many levels of symbolic links"


def test_an_interpreter_is_found_from_the_workspace(tmp_path: Path) -> None:
    """A path is relative to portal.toml, a bare name is for the PATH."""
    names = (".venv/bin/python", "python3.12")
    found = [load_settings(write(tmp_path, f'python = "{name}"')).python for name in names]
    assert found == [tmp_path.resolve() / ".venv/bin/python", Path("python3.12")]


LOCATED = '''\
# a comment with """ in it
a = "x # ] ="
"q.r"."s\\u0041" = [ 1, # ]
  {topik = "x", in = { z = [ {y = 1} ] } },
  "a = b"
]
[t . "u/{v}"]
k.l = """ "" [x]
= """""
z = 0
[[arr]]
x = 1979-05-27 07:32:00
[arr.sub]
y = 0x1F
[[arr]]
[[arr.in]]
w = -inf'''


def test_lines_of_keys() -> None:
    """Every key is found, however it is written."""
    assert key_lines(LOCATED) == {
        ("a",): 2,
        ("q.r",): 3,
        ("q.r", "sA"): 3,
        ("q.r", "sA", 0): 3,
        ("q.r", "sA", 1): 4,
        ("q.r", "sA", 1, "topik"): 4,
        ("q.r", "sA", 1, "in"): 4,
        ("q.r", "sA", 1, "in", "z"): 4,
        ("q.r", "sA", 1, "in", "z", 0): 4,
        ("q.r", "sA", 1, "in", "z", 0, "y"): 4,
        ("q.r", "sA", 2): 5,
        ("t",): 7,
        ("t", "u/{v}"): 7,
        ("t", "u/{v}", "k"): 8,
        ("t", "u/{v}", "k", "l"): 8,
        ("t", "u/{v}", "z"): 10,
        ("arr",): 11,
        ("arr", 0): 11,
        ("arr", 0, "x"): 12,
        ("arr", 0, "sub"): 13,
        ("arr", 0, "sub", "y"): 14,
        ("arr", 1): 15,
        ("arr", 1, "in"): 16,
        ("arr", 1, "in", 0): 16,
        ("arr", 1, "in", 0, "w"): 17,
    }


FUZZ = float(os.environ.get("PORTAL_FUZZ", "0"))
TEXTS = st.sampled_from(['"x]"', "'#'", '"""a\n[b]\n= """""', "'''\nc = '''", r'"\"\\"', r'"""\""""'])
SCALARS = TEXTS | st.sampled_from(["1", "-inf", "0x1F", "true", "1979-05-27T07:32:00Z", "07:32:00.5", "1_0.0e-3"])
NAMES = st.sampled_from(["a", "b-1", '"c.d"', "'e/{f}'", '"\\u0041"', '"="', '""'])
TOML_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[ # ]\n {', '.join(items)}\n]"),
        st.dictionaries(NAMES, inner, max_size=3).map(
            lambda table: "{ " + ", ".join(f"{key} = {value}" for key, value in table.items()) + " }"
        ),
    ),
    max_leaves=6,
)
LINES = st.one_of(
    st.builds("{}={} # [x]".format, st.lists(NAMES, min_size=1, max_size=3).map(" . ".join), TOML_VALUES),
    st.lists(NAMES, min_size=1, max_size=3).map(".".join).map("[{}]".format),
    st.lists(NAMES, min_size=1, max_size=3).map(".".join).map("[[ {} ]] # c".format),
    st.just(""),
)


@settings(max_examples=int(300 * max(FUZZ, 1)), derandomize=not FUZZ, deadline=None)
@given(st.lists(LINES, max_size=6).map("\n".join))
def test_all_that_can_be_read_can_be_located(text: str) -> None:
    """The paths that have a line are exactly those of what the text says."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(key_lines(text)) == set(paths(said, ()))


def paths(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of everything in a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from paths(item, (*path, key))
