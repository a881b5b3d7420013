"""Addresses of pages: one for each thing, safe on every file system, the same on every run."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.addresses import encoded, paths, segment, topic_path, up

FACTOR = int(os.environ.get("PORTAL_FUZZ", "1"))
FUZZ = settings(max_examples=200 * FACTOR, derandomize=FACTOR == 1, deadline=None)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("stage/light", "topics/stage/light/"),
        ("stage/{id}", "topics/stage/{id}/"),
        ("a//b", "topics/a/~/b/"),
        ("/a", "topics/~/a/"),
        ("../x", "topics/~2e-~2e-/x/"),
        ("a/.", "topics/a/~2e-/"),
        ("a/b.", "topics/a/b~2e-/"),
        ("Home/Light", "topics/~home/~light/"),
        ("home/light", "topics/home/light/"),
        ("a/index.html", "topics/a/index~.html/"),
        ("a/b.json", "topics/a/b~.json/"),
        ("a/b.c", "topics/a/b.c/"),
        ("a~b", "topics/a~~b/"),
        ("a/b:c", "topics/a/b~3a-c/"),
        ("tool.call.request", "topics/tool.call.request/"),
        ("ü/日本", "topics/ü/日本/"),
    ],
)
def test_topics_have_plain_addresses(address: str, path: str) -> None:
    """A topic stands where its levels say, escaped only where that is unsafe."""
    assert topic_path(address) == path


NAME = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text("aA~./ -_:é", max_size=8)


@FUZZ
@given(NAME, NAME)
def test_different_topics_have_different_addresses(one: str, other: str) -> None:
    """No two addresses share a path, not even where file systems ignore case."""
    same = topic_path(one) == topic_path(other)
    alike = topic_path(one).lower() == topic_path(other).lower()
    assert same == (one == other)
    assert same or not alike or not (one + other).isascii()


@FUZZ
@given(NAME)
def test_segments_are_safe(name: str) -> None:
    """A segment is never empty, never moves up, is never too long, and ends in nothing that means something else."""
    made = segment(name)
    assert made not in ("", ".", "..")
    assert len(made.encode()) <= 255
    assert not set(made) & set('/\\"*:<>?|\0')
    assert not made.replace("~.", "~").endswith((".html", ".json", ".md", ".", " "))


@FUZZ
@given(st.lists(NAME, max_size=6))
def test_names_keep_their_case_unless_they_collide(names: list[str]) -> None:
    """Every name gets its own path; ASCII names that differ in case alone do so on every file system."""
    made = paths("messages", names)
    folded = [unicodedata.normalize("NFC", path) for name, path in made.items() if name.isascii()]
    assert len({path.lower() for path in folded}) == len(folded)
    assert len(set(made.values())) == len(set(names))


def test_long_levels_are_shortened() -> None:
    """A level longer than a file name may be gets a digest, and similar ones different digests."""
    one, other = segment("x" * 4_000), segment("x" * 4_001)
    assert (len(one) < 200, len(other) < 200, one == other) == (True, True, False)


@pytest.mark.parametrize(("path", "root"), [("", "./"), ("messages/", "../"), ("topics/a/b/", "../../../")])
def test_way_back_to_the_root(path: str, root: str) -> None:
    """Every page knows the relative way to the root of its site."""
    assert up(path) == root


def test_links_are_encoded() -> None:
    """What is not plain in a link is percent-encoded."""
    assert encoded("topics/{x}/ü /") == "topics/%7Bx%7D/%C3%BC%20/"
