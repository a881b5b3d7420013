"""Placeholders of every style, and which texts have the shape of a topic."""

from __future__ import annotations

import pytest

from asyncapi.contracts.spelling import is_topic, looks_like_topic, normalise, resembles_topic, tells_topic, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("devices/state", "devices/state"),
        ("devices/{device_id}/state", "devices/{device_id}/state"),
        ("devices/%s/state", "devices/{device}/state"),
        ("devices/{}/state", "devices/{device}/state"),
        ("devices/{0}/doors/{1:02d}", "devices/{device}/doors/{door}"),
        ("devices/{device!r:>8}/state", "devices/{device}/state"),
        ("devices/{device.id}/state", "devices/{device_id}/state"),
        ("devices/{d[0]}/state", "devices/{d_0}/state"),
        ("devices/%(id)s/state", "devices/{id}/state"),
        ("devices/%04d/state", "devices/{device}/state"),
        ("devices/<device id>/state", "devices/{device_id}/state"),
        ("devices/:id/state", "devices/{id}/state"),
        ("devices/${id}/state", "devices/{id}/state"),
        ("{}/state", "{name}/state"),
        ("{}/{}", "{name}/{name2}"),
        ("batteries/{}", "batteries/{battery}"),
        ("status/{}", "status/{status}"),
        ("devices/{device}/{}", "devices/{device}/{name}"),
        ("devices/dev-{}-{}/state", "devices/dev-{device}-{device2}/state"),
        ("a/+/b/#", "a/+/b/#"),
        ("time/12:30", "time/12:30"),
        ("", ""),
    ],
)
def test_placeholders(text: str, expected: str) -> None:
    """Every style becomes `{name}`; the nameless are named after the level before them; twice changes nothing."""
    assert normalise(text) == expected
    assert normalise(expected) == expected


TOPICS = [
    "a",
    "a/b",
    "a/b/",
    "/a/b",
    "a/{x}",
    "a/{x}-{y}/b",
    "+/b",
    "#",
    "a/#",
    "$SYS/broker/uptime",
    "llm/tool.call.request",
    "küche/licht",
    "a/b@c",
    "{a}/{b}",
]
NOT_TOPICS = [
    "",
    "/",
    "//x",
    "a b",
    "a/b c",
    "https://a/b",
    "a/#/b",
    "a/b+",
    "C#",
    "^a/b$",
    r"\w+/\w+",
    "*.txt",
    "a/*",
    "a\tb",
    "a\nb",
    "(a)",
    "%d/%m",
    "a//b",
    "...",
    "{a",
]


@pytest.mark.parametrize("text", TOPICS)
def test_shapes_of_topics(text: str) -> None:
    """Addresses, templates, prefixes and filters have the shape of a topic."""
    assert is_topic(text)


@pytest.mark.parametrize("text", NOT_TOPICS)
def test_shapes_that_are_none(text: str) -> None:
    """Patterns, addresses of hosts, sentences and malformed filters have not."""
    assert not is_topic(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("home/lamps/state", True),
        ("home/{lamp}/state", True),
        ("home/lamps/+", True),
        ("home", False),
        ("image/png", False),
        ("application/vnd.api+json", False),
        ("km/h", False),
        ("Europe/Berlin", False),
        ("/api/v1", False),
        ("a/b", False),
        ("{x}/{y}", False),
    ],
)
def test_texts_that_look_like_topics_without_a_name_that_says_so(text: str, expected: bool) -> None:
    """Lower-case words between slashes do; media types, units, zones and paths do not."""
    assert looks_like_topic(text) is expected


@pytest.mark.parametrize(
    ("text", "resembles", "tells"),
    [
        ("spBv1.0/{group}/NBIRTH/{node}", True, True),
        ("spBv1.0/+/NDATA/#", True, True),
        ("$SYS/broker/uptime", True, True),
        ("haus/küche/Temperatur", True, False),
        ("haus/Wohnzimmer Lampe/zustand", True, False),
        ("{device}/state", True, True),
        ("{device}/STATE", True, False),
        ("Dear {name}/{title}", False, False),
        ("Europe/Berlin", False, False),
        ("America/Argentina/Buenos_Aires", False, False),
        ("C:/Program Files/gateway", False, False),
        ("etc/gateway/config.yaml", False, False),
        ("image/png", False, False),
        ("n/a", False, False),
        ("hello / good bye", False, False),
        ("/api/v1", False, False),
    ],
)
def test_texts_that_resemble_topics_in_any_letters(text: str, resembles: bool, tells: bool) -> None:
    """Capitals, umlauts and spaces may be in a topic; zones, drives, files and sentences are none; templates tell."""
    assert (resembles_topic(text), tells_topic(text)) == (resembles, tells)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TOPIC_STT_FINAL", ("topic", "stt", "final")),
        ("stateTopic", ("state", "topic")),
        ("DeviceTopics", ("device", "topics")),
        ("MQTTTopic", ("mqtt", "topic")),
        ("_topic", ("topic",)),
        ("__", ()),
    ],
)
def test_words_of_names(name: str, expected: tuple[str, ...]) -> None:
    """Names of every style split into the same words."""
    assert words(name) == expected
