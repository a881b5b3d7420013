"""Addresses, templates and filters: what matches what on the wire."""

from __future__ import annotations

import pytest

from asyncapi.topics import as_filter, erase, is_filter, matches, overlaps, parameters


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/c", False),
        ("a/b", "a/b/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a/b/c", False),
        ("a/+", "a", False),
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("#", "a/b", True),
        ("+/b", "a/+", True),
        ("+/b", "a/c", False),
        ("#", "$SYS/uptime", False),
        ("+/uptime", "$SYS/uptime", False),
        ("$SYS/#", "$SYS/uptime", True),
        ("a/{x}", "a/b", True),
        ("a/{x}", "a/+", True),
        ("a/{x}/c", "a/b/{y}", True),
        ("a/{x}/c", "a/b/d", False),
        ("a/dev-{x}", "a/dev-7", True),
        ("a/dev-{x}", "a/dev-", False),
        ("a/dev-{x}", "a/box-7", False),
        ("a/dev-{x}", "a/{y}-up", True),
        ("a/dev-{x}", "a/box-{y}", False),
        ("a/{x}.{y}", "a/1.2", True),
        ("a//b", "a/+/b", True),
        ("a/", "a", False),
        ("$share/g/a/+", "a/b", True),
        ("$share/g/a/+", "a/{x}", True),
        ("$share/g/a", "a", True),
        ("$share/g/a", "b", False),
        ("$share/g/#", "$SYS/uptime", False),
        ("$share/g", "g", False),
    ],
)
def test_two_spellings_overlap_when_a_topic_fits_both(left: str, right: str, expected: bool) -> None:
    """Overlap is symmetric and follows MQTT 5.0, section 4.7, with parameters standing for part of a level."""
    assert (overlaps(left, right), overlaps(right, left)) == (expected, expected)


def test_a_filter_matches_concrete_topics() -> None:
    """A concrete topic is found by the templates and filters that reach it."""
    found = [p for p in ("s/h/{service}", "s/+/tts", "s/h", "s/h/stt") if matches(p, "s/h/tts")]
    assert found == ["s/h/{service}", "s/+/tts"]


@pytest.mark.parametrize(
    ("address", "names", "identity", "subscription", "wild"),
    [
        ("a/b", (), "a/b", "a/b", False),
        ("a/{x}/b/{y}", ("x", "y"), "a/{}/b/{}", "a/+/b/+", False),
        ("a/{x}/{x}", ("x",), "a/{}/{}", "a/+/+", False),
        ("a/dev-{x}", ("x",), "a/dev-{}", "a/+", False),
        ("a/+/c", (), "a/+/c", "a/+/c", True),
        ("a/#", (), "a/#", "a/#", True),
        ("a/c+", (), "a/c+", "a/c+", False),
        ("$share/g/a", (), "$share/g/a", "$share/g/a", True),
    ],
)
def test_what_an_address_is_made_of(
    address: str, names: tuple[str, ...], identity: str, subscription: str, wild: bool
) -> None:
    """Parameters are named once, identity forgets their names, a template becomes the filter that covers it."""
    assert (parameters(address), erase(address), as_filter(address), is_filter(address)) == (
        names,
        identity,
        subscription,
        wild,
    )
