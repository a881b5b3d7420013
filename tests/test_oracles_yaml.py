"""Text that readers of YAML take for something else survives our writer and a stranger's reader."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from support import oracles

from asyncapi.documents.yaml12 import dumps

pytestmark = pytest.mark.node

HARD = """
on off yes no y n true false null True NULL ~ 1 -1 +1 0 007 0o17 0x1F 0b11 1e3 1E-3 .5 5. 1_000 12:30:45 12:30
2026-01-31 2026-01-31T12:00:00Z .inf -.Inf .NaN nan = << ! & * | > % @ ` # - -- --- ... ? : , [ ] { } ' " \\
a:b a: :a a# #a +/state home/+/state $SYS/# {device}/on !important *star &anchor @at %percent"""
WORDS = HARD.split()
TEXTS = (
    *WORDS,
    "",
    " ",
    " leading",
    "trailing ",
    "a: b",
    "a #b",
    "- item",
    "two\nlines",
    "ends with newline\n",
    "\n",
    "tab\tinside",
    "\ttab first",
    "carriage\rreturn",
    "next\u0085line",
    "separator\u2028here",
    "mark\ufefffirst",
    "\u202eright to left",
    "null\u0000byte",
    "bell\u0007",
    "\U0001f4a1 lamp",
    "x" * 2000,
    "word " * 200,
)
NUMBERS = (0, -1, 2**53 + 1, 2**63 - 1, -(2**63), 0.1, -0.0, 1e22, 1.5e-7, 1e300, 3.0, True, False, None)


def test_hard_values_survive(tmp_path: Path) -> None:
    """Each hard text survives as a value, as a key and inside of a list; numbers keep their value."""
    document: dict[str, Any] = {"values": list(TEXTS), "numbers": list(NUMBERS), "keys": dict.fromkeys(TEXTS, 1)}
    document["nested"] = [[], {}, [[]], {"a": {}}, [{"b": [text]} for text in TEXTS]]
    document["shared"] = [document["nested"], document["nested"]]
    _assert_survives(document, tmp_path)


def test_random_texts_survive(tmp_path: Path) -> None:
    """Texts put together at random from everything that has a meaning in YAML survive."""
    chance = random.Random(20260101)
    pieces = [*WORDS, " ", "  ", "\n", "\n\n", "\t", "\r\n", "é", "0", "a", "\u2029", "'", '"']
    texts = ["".join(chance.choices(pieces, k=chance.randint(1, 6))) for _ in range(3000)]
    _assert_survives({"values": texts, "keys": dict.fromkeys(texts[:1000], "x")}, tmp_path)


def _assert_survives(document: Any, place: Path) -> None:
    path = place / "document.yaml"
    path.write_bytes(dumps(document).encode())
    read = oracles.yaml_values([path])[path]
    assert read.keys() == document.keys()
    for name, value in document.items():
        pairs = zip(read[name], value, strict=True)
        assert [pair for pair in pairs if not oracles.same(*pair)] == []
        assert oracles.same(read[name], value)
