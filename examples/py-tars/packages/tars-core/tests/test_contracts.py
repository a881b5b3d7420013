"""The contracts package by itself: models, catalogue, event types and envelopes."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from enum import Enum
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from tars.contracts import envelope, message, registry, v1
from tars.contracts.declaration import Contract, Kind, Wire
from tars.contracts.v1 import llm
from tars.contracts.v1.catalogue import CONTRACTS, find_contract

DOMAINS = ("camera", "health", "llm", "memory", "movement", "stt", "tts", "wake")
TOPIC_NAME = re.compile(r"[a-z]+(/[a-z_]+){1,2}|llm/tool\.call\.(request|result)")


def modules() -> list[ModuleType]:
    """Import the modules of the domains."""
    return [importlib.import_module(f"tars.contracts.v1.{name}") for name in DOMAINS]


def constants() -> dict[str, str]:
    """Return name and value of every topic constant."""
    return {name: value for module in modules() for name, value in vars(module).items() if name.startswith("TOPIC_")}


def models() -> list[type[BaseModel]]:
    """Return every model in the order in which it is written."""
    found = [
        value
        for module in modules()
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, BaseModel) and value.__module__ == module.__name__
    ]
    return [*found, envelope.Envelope]


def sample(model: type[BaseModel]) -> BaseModel:
    """Build an instance from the examples that stand beside the required fields."""
    return model.model_validate(
        {name: example(field) for name, field in model.model_fields.items() if field.is_required()}
    )


def example(field: FieldInfo) -> Any:
    """Return the first example of a field, or some value of its type."""
    kind = field.annotation
    if field.examples:
        return field.examples[0]
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return next(iter(kind))
    return True if kind is bool else [] if kind == list[llm.ToolSpec] else {}


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_models_read_what_they_write(model: type[BaseModel]) -> None:
    """What a model writes as JSON, it reads back unchanged."""
    built = sample(model)
    assert model.model_validate_json(built.model_dump_json()) == built


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_models_refuse_unknown_fields(model: type[BaseModel]) -> None:
    """A field that is not listed is an error, whatever its value."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        model.model_validate({**sample(model).model_dump(), "surprise": None})


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_models_explain_themselves(model: type[BaseModel]) -> None:
    """Every model has a docstring, and every field a description."""
    assert inspect.getdoc(model)
    assert [name for name, field in model.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_examples_are_valid(model: type[BaseModel]) -> None:
    """Every example of a field is a value that the field takes."""
    built = sample(model).model_dump()
    for name, field in model.model_fields.items():
        for value in field.examples or ():
            assert name in model.model_validate({**built, name: value}).model_fields_set


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.topic)
def test_messages_have_identity_and_time(contract: Contract) -> None:
    """What travels on a topic always carries message_id and timestamp, and the fields that correlate it."""
    for model in contract.models:
        assert {"message_id", "timestamp", *contract.correlation} <= set(model.model_fields)
        assert len(sample(model).model_dump()["message_id"]) == 32


def test_every_topic_has_a_row_and_every_row_a_constant() -> None:
    """Constants and catalogue name the same 33 topics, each once."""
    declared = [contract.topic.removesuffix("{service}") for contract in CONTRACTS]
    assert sorted(declared) == sorted(constants().values())
    assert len(set(declared)) == len(declared) == 33


def test_every_message_is_in_the_catalogue() -> None:
    """A model that is a message travels on some topic."""
    messages = {model for model in models() if issubclass(model, message.Message)}
    assert messages == {model for contract in CONTRACTS for model in contract.models}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.topic)
def test_replies_meet(contract: Contract) -> None:
    """A reply goes to a topic of the catalogue, and both sides have the fields that tie them."""
    for reply in contract.replies:
        answer = find_contract(reply.topic)
        assert answer is not None
        assert all(reply.field in model.model_fields for model in contract.models)
        assert all((reply.answer_field or reply.field) in model.model_fields for model in answer.models)


