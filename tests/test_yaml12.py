"""YAML 1.2 both ways: everyday MQTT values keep their type, and hostile text is refused in a sentence."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncapi.documents.yaml12 import dumps, loads
from asyncapi.errors import DocumentError, LimitError

NASTY = [
    *(
        "on",
        "off",
        "yes",
        "No",
        "y",
        "12:30:45",
        "1e3",
        "0o17",
        "0777",
        "0b1",
        ".5",
        "1.",
        "+1",
        "~",
        "=",
        "<<",
        "0x1F",
    ),
    *(
        "1_000",
        "2020-01-01",
        "true",
        "NULL",
        ".nan",
        "NaN",
        "-",
        "---",
        "...",
        "- a",
        "? b",
        ": c",
        "# d",
        "a: b",
        "a #b",
    ),
    *(
        "",
        " ",
        " a",
        "a ",
        "\n",
        "\n\n",
        "a\n b\nc",
        "a\n\nb\n",
        "a \nb",
        "a\n",
        "a\r\nb",
        "\t",
        "a\tb",
        "%x",
        "@x",
        "`x`",
    ),
    *("!x", "&a", "*a", "'", '"', "{a}", "[a", "é", "→ b", "😀", "\x85", "\u2028", "\ufeff", "\x00", "\x7f", "\ud7ff"),
    *("a:b", "a#b", "a:", "a:#", "a #", "a# b", "urn:x:y", "f.py#A.b", "https://x/#y"),
    *("system/health/{service}", "$message.payload#/id", "x" * 3000),
]


@pytest.mark.parametrize("text", NASTY)
def test_text_stays_text_wherever_it_stands(text: str) -> None:
    """As a value, an element or a key, also for a reader of YAML 1.1."""
    for value in (text, [text], {text: 1}, {"k": [{"z": text}]}):
        written = dumps(value)
        assert loads(written) == value
        assert yaml.load(written, Loader=yaml.CSafeLoader) == value


JSON_DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))


@settings(derandomize=not FUZZ, max_examples=300 * max(1, FUZZ), deadline=None)
@given(JSON_DATA)
def test_whatever_is_written_is_read_back(value: Any) -> None:
    """Types and order survive."""
    assert json.dumps(loads(dumps(value))) == json.dumps(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: on", {"a": "on"}),
        ("a: 12:30:45", {"a": "12:30:45"}),
        ("a: 2026-01-01", {"a": "2026-01-01"}),
        ("a: 0o17", {"a": 15}),
        ("a: 017", {"a": 17}),
        ("a: 0x1F", {"a": 31}),
        ("a: 1e3", {"a": 1000.0}),
        ("a: .inf", {"a": float("inf")}),
        ("a: -.inf", {"a": float("-inf")}),
        ("a: ~", {"a": None}),
        ("a:", {"a": None}),
        ("1: x", {"1": "x"}),
        ("true: x", {"true": "x"}),
        ("a: !!str 1", {"a": "1"}),
        ("a: !!int 1", {"a": 1}),
        ("a: !!float 1", {"a": 1.0}),
        ("a: !!map {b: !!seq [c]}", {"a": {"b": ["c"]}}),
        ("a: &x {b: 1, c: 2}\nd: {c: 3, <<: *x}", {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}),
        (
            "a: [&x {b: 1}, &y {b: 2, c: 2}]\nd: {<<: [*x, *y]}",
            {"a": [{"b": 1}, {"b": 2, "c": 2}], "d": {"b": 1, "c": 2}},
        ),
        ("a: {'<<': 1}", {"a": {"<<": 1}}),
        ("a: " + "9" * 5000, {"a": "9" * 5000}),
        ("a: 0x" + "f" * 5000, {"a": "0x" + "f" * 5000}),
        ("%YAML 1.2\n---\na: b\n", {"a": "b"}),
        ("a: >\n  b\n  c\n", {"a": "b c\n"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("\ufeffa: 1", {"a": 1}),
        ('{"a": [true, null]}', {"a": [True, None]}),
        ("", None),
    ],
)
def test_plain_words_mean_what_yaml_1_2_says(text: str, expected: Any) -> None:
    """No dates, no sexagesimals, no octals by a leading zero, only true and false are booleans."""
    assert loads(text) == expected


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("[" * 30_000, LimitError, "f.yaml:1: nested deeper than 64 levels"),
        ("- " * 30_000 + "a", LimitError, "f.yaml:1: nested deeper than 64 levels"),
        ("{a: " * 30_000, LimitError, "f.yaml:1: nested deeper than 64 levels"),
        ("a: 1\nb: 2\na: 3", DocumentError, "f.yaml:3: key a stands twice"),
        ("--- a\n--- b", DocumentError, "f.yaml:2: more than one document in the file"),
        ("a: 1\n<<: 3", DocumentError, "f.yaml:2: a merge key (<<) takes a mapping or a list of mappings"),
        ("a: 1\nb: \x07", DocumentError, "f.yaml:2: not YAML: control characters are not allowed (U+0007)"),
        ("a: !!binary aGk=", DocumentError, "f.yaml:1: tag !!binary is not supported here"),
        ("a: !!set {b, c}", DocumentError, "f.yaml:1: tag !!set is not supported here"),
        ("a: !Ref b", DocumentError, "f.yaml:1: tag !Ref is not supported here"),
        ("a: !!int x", DocumentError, "f.yaml:1: tag !!int is not supported here"),
        ("? *a\n: b", DocumentError, "f.yaml:1: a key is not text"),
        (
            "\ta: 1",
            DocumentError,
            "f.yaml:1: not YAML: found character that cannot start any token, while scanning for the next token",
        ),
        (
            "a: !!python/object:os.system x",
            DocumentError,
            "f.yaml:1: tag !!python/object:os.system is not supported here",
        ),
        ("? [a]\n: b", DocumentError, "f.yaml:1: a key is not text"),
        ("a: &a [*a]", DocumentError, "f.yaml:1: alias *a names nothing, or contains itself"),
        ("a: *b", DocumentError, "f.yaml:1: alias *b names nothing, or contains itself"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, error: type[DocumentError], says: str) -> None:
    """Neither deep nesting nor a foreign tag does anything but raise."""
    with pytest.raises(error) as caught:
        loads(text, source="f.yaml")
    assert str(caught.value) == says


def test_aliases_count_as_often_as_they_are_used() -> None:
    """Nine levels of nine aliases are four hundred million values; they are never built."""
    levels = "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    with pytest.raises(LimitError, match="too many values"):
        loads("a: &a [x,x,x,x,x,x,x,x,x]\n" + levels)


def test_other_encodings_and_bad_bytes() -> None:
    """UTF-16 with its mark is read; bytes that are no text are refused."""
    assert loads("a: é".encode("utf-16")) == {"a": "é"}
    with pytest.raises(DocumentError, match="not UTF-8 text"):
        loads(b"a: \xff\xfe")
