"""Ways out of a break: each that is offered is carried out with Pydantic and mends it, and no other is offered."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, create_model
from support.broker import running_broker
from support.registries import registry

from asyncapi.compare.remedies import clear
from asyncapi.compare.report import report

Model = type[BaseModel]
Send = Callable[[Model], str]

EXTRAS = "let the old models ignore extras one release earlier"
NO_NONE = "publish with exclude_none until all subscribers are upgraded, and leave the field None so long"
NO_UNSET = "publish with exclude_unset until all subscribers are upgraded, and leave the field unset so long"
KEEP = "keep sending the field until all subscribers are upgraded"
OLD_VALUES = "do not send the new values until all subscribers are upgraded"
BOTH = "send both fields until every subscriber reads the new one"
ALIAS = "let the new model read both names, AliasChoices('b', 'a'), and deploy subscribers first"
DEFAULT = "give the field a default until all publishers send it"
IGNORE = "let the new model ignore extras until all publishers are upgraded"
ACCEPT = "keep accepting the old values until all publishers are upgraded"


def model(extra: str = "forbid", **fields: Any) -> Model:
    """Return a model of a name that all versions share."""
    return create_model("M", __config__=ConfigDict(extra=extra, populate_by_name=True), **fields)  # type: ignore[call-overload,no-any-return]


def document(cls: Model) -> dict[str, Any]:
    """Return a document in which a model is published, and its dump was seen."""
    schema = cls.model_json_schema() | {"x-extra": cls.model_config["extra"]}
    channel = {"address": "t", "messages": {"M": {"$ref": "#/components/messages/M"}}}
    operations = {
        f"{service}_{action}": {
            "action": action,
            "channel": {"$ref": "#/channels/t"},
            "x-service": service,
            "x-sites": [{"source": "a.py#main", "model": "M"}],
        }
        for service, action in (("one", "send"), ("two", "receive"))
    }
    return {
        "asyncapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "channels": {"t": channel},
        "operations": operations,
        "components": {
            "messages": {"M": {"payload": {"$ref": "#/components/schemas/M"}}},
            "schemas": {"M": schema},
        },
    }


def offered(old: Model, new: Model) -> tuple[str, ...]:
    """Return the ways out of all breaks between two versions, without order, commands and new topics."""
    found = report(registry(document(old)), registry(document(new))).findings
    ways = [way for finding in found for way in finding.remedies]
    return tuple(way for way in ways if not way.startswith(("deploy ", "use a new topic")))


def reads(reader: Model, *texts: str) -> bool:
    """Say whether a model reads all of some messages."""
    try:
        for text in texts:
            reader.model_validate_json(text)
    except ValidationError:
        return False
    return True


OPTIONAL = (str | None, None)
A = model(a=(int, ...))
A_OPEN = model("ignore", a=(int, ...))
AN = model(a=(int, ...), n=OPTIONAL)
AX = model(a=(int, ...), x=(int, 3))
AR = model(a=(int, ...), r=(int, ...))
COLOUR = model(c=(Literal["red", "blue"], ...))
MORE = model(c=(Literal["red", "blue", "green"], ...))
NAMED_A, NAMED_B = model("ignore", a=(str, "-")), model("ignore", b=(str, "-"))
FORBID_A, FORBID_B = model(a=(str, ...)), model(b=(str, ...))
BOTH_NAMES = model(b=(str, Field(validation_alias=AliasChoices("b", "a"))))
BOTH_OPEN = model("ignore", b=(str, Field("-", validation_alias=AliasChoices("b", "a"))))

TABLE: list[tuple[Model, Model, dict[str, tuple[list[str], list[Model]]]]] = [
    (
        A,
        AN,
        {
            EXTRAS: ([A(a=1).model_dump_json(), AN(a=1, n="x").model_dump_json()], [A_OPEN]),
            NO_NONE: ([AN(a=1).model_dump_json(exclude_none=True)], [A, AN]),
        },
    ),
    (
        A,
        AX,
        {
            EXTRAS: ([A(a=1).model_dump_json(), AX(a=1).model_dump_json()], [A_OPEN]),
            NO_UNSET: ([AX(a=1).model_dump_json(exclude_unset=True)], [A, AX]),
        },
    ),
    (
        A,
        AR,
        {
            EXTRAS: ([A(a=1).model_dump_json(), AR(a=1, r=2).model_dump_json()], [A_OPEN]),
            DEFAULT: ([A(a=1).model_dump_json(), AR(a=1, r=2).model_dump_json()], [model(a=(int, ...), r=(int, 0))]),
        },
    ),
    (AR, A, {IGNORE: ([A(a=1).model_dump_json(), AR(a=1, r=2).model_dump_json()], [A_OPEN])}),
    (
        model("ignore", a=(int, ...), r=(int, ...)),
        A_OPEN,
        {KEEP: ([AR(a=1, r=2).model_dump_json()], [model("ignore", a=(int, ...), r=(int, ...)), A_OPEN])},
    ),
    (COLOUR, MORE, {OLD_VALUES: ([MORE(c="red").model_dump_json()], [COLOUR, MORE])}),
    (MORE, COLOUR, {ACCEPT: ([MORE(c="green").model_dump_json(), COLOUR(c="red").model_dump_json()], [MORE])}),
    (
        NAMED_A,
        NAMED_B,
        {
            BOTH: ([model(a=(str, "x"), b=(str, "x"))().model_dump_json()], [NAMED_A, NAMED_B]),
            ALIAS: ([NAMED_A(a="x").model_dump_json(), NAMED_B(b="x").model_dump_json()], [BOTH_OPEN]),
        },
    ),
    (
        FORBID_A,
        FORBID_B,
        {ALIAS: ([FORBID_A(a="x").model_dump_json(), FORBID_B(b="x").model_dump_json()], [BOTH_NAMES])},
    ),
    (A_OPEN, model("ignore", a=(int, ...), n=OPTIONAL), {}),
    (A, model(a=(list[int], ...)), {ACCEPT: (['{"a": 1}', '{"a": [1]}'], [model(a=(list[int] | int, ...))])}),
]
"""Old, new, and for each way that is offered: what is sent then, and who reads it then."""


@pytest.mark.parametrize(("old", "new", "ways"), TABLE)
def test_offered_ways_mend_what_is_broken(old: Model, new: Model, ways: dict[str, Any]) -> None:
    """Exactly the ways are offered that help, and with real models everybody reads what is sent then."""
    assert sorted(offered(old, new)) == sorted(ways)
    for texts, readers in ways.values():
        assert all(reads(reader, *texts) for reader in readers)


@pytest.mark.parametrize(
    ("topic", "command"),
    [
        ("store/status", "mosquitto_pub -t store/status -r -n"),
        ("a b/$x'y", "mosquitto_pub -t 'a b/$x'\"'\"'y' -r -n"),
        ("store/{room}/status", "mosquitto_sub -t store/+/status --retained-only --remove-retained -W 5"),
        ("store/room-{n}/#", "mosquitto_sub -t 'store/+/#' --retained-only --remove-retained -W 5"),
    ],
)
def test_commands_clear_retained_messages(topic: str, command: str) -> None:
    """A plain topic is cleared at once; for a template, everything that it stands for is looked up first."""
    assert clear(topic) == command


@pytest.mark.broker
def test_commands_clear_a_real_broker(tmp_path: Path) -> None:
    """After the commands nothing is retained under the topics that they name, and all else still is."""
    import shlex
    import subprocess

    def run(place: tuple[str, int], command: str) -> str:
        program, *words = shlex.split(command)
        where = ["-h", place[0], "-p", str(place[1])]
        return subprocess.run([program, *where, *words], capture_output=True, text=True, timeout=60).stdout

    with running_broker(tmp_path) as broker:
        place = (broker.host, broker.port)
        for topic in ("store/status", "store/a/level", "store/b/level", "other"):
            run(place, f"mosquitto_pub -q 1 -r -m x -t {topic}")
        for topic in ("store/status", "store/{room}/level"):
            run(place, clear(topic).replace("-W 5", "-W 1"))
        assert run(place, "mosquitto_sub -t '#' --retained-only -W 1 -F %t").split() == ["other"]


def test_renamed_topic_is_cleared_under_its_old_name() -> None:
    """What lies on the old address of a renamed topic is cleared there, when all have moved."""
    folder = Path(__file__).parent / "fixtures" / "compare" / "topic-renamed--retained"
    from asyncapi.documents.document import load
    from asyncapi.view import build

    found = report(build(load(folder / "old.yaml")), build(load(folder / "new.yaml"))).findings
    [renamed] = [one for one in found if one.rule == "topic-renamed"]
    commands = [found.group() for way in renamed.remedies if (found := re.search(r"mosquitto_\w+ .*", way))]
    assert commands == [clear(str(renamed.before))]
    assert renamed.before != renamed.after
