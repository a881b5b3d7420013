"""What looks like a secret is masked wherever the portal shows or hands it out, and nothing else is."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from support.client import Client, shown
from support.registries import greenhouse

from asyncapi.documents.document import Document
from asyncapi.documents.masking import MASK, masked, trust
from asyncapi.view import build
from portal.library import library
from portal.static_site import build as build_static
from portal.system import system

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwdW1wIiwiaWF0IjoxfQ.q7Hf0Zb8s2k5mJ1dPqXw3r"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx\nq83vEjRWeJCrze8S\n-----END RSA PRIVATE KEY-----"

# value anywhere in a text → what remains of it
SPELLED: tuple[tuple[str, str], ...] = (
    ("mqtt://alice:hunter2@mqtt.example.org:1883/path", f"mqtt://{MASK}@mqtt.example.org:1883/path"),
    ("see wss://u:p%40ss@h/mqtt, or mqtts://:s3same@h", f"see wss://{MASK}@h/mqtt, or mqtts://{MASK}@h"),
    ("AKIAIOSFODNN7EXAMPLE", MASK),
    ("the token is ghp_16C7e42F292c6912E7710c838347Ae178B4a.", f"the token is {MASK}."),
    ("glpat-aB3dE5fG7hI9jK1lM3nO", MASK),
    ("xoxb-123456789012-abcdefGHIJKL", MASK),
    ("key sk-proj-9aF3kQ7LmZ2xV8cN4bT6", f"key {MASK}"),
    ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", MASK),
    ("AIzaSyA1bC2dE3fG4hI5jK6lM7nO8pQ9rS0tU1v", MASK),
    ("hf_AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEf", MASK),
    (f"Authorization: Bearer {JWT}", f"Authorization: Bearer {MASK}"),
    (JWT, MASK),
    (f"before\n{PEM}\nafter", f"before\n{MASK}\nafter"),
    ("Authorization: Basic YWxpY2U6aHVudGVyMjpmbG91cjEyMw==", f"Authorization: Basic {MASK}"),
    ("MQTT_PASSWORD=tr0ub4dor&other=1", f"MQTT_PASSWORD={MASK}&other=1"),
    ("wss://broker.example/mqtt?token=9f8e7d6c&v=5", f"wss://broker.example/mqtt?token={MASK}&v=5"),
    ("AccountKey=9fJ2kQ7LmZ2xV8cN4bT6==;", f"AccountKey={MASK};"),
)

# never touched, wherever it stands
INNOCENT: tuple[str, ...] = (
    "550e8400-e29b-41d4-a716-446655440000",
    "d41d8cd98f00b204e9800998ecf8427e",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "5f2b6c1d9a3e4f7081920abc",
    "2026-11-26T12:00:00+00:00",
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "Donaudampfschifffahrtsgesellschaftskapitaen",
    "pneumonoultramicroscopicsilicovolcanoconiosis2",
    "task-management-service-with-a-long-name-2",
    "risk-Assessment2-of-everything-there-is",
    "mqtt://broker.example.org:1883/path@v2",
    "mqtt://alice@broker.example.org",
    "mqtt://user:password@host",
    "mqtt://{user}:{password}@{host}",
    "mqtt://alice:${MQTT_PASSWORD}@host",
    "mqtt://alice:<password>@host",
    "mqtt://alice:********@host",
    "password=<yours>",
    "password=changeme",
    "token=null",
    "max_tokens=4096",
    "Bearer authentication of version2",
    "basic telemetry-of-the-greenhouse",
    "http://localhost:8000, write to gardener@example.org",
    "a key=value pair",
    "x:y@z",
    "The password is asked for at the first start.",
    "https://example.org/commit/9fceb02d0ae598e95dc970b74767f19372d61af8",
    "/topics/token/password",
    "apiKey",
    "secret",
)


@pytest.mark.parametrize(("value", "remains"), SPELLED)
def test_known_forms_are_found_in_any_text(value: str, remains: str) -> None:
    """Keys of known form, passwords in addresses and assignments are masked; the words around them stay."""
    raw = {"info": {"title": "Mill", "description": value}, "components": {"x-note": [{"deep": value}]}}
    found = masked(raw)
    assert found.raw == {
        "info": {"title": "Mill", "description": remains},
        "components": {"x-note": [{"deep": remains}]},
    }
    assert {path for path, _ in found.spots} == {("info", "description"), ("components", "x-note", "0", "deep")}
    assert masked(found.raw).raw is found.raw


@pytest.mark.parametrize("value", INNOCENT)
def test_what_is_only_long_or_random_stays(value: str) -> None:
    """Identifiers, hashes, times, frames, long words and placeholders are shown as they are, also beside a secret."""
    schema = {"type": "string", "description": value, "default": value, "examples": [value], "enum": [value]}
    raw = {
        "info": {"title": value},
        "components": {
            "schemas": {"Level": {"properties": {"message_id": schema, "token_count": schema, "page_token": schema}}},
            "messages": {"Level": {"examples": [{"payload": {"message_id": value, "hash": value}}]}},
        },
    }
    assert masked(raw).raw is raw
    beside = {**raw, "servers": {"s": {"host": "alice:hunter2@h"}}}
    assert masked(beside).raw == {**raw, "servers": {"s": {"host": f"{MASK}@h"}}}


@pytest.mark.parametrize(
    ("name", "level"),
    [
        *(
            (name, "told")
            for name in ("password", "mqttPassword", "MQTT_PASSWORD", "client_secret", "apiKey", "api-key")
        ),
        *((name, "told") for name in ("APIKey", "privateKey", "aws.access_key", "Passphrase", "credentials", "psk")),
        *((name, "random") for name in ("token", "accessToken", "session_token", "auth token")),
        *(
            (name, "")
            for name in ("tokens", "max_tokens", "token_type", "passed", "password_changed_at", "key", "keyboard")
        ),
        *(
            (name, "")
            for name in ("next_page_token", "sync_token", "eos_token", "secretary", "connection", "public_key")
        ),
    ],
)
def test_names_say_how_far_a_value_is_trusted(name: str, level: str) -> None:
    """A password is one whatever it is; a token only where it looks drawn; many names only sound alike."""
    assert trust(name) == level


# schema of a field → what is shown of it
FIELDS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("password", {"default": "hunter2"}, {"default": MASK}),
    ("password", {"const": "hunter2"}, {"const": MASK}),
    ("password", {"examples": ["hunter2", "********"]}, {"examples": [MASK, "********"]}),
    ("password", {"default": "", "examples": ["changeme", "<yours>"]}, {}),
    ("password", {"default": None, "minLength": 8, "enum": ["plain", "hashed"]}, {}),
    ("pin", {"format": "password", "default": "4711"}, {"default": MASK}),
    (
        "password",
        {"anyOf": [{"type": "string", "default": "hunter2"}, {"type": "null"}]},
        {"anyOf": [{"type": "string", "default": MASK}, {"type": "null"}]},
    ),
    ("passwords", {"type": "object", "additionalProperties": {"examples": ["hunter2"]}}, {}),
    ("login", {"default": {"user": "alice", "password": "hunter2"}}, {"default": {"user": "alice", "password": MASK}}),
    (
        "login",
        {"type": "object", "properties": {"api_key": {"default": "hunter2"}}},
        {"properties": {"api_key": {"default": MASK}}},
    ),
    (
        "default",
        {"type": "object", "properties": {"secret": {"default": "hunter2"}}},
        {"properties": {"secret": {"default": MASK}}},
    ),
    ("token", {"default": "abc-123"}, {"default": MASK}),
    ("token", {"examples": ["abc-123", "Hello", "9f8e7d6c5b4a39281706f5e4"]}, {"examples": ["abc-123", "Hello", MASK]}),
    ("token", {"examples": ["550e8400-e29b-41d4-a716-446655440000"]}, {}),
    ("brokers", {"examples": [{"mqtt://alice:hunter2@h": 1}]}, {"examples": [{f"mqtt://{MASK}@h": 1}]}),
)


@pytest.mark.parametrize(("name", "said", "shown_as"), FIELDS)
def test_fields_count_by_their_name(name: str, said: dict[str, Any], shown_as: dict[str, Any]) -> None:
    """Default, constant and examples of a field that is named as a secret are masked, whatever they look like."""
    raw = {"components": {"schemas": {"Login": {"properties": {name: {"title": "T", **said}}}}}}
    before = copy.deepcopy(raw)
    found = masked(raw)
    assert found.raw["components"]["schemas"]["Login"]["properties"] == {name: {"title": "T", **said, **shown_as}}
    assert bool(found.spots) == bool(shown_as)
    assert raw == before


def test_what_a_field_is_told_is_masked_wherever_it_is_repeated() -> None:
    """A default that is told apart is masked in descriptions and examples too; an everyday word is not."""
    field = {"default": "tr0ub4dor-and-3", "description": "Is tr0ub4dor-and-3 at first."}
    raw = {
        "info": {"title": "tr0ub4dor", "description": "Say admin and tr0ub4dor-and-3."},
        "channels": {"a": {"address": "admin/login"}},
        "components": {"schemas": {"L": {"properties": {"password": field, "secret": {"default": "admin"}}}}},
    }
    found = masked(raw)
    assert found.raw["info"] == {"title": "tr0ub4dor", "description": f"Say admin and {MASK}."}
    assert found.raw["channels"] is raw["channels"]
    assert "tr0ub4dor-and-3" not in json.dumps(found.raw)


def test_references_and_our_own_facts_stay() -> None:
    """A schema may be called Token and a policy may speak of it: references, mappings and `x-` facts are not values."""
    raw = {
        "info": {
            "x-policy": {"exceptions": {"token": "one level is enough"}, "ignore": [{"rule": "a", "topic": "token"}]}
        },
        "components": {
            "schemas": {
                "Any": {"discriminator": {"mapping": {"token": "#/components/schemas/Token"}}},
                "Token": {"type": "object"},
            },
            "securitySchemes": {"password": {"type": "userPassword", "description": "asked for"}},
        },
        "x-ours": {"mqtt": {"password": "hunter2"}},
    }
    assert masked(raw).raw == {**raw, "x-ours": {"mqtt": {"password": MASK}}}


PLANTED = "tr0ub4dor-and-3", "hunter2-of-the-pump", "flour-4-the-mill", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"


def _planted() -> dict[str, Any]:
    """Return the greenhouse with four secrets in eight places."""
    raw = greenhouse()
    default, password, flour, token = PLANTED
    raw["info"]["description"] = f"Ask mqtt://gardener:{flour}@broker.example:1883 for everything."
    raw["servers"] = {"main": {"host": f"gardener:{flour}@broker.example", "protocol": "mqtt", "description": token}}
    schemas = raw["components"]["schemas"]
    schemas["ValveCommand"]["properties"] |= {
        "password": {"type": "string", "default": default, "description": f"`{default}` at first"},
        "unlock_secret": {"type": "string", "const": password},
        "note": {"type": "integer", "default": token},
    }
    raw["components"]["messages"]["ValveCommand"]["examples"] = [
        {"name": "open", "payload": {"valve": 1, "password": default, "note": f"Bearer {token}"}}
    ]
    raw["channels"][next(iter(raw["channels"]))]["description"] = f"password={default}"
    return raw


def test_nothing_that_the_portal_answers_holds_a_secret(tmp_path: Path) -> None:
    """Pages, twins, downloads, search and the JSON API are asked one by one; a static site is read file by file."""
    system = shown(_planted())
    client, shelf = Client(system), library([system])
    made = shelf.front
    paths = [f"{page.path}{twin}" for page in made.pages.values() for twin in ("", "index.json", "index.md")]
    paths += [
        *made.files,
        "search/?q=tr0ub4dor",
        "api/topics",
        "api/messages/ValveCommand",
        "api/findings",
        "api/search?q=ghp",
    ]
    texts = {path: client.get(f"/{path}").text for path in paths}
    assert {path for path, text in texts.items() for secret in PLANTED if secret in text} == set()
    assert MASK in texts["messages/ValveCommand/"] and MASK in texts["asyncapi.yaml"] and MASK in texts["asyncapi.json"]
    build_static(shelf, tmp_path / "site")
    files = [file.read_bytes().decode("utf-8", "replace") for file in (tmp_path / "site").rglob("*") if file.is_file()]
    assert [secret for secret in PLANTED for text in files if secret in text] == []


def test_every_secret_has_a_finding_that_does_not_repeat_it() -> None:
    """What is masked is found, with its place; findings about the very value do not tell it either."""
    findings = shown(_planted()).registry.findings
    assert {finding.subject for finding in findings if finding.rule == "secret-in-contract"} == {
        "/info/description",
        "/servers/main/host",
        "/servers/main/description",
        "/channels/climateMeasured/description",
        "ValveCommand.password",
        "ValveCommand.unlock_secret",
        "ValveCommand.note",
    }
    messages = {finding.subject: finding.message for finding in findings}
    assert len(set(messages.values())) == len(messages)
    assert messages["/servers/main/host"] == "the address of the broker main holds something that looks like a secret"
    told = [finding.message for finding in findings if finding.rule in ("default-invalid", "example-invalid")]
    assert any(MASK in message for message in told)
    assert [secret for secret in PLANTED if secret in repr(findings)] == []


def test_payloads_are_judged_by_the_true_value() -> None:
    """A constant that is masked still accepts its value and rejects the mask; the report does not tell it."""
    system = shown(_planted())
    good = {"valve": 1, "unlock_secret": PLANTED[1]}

    def wrong(payload: dict[str, Any]) -> list[str]:
        report = system.check(json.dumps(payload).encode(), "valve/command", "")
        assert [secret for secret in PLANTED if secret in repr(report)] == []
        return [item.path for match in report.matches for item in match.accepted.problems]

    assert "unlock_secret" not in wrong(good)
    assert "unlock_secret" in wrong({**good, "unlock_secret": MASK})


def test_a_changed_secret_is_a_change_that_is_not_told(tmp_path: Path) -> None:
    """Two secrets that look the same when masked are still told apart; the pages on versions name neither."""
    old = _planted()
    old["components"]["schemas"]["ValveCommand"]["properties"]["unlock_secret"]["const"] = "another-of-the-pump-1"
    current = system(Document(raw=_planted()), older=[("1.0", "", Document(raw=old))])
    client = Client(current)
    texts = [client.get(f"/{path}").text for path in ("changes/", "changes/current/index.md", "changes/feed.atom")]
    assert "const-changed" in texts[1]
    assert [secret for secret in (*PLANTED, "another-of-the-pump-1") for text in texts if secret in text] == []
    build_static(library([current]), tmp_path / "site")
    files = [file.read_bytes().decode("utf-8", "replace") for file in (tmp_path / "site").rglob("*") if file.is_file()]
    assert [secret for secret in (*PLANTED, "another-of-the-pump-1") for text in files if secret in text] == []


def test_exported_and_read_documents_stay_as_they_are() -> None:
    """Only what is shown is masked: the document itself keeps its defaults, because they are what the code does."""
    raw = _planted()
    before = copy.deepcopy(raw)
    registry = build(Document(raw=raw))
    shown(raw)
    assert raw == before
    assert registry.schemas["ValveCommand"]["properties"]["password"]["default"] == PLANTED[0]


@pytest.mark.parametrize(
    "text",
    [
        "://" * 100_000,
        "://a:" * 60_000,
        "://" + ":" * 300_000,
        ":" * 300_000,
        "password=" * 40_000,
        "eyJ" * 100_000,
        "a_" * 150_000,
        ".sk-" * 80_000,
        "-----BEGIN PRIVATE KEY-----" * 10_000,
        "Bearer " * 40_000,
        "{" * 300_000,
        "[" * 300_000,
    ],
    ids=lambda text: text[:12],
)
def test_no_text_takes_long(text: str) -> None:
    """Patterns look at each character a bounded number of times, and what is masked stays so."""
    raw = {
        "info": {"description": text},
        "servers": {"broker": {"host": text}},
        "components": {"schemas": {"A": {"properties": {"password": {"default": text}}}}},
    }
    once = masked(raw).raw
    assert masked(once).raw == once