def test_constants_follow_the_naming_rule() -> None:
    """A constant is named after its module, or after the health topics; one that ends in `/` is called prefix."""
    for module in modules():
        domain = module.__name__.rpartition(".")[2].upper()
        for name, value in constants().items():
            if vars(module).get(name) is not None:
                first = value.partition("/")[0].upper()
                assert name.startswith((f"TOPIC_{domain}_", f"TOPIC_{first}_", "TOPIC_HEALTH_"))
                assert value.endswith("/") == name.endswith("_PREFIX")


def test_topics_follow_the_naming_rule() -> None:
    """Topics are lower case, two levels or three; the controller's health topic is the one exception."""
    wrong = {value for value in constants().values() if not TOPIC_NAME.fullmatch(value.removesuffix("/"))}
    assert wrong == {"system/health/movement-controller"}


def test_find_contract() -> None:
    """An exact row comes before the one with a parameter."""
    found = {topic: find_contract(topic) for topic in ("tts/say", "system/health/movement", "system/health/router")}
    assert {topic: row and row.topic for topic, row in found.items()} == {
        "tts/say": "tts/say",
        "system/health/movement": "system/health/movement",
        "system/health/router": "system/health/{service}",
    }
    assert find_contract("no/such") is None


def test_both_styles_of_import_give_the_same() -> None:
    """All that the modules of the domains define can be imported from the version as well."""
    defined = {
        name
        for module in modules()
        for name, value in vars(module).items()
        if name.startswith("TOPIC_") or getattr(value, "__module__", "") == module.__name__
    }
    assert defined | {"CONTRACTS", "find_contract"} == set(v1.__all__)
    assert all(
        getattr(v1, name) is getattr(module, name) for module in modules() for name in defined & set(vars(module))
    )


def test_no_module_is_forgotten() -> None:
    """The modules of the version are the domains and the catalogue."""
    assert {module.name for module in pkgutil.iter_modules(v1.__path__)} == {*DOMAINS, "catalogue"}


def test_event_types_are_those_of_enveloped_topics() -> None:
    """Every topic that travels in an envelope has an event type: its address with dots."""
    enveloped = {contract.topic for contract in CONTRACTS if contract.wire is Wire.ENVELOPE}
    assert set(registry.EVENT_TYPES.values()) == enveloped
    assert all(name == topic.replace("/", ".") for name, topic in registry.EVENT_TYPES.items())


def test_event_types_resolve_both_ways() -> None:
    """Either name leads to both."""
    assert registry.resolve("stt.final") == registry.resolve("stt/final") == ("stt.final", "stt/final")
    assert registry.REGISTRY.topic_for("tts.say") == "tts/say"
    assert registry.REGISTRY.event_type_for("tts/say") == "tts.say"
    for unknown in ("stt.nothing", "stt/nothing"):
        with pytest.raises(registry.UnknownEventTypeError):
            registry.resolve(unknown)


def test_registering() -> None:
    """A pair can be added, and added again, but neither side can change its partner."""
    own = registry.EventRegistry({})
    own.register("lamp.on", "lamp/on")
    own.register("lamp.on", "lamp/on")
    assert own.resolve("lamp/on") == ("lamp.on", "lamp/on")
    with pytest.raises(ValueError, match="already stands for lamp/on"):
        own.register("lamp.on", "lamp/other")
    with pytest.raises(ValueError, match=r"already stands for lamp\.on"):
        own.register("lamp.off", "lamp/on")


def test_envelopes_keep_their_message() -> None:
    """What goes into an envelope comes out of it."""
    transcript = v1.FinalTranscript(text="hello", utt_id="utt-1")
    sealed = envelope.seal("stt.final", transcript, "stt-worker")
    assert (sealed.type, sealed.source) == ("stt.final", "stt-worker")
    assert envelope.unseal(sealed.model_dump_json(), v1.FinalTranscript) == transcript


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"[]", b'{"text": "bare"}', b'{"type": "stt.final", "data": {"text": 1}}']
)
def test_envelopes_refuse_what_is_malformed(payload: bytes) -> None:
    """Neither a bare message nor a damaged one passes."""
    with pytest.raises(ValidationError):
        envelope.unseal(payload, v1.FinalTranscript)


def test_kinds_are_all_in_use() -> None:
    """No kind of topic exists only on paper."""
    assert {contract.kind for contract in CONTRACTS} == set(Kind)
