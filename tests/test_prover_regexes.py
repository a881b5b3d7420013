"""Regular languages agree with Python's `re` where both read a pattern alike, and decide inclusion in bounded time."""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncapi.schemas.prover.answers import UndecidedError
from asyncapi.schemas.prover.regexes import both, complement, holds, language, length, literal, shortest

FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))

PATTERNS = (
    *("^a$", "a", "^a", "a$", "^[a-z]+$", "^[^a-z]+$", "^(a|b)*c$", "^a{2,3}$", "^a?b+$", "^(ab)*$", "(a|^b)", "^a|b$"),
    *(
        "^[0-9]{3}-[0-9]{4}$",
        "^(?=.*[0-9])[a-z0-9]+$",
        "^(?!a)[a-c]+$",
        "^.$",
        r"^\.$",
        "^$",
        "",
        "^a+?b$",
        "^(?:a|bc)$",
    ),
)
REACH = [pattern for pattern in PATTERNS if pattern != "(a|^b)"]
BEYOND = (
    "(a|^b)c",
    r"\bA",
    r"^(a)\1$",
    "(?i)a",
    "(?<=a)b",
    r"\p{L}",
    r"^a\Z",
    "a(?P<n>b)",
    "(",
    "a{99999}",
    "x" * 3000,
)


@settings(derandomize=not FUZZ, max_examples=300 * max(1, FUZZ), deadline=None)
@given(st.sampled_from(REACH), st.text("abc019-. ", max_size=8))
def test_membership_is_that_of_re(pattern: str, text: str) -> None:
    """A text is in the language exactly when Python finds the pattern in it."""
    assert holds(language(pattern), text) == bool(re.search(pattern, text))


@settings(derandomize=not FUZZ, max_examples=150 * max(1, FUZZ), deadline=None)
@given(st.sampled_from(REACH), st.sampled_from(REACH), st.text("abc019-. ", max_size=6))
def test_inclusion_holds_for_every_text(one: str, two: str, text: str) -> None:
    """Where nothing is in one language and not in the other, no text is; else the text found is."""
    apart = both([language(one), complement(language(two))])
    found = shortest(apart)
    if found is None:
        assert not (re.search(one, text) and not re.search(two, text))
    else:
        assert re.search(one, found)
        assert not re.search(two, found)


@pytest.mark.parametrize("pattern", BEYOND)
def test_what_is_not_regular_is_out_of_reach(pattern: str) -> None:
    """Word boundaries, back references, flags and the like are refused."""
    with pytest.raises(UndecidedError):
        language(pattern)


def test_lengths_and_literals() -> None:
    """Lengths and single texts are languages, too."""
    assert shortest(both([language("^a*$"), length(3, 5)])) == "aaa"
    assert shortest(both([language("^a*$"), length(3, 5), complement(literal("aaa"))])) == "aaaa"
    assert shortest(both([language("^a{0,2}$"), length(3, None)])) is None


def test_classes_are_of_ascii() -> None:
    """`\\d` and `\\w` mean what JSON Schema says, not what Python does."""
    assert holds(language(r"^\d$"), "7")
    assert not holds(language(r"^\d$"), "٧")
    assert not holds(language(r"^\w$"), "ä")
    assert not holds(language("^a$"), "a\n")
