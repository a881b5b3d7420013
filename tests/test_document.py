"""Documents in: JSON or YAML by content, within bounds, AsyncAPI 3 only; every refusal is one sentence."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncapi.documents.document import Document, Limits, load, loads
from asyncapi.errors import DocumentError, LimitError

FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))
HEAD = '{"asyncapi": "3.0.0", '


@pytest.mark.parametrize(
    ("data", "raw", "format"),
    [
        (b'{"asyncapi": "3.1.0"}', {"asyncapi": "3.1.0"}, "json"),
        (b'\n  {"asyncapi": "3.0.0", "x": 1.0}', {"asyncapi": "3.0.0", "x": 1.0}, "json"),
        (b"asyncapi: 3.0.0\n", {"asyncapi": "3.0.0"}, "yaml"),
        (b"{asyncapi: 3.0.0, a: [b,]}", {"asyncapi": "3.0.0", "a": ["b"]}, "yaml"),
        (b"---\n# a comment\nasyncapi: '3.0.0'\n...\n", {"asyncapi": "3.0.0"}, "yaml"),
        (b"\xef\xbb\xbfasyncapi: 3.0.0\n", {"asyncapi": "3.0.0"}, "yaml"),
        (b'\xef\xbb\xbf{"asyncapi": "3.0.0"}', {"asyncapi": "3.0.0"}, "json"),
        ("asyncapi: 3.0.0\na: é\n".encode("utf-16"), {"asyncapi": "3.0.0", "a": "é"}, "yaml"),
        ('{"asyncapi": "3.0.0", "a": "é"}'.encode("utf-16-le"), {"asyncapi": "3.0.0", "a": "é"}, "json"),
        (b"asyncapi: 3.0\n", {"asyncapi": 3.0}, "yaml"),
        (b'{"asyncapi": "3.0.0", "a": "\\ud83d\\ude00"}', {"asyncapi": "3.0.0", "a": "😀"}, "json"),
    ],
)
def test_documents_are_read_by_their_content(data: bytes, raw: dict[str, Any], format: str) -> None:
    """Neither a file name nor a content type decides what a document is written in."""
    assert loads(data, source="d") == Document(raw=raw, source="d", format="json" if format == "json" else "yaml")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "d: not an AsyncAPI document: it is empty"),
        (b"# only a comment", "d: not an AsyncAPI document: it is empty"),
        (b"[1, 2]", "d: not an AsyncAPI document: it is a list"),
        (b"hello", "d: not an AsyncAPI document: it is a single value"),
        (b"a: 1", "d: not an AsyncAPI document: it has no `asyncapi` field (it opens with `asyncapi: 3.1.0`)"),
        (b"openapi: 3.1.0", "d: not an AsyncAPI document but OpenAPI"),
        (b"swagger: '2.0'", "d: not an AsyncAPI document but OpenAPI"),
        (b'{"$schema": "x", "type": "object"}', "d: not an AsyncAPI document but JSON Schema"),
        (
            b"asyncapi: 2.6.0",
            "d: AsyncAPI 2.6.0 is not read, only AsyncAPI 3 "
            "(convert it to AsyncAPI 3 first, for example with the converter of the AsyncAPI CLI)",
        ),
        (b"asyncapi: [3]", "d: AsyncAPI [3] is not known, only AsyncAPI 3 is read"),
        (b"asyncapi: 30.1.0", "d: AsyncAPI 30.1.0 is not known, only AsyncAPI 3 is read"),
        (b"asyncapi: 3.0.0\na: b: c\n", "d:2: not YAML: mapping values are not allowed in this context"),
        (b"asyncapi: 3.0.0\na: 1\nb:\n  c: 1\n  c: 2\n", "d:5: key c stands twice"),
        (b'{"asyncapi": "3.0.0",\n "a": 1,\n "a": 2}', "d:3: key a stands twice"),
        (b'{"asyncapi": "3.0.0",\n "a" 1}', "d:2: not JSON: Expecting ':' delimiter"),
        (b'{"asyncapi": "3.0.0", "a": {"b": [1, NaN]}}', "d: NaN is a number that JSON does not have"),
        (b"asyncapi: 3.0.0\na: [.inf]", "d at /a/0: inf is a number that JSON does not have"),
        (b'{"asyncapi": "3.0.0", "a": 1e999}', "d at /a: inf is a number that JSON does not have"),
        (b'{"asyncapi": "3.0.0", "a": ["\\ud800"]}', "d at /a/0: text that holds half a character"),
        (b'{"asyncapi": "3.0.0", "\\udfff": 1}', "d: text that holds half a character"),
        (b"asyncapi: 3.0.0\na: \xff", "d:2: not UTF-8 text (save the file as UTF-8)"),
        (b"asyncapi: 3.0.0\n---\nasyncapi: 3.0.0", "d:2: more than one document in the file"),
        (b"\x89PNG\r\n\x1a\n\0\0", "d:1: not UTF-8 text (save the file as UTF-8)"),
    ],
)
def test_what_is_not_asyncapi_3_is_refused_in_one_sentence(data: bytes, says: str) -> None:
    """The sentence says where, what and, where something helps, what helps."""
    with pytest.raises(DocumentError) as caught:
        loads(data, source="d")
    assert str(caught.value) == says


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 30_000,
        b'{"a":' * 30_000,
        b"- " * 30_000,
        HEAD.encode() + b'"a": ' + b"[" * 65 + b"]" * 65 + b"}",
        b"asyncapi: 3.0.0\na: " + b"[" * 65 + b"]" * 65,
        b"asyncapi: 3.0.0\na: &a " + b"[" * 40 + b"]" * 40 + b"\nb: " + b"[" * 40 + b"*a" + b"]" * 40,
        b"".join(
            b"%s: &%s [%s]\n" % (b, b, b",".join([b"*" + a] * 9))
            for a, b in zip([b"z", *map(bytes, zip(b"abcdefgh"))], map(bytes, zip(b"abcdefghi")), strict=False)
        ).replace(b"*z", b"x"),
        HEAD.encode() + b'"a": [' + b"0," * 2_000_001 + b"0]}",
    ],
)
def test_what_is_too_deep_or_too_much_is_a_limit(data: bytes) -> None:
    """Nesting, aliases of aliases and millions of values are refused and neither crash nor take seconds."""
    with pytest.raises(LimitError):
        loads(data, source="d")


@pytest.mark.parametrize("text", ['{"asyncapi": "3.0.0", "a": %s}', "asyncapi: 3.0.0\na: %s"])
def test_sixty_four_levels_are_read_and_one_more_is_not(text: str) -> None:
    """The bound is the same for JSON and YAML."""
    assert loads(text % ("[" * 62 + "1" + "]" * 62), source="d").raw["a"]
    with pytest.raises(LimitError, match="nested deeper than 64 levels"):
        loads(text % ("[" * 63 + "1" + "]" * 63), source="d")


def test_limits_can_be_tighter() -> None:
    """Size in bytes, depth, number of values, and JSON only."""
    document = b'{"asyncapi": "3.0.0", "a": [[1]]}'
    for limits in (Limits(size=len(document) - 1), Limits(depth=2), Limits(nodes=4)):
        with pytest.raises(LimitError):
            loads(document, source="d", limits=limits)
    assert loads(document, limits=Limits(size=len(document), depth=4, nodes=5, json_only=True)).format == "json"
    with pytest.raises(DocumentError, match="d:1: not JSON: Expecting value"):
        loads(b"asyncapi: 3.0.0", source="d", limits=Limits(json_only=True))


def test_files_are_read_and_named_in_errors(tmp_path: Path) -> None:
    """A folder, a missing file and a pipe that would never end are refused; what is read keeps its name."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"asyncapi: 3.0.0\n")
    assert load(path) == Document(raw={"asyncapi": "3.0.0"}, source=str(path), format="yaml")
    os.mkfifo(tmp_path / "pipe")
    for name, reason in (("none", "does not exist"), ("", "is a folder"), ("pipe", "is not a file")):
        with pytest.raises(DocumentError, match=reason) as caught:
            load(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)
    with pytest.raises(LimitError, match="larger than the 0 KB that are read"):
        load(path, limits=Limits(size=10))


