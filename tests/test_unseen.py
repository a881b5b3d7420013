"""What was not seen travels in the document, and keeps rules from accusing: they say what they did not see."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.checking import findings, workspace

from asyncapi.documents.derive import per_service
from asyncapi.reports.coverage import coverage
from asyncapi.view import build

EDGES = {"topic-without-publisher", "topic-without-subscriber", "subscription-meets-nothing", "flow-broken"}
LISTENS = "import paho.mqtt.client as mqtt\ndef run(client: mqtt.Client):\n    client.subscribe({!r})\n"
SPEAKS = "import paho.mqtt.client as mqtt\ndef run(client: mqtt.Client{}):\n    client.publish({}, '1')\n"


def system(root: Path, **services: str) -> Path:
    """Write a workspace with one topic, and services of one file each."""
    (root / "depot.py").write_text("TOPIC_STATE = 'depot/state'\n")
    (root / "portal.toml").write_text(f"contracts = ['depot']\nservices = {sorted(services)}\n")
    for name, text in services.items():
        (root / name).mkdir()
        (root / name / "main.py").write_text(text)
    return root


def told(folder: Path) -> set[tuple[str, str, str]]:
    """Return rule, severity and message of what is said about ends that do not meet."""
    return {(item.rule, item.severity, item.message) for item in findings(folder) if item.rule in EDGES}


PANEL = LISTENS.format("depot/state")
LAMP = SPEAKS.format("", "'depot/fault'")
FAULT = ("topic-without-subscriber", "warning", "nobody subscribes to depot/fault, published by lamp")
WAITS = ("topic-without-publisher", "error", "nobody publishes depot/state; panel would wait forever")
MAY_WAIT = "nobody in sight publishes depot/state; panel may wait forever (not seen: {})"

GAPS = {
    "nothing": ("", {WAITS, FAULT}),
    "a topic that is not known": (
        SPEAKS.format(", topic", "topic"),
        {("topic-without-publisher", "note", MAY_WAIT.format("1 call of door")), FAULT},
    ),
    "a call of an unknown client": (
        "def run(x):\n    x.publish('depot/state', 1)\n    x.publish('depot/other', 1)\n",
        {("topic-without-publisher", "note", MAY_WAIT.format("2 calls of door")), FAULT},
    ),
    "a list that was cut off": (
        SPEAKS.format("", "topic").replace("    client", f"    for topic in {['depot/fault'] * 129}:\n        client"),
        {
            ("topic-without-publisher", "note", MAY_WAIT.format("1 cut-off list of door")),
            (
                "topic-without-subscriber",
                "note",
                "nobody in sight subscribes to depot/fault, published by door, lamp (not seen: 1 cut-off list of door)",
            ),
        },
    ),
    "a subscribe of an unknown client": (
        "def run(x):\n    x.subscribe(name)\n",
        {
            WAITS,
            (
                "topic-without-subscriber",
                "note",
                "nobody in sight subscribes to depot/fault, published by lamp (not seen: 1 call of door)",
            ),
        },
    ),
    "a file that is no Python": (
        "def run(x:\n    x.publish('depot/state', 1)\n",
        {
            ("topic-without-publisher", "note", MAY_WAIT.format("1 unreadable file of door")),
            (
                "topic-without-subscriber",
                "note",
                "nobody in sight subscribes to depot/fault, published by lamp (not seen: 1 unreadable file of door)",
            ),
        },
    ),
    "a library's base class": (
        "from vendor.mqtt import Module\nclass Door(Module):\n  def run(self):\n    self.tell('depot/state', 1)\n",
        {
            ("topic-without-publisher", "note", MAY_WAIT.format("1 call of door")),
            (
                "topic-without-subscriber",
                "note",
                "nobody in sight subscribes to depot/fault, published by lamp (not seen: 1 call of door)",
            ),
        },
    ),
}


@pytest.mark.parametrize("gap", GAPS)
def test_rules_do_not_accuse_of_what_was_not_seen(tmp_path: Path, gap: str) -> None:
    """While something unseen of that direction may be the missing end, its lack is a note that says what it is."""
    text, expected = GAPS[gap]
    assert told(system(tmp_path, panel=PANEL, lamp=LAMP, door=text)) == expected


def test_a_filter_may_meet_what_was_not_seen(tmp_path: Path) -> None:
    """A subscription that meets no topic is a note, too, while a publish may be on one that it meets."""
    folder = system(tmp_path, panel=LISTENS.format("door/+"), lamp=LAMP, door="def f(x):\n    x.publish(name, 1)\n")
    rule = "subscription-meets-nothing"
    assert {item for item in told(folder) if item[0] == rule} == {
        (rule, "note", "panel subscribes to door/+, which matches no topic in sight (not seen: 1 call of door)")
    }


def test_a_step_of_a_flow_may_be_taken_unseen(tmp_path: Path) -> None:
    """A flow whose sender has calls that were not seen may break; that of another sender does."""
    folder = system(tmp_path, panel=PANEL, lamp=LAMP, door="def f(x):\n    x.publish(name, 1)\n")
    text = (folder / "portal.toml").read_text()
    for sender, severity, verb in (("door", "note", "may break"), ("lamp", "error", "breaks")):
        flow = f'[flow.open]\nsteps = ["{sender} -> depot/state -> panel"]\n'
        (folder / "portal.toml").write_text(text + flow)
        (found,) = [item for item in told(folder) if item[0] == "flow-broken"]
        assert found[1] == severity
        assert found[2].startswith(f"the flow open {verb}: {sender} does not publish depot/state")


def test_a_note_stays_one_whatever_the_team_says(tmp_path: Path) -> None:
    """A team that grades a rule as an error means what is certain."""
    folder = system(tmp_path, panel=PANEL, lamp=LAMP, door="def f(x):\n    x.publish(name, 1)\n")
    with (folder / "portal.toml").open("a") as file:
        file.write('[checks.severity]\ntopic-without-publisher = "error"\ntopic-without-subscriber = "error"\n')
    assert {(rule, severity) for rule, severity, _ in told(folder)} == {
        ("topic-without-publisher", "note"),
        ("topic-without-subscriber", "error"),
    }


def test_the_document_says_what_was_not_seen(tmp_path: Path) -> None:
    """Calls, cuts and files stand in the head with their places, but in no view of one service; some are counted."""
    door = "def f(x):\n    x.publish(name, 1)\n" + SPEAKS.format(", topic", "topic").replace("run", "g")
    door += SPEAKS.format("", "t").replace("    client", f"    for t in {['depot/fault'] * 129}:\n        client")
    document = workspace(system(tmp_path, panel=PANEL, door=door, gate="def run(x:\n"))
    registry = build(document)
    assert [(item.service, item.kind, item.actions, item.source, item.said) for item in registry.unseen] == [
        ("door", "unresolved", ("send",), "door/main.py#g", "topic"),
        ("door", "silent", ("send",), "door/main.py#f", "x.publish(name)"),
        ("door", "cut", ("send", "receive"), "door/main.py#run~2", "128 of 129 rounds of a loop"),
        (
            "gate",
            "file",
            ("send", "receive"),
            "gate/main.py",
            "gate/main.py cannot be read as Python: '(' was never closed",
        ),
    ]
    counts = dict(registry.coverage)
    assert (counts["unresolved"], counts["silent"], counts["cut"]) == (1, 1, 1)
    assert f"{counts['sites']} of {counts['sites'] + 3} calls resolved" in coverage(registry)
    assert "x-unseen" not in per_service(document.raw, "door")["info"]


def test_a_finding_names_the_calls_of_a_service_once(tmp_path: Path) -> None:
    """Calls that were passed over are one finding for each service, with the first of their places."""
    calls = "".join(f"    x.publish('depot/{i}', 1)\n" for i in range(7))
    folder = system(tmp_path, panel=PANEL, door=f"def run(x):\n{calls}")
    (found,) = [item for item in findings(folder) if item.rule == "client-not-known"]
    named = ", ".join(f"x.publish('depot/{i}') in door/main.py#run" for i in range(5))
    assert found.message == (
        "in door, 7 calls look like those of an MQTT client, but what they are called on is not known: "
        f"{named} and 2 more"
    )
    assert (found.severity, found.source, found.line, found.services) == ("note", "door/main.py#run", 2, ("door",))
