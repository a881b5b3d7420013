"""Eight changes as a team makes them, each with the two services that meet over it."""

from __future__ import annotations

from dataclasses import dataclass

CONTRACTS = "contracts/src/cold_store/__init__.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One place of one file, before and after."""

    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """What a sender does for a while, so that nobody is hurt, and how the report says so.

    `edits` are made on the branch (empty: the branch as it is); `clears` runs the command of the report in between.
    """

    says: str
    edits: tuple[Edit, ...] = ()
    clears: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch: what it edits, who sends and who reads what it changes, and a way out where there is no order."""

    name: str
    sender: str
    reader: str
    what: str
    edits: tuple[Edit, ...]
    way_out: WayOut | None = None


def _service(name: str) -> str:
    return f"apps/{name}/src/{name}/__main__.py"


_OPTIONAL = Edit(
    file=CONTRACTS, before="    celsius: float\n", after="    celsius: float\n    humidity: float | None = None\n"
)
_NO_NONE = Edit(file=_service("sensor"), before="model_dump_json()", after="model_dump_json(exclude_none=True)")
_SINCE = Edit(
    file=CONTRACTS, before="    state: Literal", after='    since: int\n    """When it began."""\n    state: Literal'
)
_SENDS_SINCE = Edit(file=_service("cooler"), before='state="cooling"', after='state="cooling", since=0')
_DEFROSTING = Edit(file=CONTRACTS, before='"cooling"]', after='"cooling", "defrosting"]')
_SENDS_DEFROSTING = Edit(file=_service("cooler"), before='state="cooling"', after='state="defrosting"')
_QOS = Edit(file=_service("sensor"), before="qos=1", after="qos=0")
_RETAIN = Edit(file=_service("cooler"), before="retain=True", after="retain=False")
_TOPIC = Edit(file=CONTRACTS, before='"store/status"', after='"store/cooler/status"')
_PUBLISH = "            await client.publish(TOPIC_STATUS, status.model_dump_json(), qos=1, retain=True)\n"
_BOTH = Edit(
    file=_service("cooler"),
    before=_PUBLISH,
    after=_PUBLISH + _PUBLISH.replace("TOPIC_STATUS", '"store/status"'),
)
_NO_ID = Edit(
    file=CONTRACTS,
    before='for who asked."""\n\n    request_id: str\n',
    after='for who asked."""\n\n',
)
_ANSWERS_WITHOUT = Edit(file=_service("recorder"), before="request_id=question.request_id, ", after="")
_ASKS_IN_TURN = (
    Edit(
        file=_service("panel"),
        before='        say("sent", number=number)\n',
        after='        asked.append(number)\n        say("sent", number=number)\n',
    ),
    Edit(
        file=_service("panel"),
        before="number=int(Answer.model_validate_json(message.payload).request_id))",
        after="celsius=Answer.model_validate_json(message.payload).celsius, number=asked.pop(0))",
    ),
    Edit(file=_service("panel"), before="\n\nasync def ask", after="\nasked: list[int] = []\n\n\nasync def ask"),
)
_WORDS = (
    Edit(file=CONTRACTS, before="A temperature, as it was measured.", after="A temperature in the air of the store."),
    Edit(file=CONTRACTS, before="    celsius: float\n", after='    celsius: float\n    """In the shade."""\n'),
)

BRANCHES: tuple[Branch, ...] = (
    Branch(
        name="optional-field",
        sender="sensor",
        reader="recorder",
        what="reading",
        edits=(_OPTIONAL,),
        way_out=WayOut(says="publish with exclude_none", edits=(_NO_NONE,)),
    ),
    Branch(
        name="required-field",
        sender="cooler",
        reader="panel",
        what="status",
        edits=(_SINCE, _SENDS_SINCE),
        way_out=WayOut(says="clear the retained message", clears=True),
    ),
    Branch(name="enum-value", sender="cooler", reader="panel", what="status", edits=(_DEFROSTING, _SENDS_DEFROSTING)),
    Branch(name="qos-lowered", sender="sensor", reader="recorder", what="reading", edits=(_QOS,)),
    Branch(name="retained-flag", sender="cooler", reader="panel", what="status", edits=(_RETAIN,)),
    Branch(
        name="topic-renamed",
        sender="cooler",
        reader="panel",
        what="status",
        edits=(_TOPIC,),
        way_out=WayOut(says="publish on both topics", edits=(_BOTH,)),
    ),
    Branch(
        name="correlation-dropped",
        sender="recorder",
        reader="panel",
        what="answer",
        edits=(_NO_ID, _ANSWERS_WITHOUT, *_ASKS_IN_TURN),
    ),
    Branch(name="docs-only", sender="sensor", reader="recorder", what="reading", edits=_WORDS),
)
