"""Pairing topics and models by docstring and name: precision before recall."""

from __future__ import annotations

import pytest

from asyncapi.contracts.facts import Constant, Model
from asyncapi.resolve.matching import documented_models, documented_topics, match_names, without_topic_lines
from asyncapi.sources import Source

HERE = Source(file="contracts.py")


def pairs(module: str, topics: list[str], models: list[str], nested: tuple[str, ...] = ()) -> dict[str, str]:
    """Return address → class name as paired in one module."""
    constants = [
        Constant(name=f"T{i}", module=module, value=topic, kind="address", recognised="name", source=HERE)
        for i, topic in enumerate(topics)
    ]
    classes = [Model(id=f"{module}.{m}", name=m, module=module, kind="pydantic", source=HERE) for m in models]
    found = match_names(constants, classes, nested=frozenset(f"{module}.{name}" for name in nested))
    names = {f"{module}.{constant.name}": constant.value for constant in constants}
    return {names[pair.constant]: pair.model.rpartition(".")[2] for pair in found}


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("Published to: camera/capture (if needed)", ("camera/capture",)),
        ("A frame.\n\nPublished by camera-service to camera/frame at 5 fps.", ("camera/frame",)),
        ("Topic: `a/b`, c/d and more words", ("a/b", "c/d")),
        ("Sent on TOPIC_X or TOPIC_Y by the pump", ("TOPIC_X", "TOPIC_Y")),
        ("Published on the MQTT topic home/{room}/set.", ("home/{room}/set",)),
        ("Sent to: fleet/<vehicle>/position", ("fleet/{vehicle}/position",)),
        ("Response to camera/capture requests.", ()),
        ("Not published to a/b any more.", ()),
        ("Topic of discussion is x/y", ()),
        ("See a/b for what it answers.", ()),
        ("", ()),
    ],
)
def test_a_docstring_says_where_its_message_travels(doc: str, expected: tuple[str, ...]) -> None:
    """Only a line that begins by saying so counts, and words after the address are ignored."""
    assert documented_topics(doc) == expected


def test_lines_that_only_name_topics_leave_the_description() -> None:
    """What readers see is the docstring without its "Published to" lines."""
    assert without_topic_lines("A frame.\n\nPublished to: a/b\n\nKept for an hour.") == "A frame.\n\nKept for an hour."


def test_the_comment_of_a_constant_may_name_its_model() -> None:
    """Prose that merely uses the word "message" names nothing."""
    assert documented_models("payload: CameraFrame") == ("CameraFrame",)
    assert documented_models("Carries :class:`Frame`") == ("Frame",)
    assert documented_models("message for everyone who listens") == ()


@pytest.mark.parametrize(
    ("module", "topics", "models", "expected"),
    [
        ("p.memory", ["memory/query"], ["MemoryQuery"], {"memory/query": "MemoryQuery"}),
        (
            "p.stt",
            ["stt/final", "stt/partial"],
            ["FinalTranscript", "PartialTranscript"],
            {"stt/final": "FinalTranscript", "stt/partial": "PartialTranscript"},
        ),
        ("p.pump", ["pump/start"], ["PumpStartRequest", "PumpStartResponse"], {}),
        ("p.pump", ["pump/start/request"], ["PumpStartResponse"], {}),
        ("p.door", ["door/front/state", "door/back/state"], ["DoorState"], {}),
        ("p.door", ["door/state"], ["DoorState", "DoorStateDetail"], {"door/state": "DoorState"}),
        ("p.lamp", ["lamp/set"], ["Kettle"], {}),
        ("p.a", ["a/results"], ["Result", "Results"], {}),
        ("p.x", ["x/{id}"], ["X"], {"x/{id}": "X"}),
        (
            "p.events",
            ["plant/config", "plant/alarm/raised", "plant/alarm/ack"],
            ["Config", "AlarmRaised", "AlarmAck"],
            {"plant/config": "Config", "plant/alarm/raised": "AlarmRaised", "plant/alarm/ack": "AlarmAck"},
        ),
        ("p.events", ["plant/config", "office/config", "plant/x"], ["Config"], {}),
    ],
)
def test_names_pair_one_to_one_or_not_at_all(
    module: str, topics: list[str], models: list[str], expected: dict[str, str]
) -> None:
    """A tie, a clash of kinds or two topics for one model is no pair."""
    assert pairs(module, topics, models) == expected


def test_a_model_called_as_the_constant_is_its_model() -> None:
    """Whatever the address says: the words of the constant are those of the model."""
    constant = Constant(
        name="Topics.LWT_TOPIC", module="m", value="plant/7/gone", kind="address", recognised="", source=HERE
    )
    models = [Model(id=f"m.{name}", name=name, module="m", kind="pydantic", source=HERE) for name in ("Lwt", "LwtOld")]
    found = match_names([constant], models, nested=frozenset())
    assert [(pair.constant, pair.model, pair.confidence) for pair in found] == [("m.Topics.LWT_TOPIC", "m.Lwt", 0.88)]


def test_a_contained_model_gives_way() -> None:
    """A model inside another one is rarely the message itself."""
    assert pairs("p.m", ["m/results"], ["MResult", "MResults"], nested=("MResult",)) == {"m/results": "MResults"}
