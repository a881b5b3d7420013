"""The bundled workspace: what the scanner sees in its services is exactly what the facts about TARS say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from asyncapi.scan import scan
from asyncapi.sites import Scan, ServiceSource

WORKSPACE = Path(__file__).parents[1] / "examples" / "py-tars"
TABLE = Path(__file__).parent / "fixtures" / "scan" / "tars-edges.txt"
RAW = ("system/health/", "movement/frame", "movement/test", "movement/stop", "movement/status")
UNDELIVERED = ("movement/state", "movement/status", "tts/status", "stt/partial", "stt/audio_fft", "llm/stream")
RETAINED = ("system/health/", "system/character/current", "llm/tools/registry")


def expected() -> Iterator[tuple[str, str, str]]:
    """Yield (service, action, topic) of the hand-written table."""
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            topic, publishers, subscribers = (part.strip() for part in line.split("|"))
            yield from ((name, "send", topic) for name in publishers.split())
            yield from ((name, "receive", topic) for name in subscribers.split())


@pytest.fixture(scope="module")
def seen() -> Scan:
    """Scan the services of the bundled workspace."""
    services = [
        ServiceSource(name=path.name, path=path.relative_to(WORKSPACE).as_posix())
        for path in sorted((WORKSPACE / "apps").iterdir())
        if path.is_dir()
    ]
    roots = [WORKSPACE / "packages" / name / "src" for name in ("tars-core", "tars-mqtt")]
    return scan(services, root=WORKSPACE, import_roots=roots)


def test_edges(seen: Scan) -> None:
    """Every publisher and subscriber of the table is seen, and no other."""
    assert {(site.service, site.action, site.topic) for site in seen.sites} == set(expected())


def test_nothing_is_left_open(seen: Scan) -> None:
    """No call is unresolved and no file draws a finding."""
    assert (seen.unresolved, seen.findings) == ((), ())


def test_wire_form(seen: Scan) -> None:
    """What travels bare and what in an envelope is what decision 15 says, on both sides."""
    wrong = {
        (site.service, site.action, site.topic, site.wire)
        for site in seen.sites
        if site.wire != ("raw" if site.topic.startswith(RAW) else "envelope")
    }
    assert wrong == set()


def test_delivery(seen: Scan) -> None:
    """QoS and retain of every publish follow the policy of TARS, and subscribers ask for as much."""
    streams = (*UNDELIVERED, "camera/frame")
    wrong = set()
    for site in seen.sites:
        qos = 0 if site.topic in streams else 1
        retain = site.topic.startswith(RETAINED) if site.action == "send" else None
        if (site.qos, site.retain) != (qos, retain):
            wrong.add((site.service, site.action, site.topic, site.qos, site.retain))
    assert wrong == set()


def test_models(seen: Scan) -> None:
    """Every site names the model of the contracts package that travels there; only the firmware has no models."""
    nameless = {site.service for site in seen.sites if not site.model.startswith("tars.contracts.")}
    assert nameless == {"esp32-controller"}


def test_correlation_is_followed(seen: Scan) -> None:
    """The fields that tie an answer to its question are seen to be copied, renamed ones too."""
    copied = {(cause.service, cause.received, cause.sent): cause.copies for cause in seen.causes}
    assert ("utt_id", "utt_id") in copied["router", "stt/final", "llm/request"]
    assert ("utt_id", "utt_id") in copied["tts-worker", "tts/say", "tts/status"]
    assert copied["esp32-controller", "movement/stop", "movement/status"] == (
        ("message_id", "request_id"),
        ("reason", "detail"),
    )
    assert set(copied["llm-worker", "llm/request", "llm/response"]) == {("id", "id"), ("utt_id", "utt_id")}