def test_pointers_lead_to_values() -> None:
    """`~0` and `~1` are undone, numbers index lists, and what is not there is an error that names the pointer."""
    document = Document(raw={"a/b": [{"c~d": 1}], "": 2}, source="d")
    assert document.get("") == document.raw
    assert document.get("/a~1b/0/c~0d") == 1
    assert document.get("/") == 2
    for pointer in ("/a~1b/1", "/a~1b/00", "/a~1b/-1", "/a~1b/x", "/none", "a", "/a~1b/0/c~0d/e"):
        with pytest.raises(DocumentError, match="nothing is there"):
            document.get(pointer)


SNIPPETS = (
    *(
        b"asyncapi: 3.0.0\n",
        b'{"asyncapi": "3.0.0"',
        b"}",
        b"]",
        b"[",
        b"{",
        b": ",
        b"- ",
        b"&a ",
        b"*a",
        b"!!str ",
        b"|\n",
    ),
    *(
        b">-\n  ",
        b"'",
        b'"',
        b"\n",
        b"  ",
        b"\t",
        b"#",
        b"%YAML 1.1\n",
        b"---\n",
        b"...\n",
        b"? ",
        b"<<: ",
        b",",
        b"\\u",
        b"\xff",
    ),
    *(b"\xef\xbb\xbf", b"\0", b"1e9", b"0x", b"~", b"key", b"a: b", b"\xc2\x85", b"!<x> ", b"@", b"`"),
)


@settings(derandomize=not FUZZ, max_examples=300 * max(1, FUZZ), deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_any_bytes_give_a_document_or_a_document_error(seed: int) -> None:
    """Nothing else ever comes out of reading, whatever the bytes."""
    chance = random.Random(seed)
    data = b"".join(chance.choices(SNIPPETS, k=chance.randint(1, 30)))
    try:
        document = loads(data, source="d")
    except DocumentError as error:
        assert "\n" not in str(error)
    else:
        json.dumps(document.raw, allow_nan=False).encode()
