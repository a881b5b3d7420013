"""References and traits: what a reader may rely on afterwards, and what is reported instead of raised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asyncapi.documents.document import Document, Limits, load
from asyncapi.documents.normalise import Normalised, normalise
from asyncapi.documents.references import MAX_CHAIN, Spot


def normalised(**parts: Any) -> Normalised:
    """Return a small document made of these parts, normalised."""
    return normalise(Document(raw={"asyncapi": "3.0.0", **parts}, source="d.yaml"))


def told(found: Normalised) -> list[tuple[str, str]]:
    """Return rule and message of every finding."""
    return [(finding.rule, finding.message) for finding in found.findings]


@pytest.mark.parametrize(
    ("own", "traits", "merged"),
    [
        ({"a": 1}, [], {"a": 1}),
        ({"a": 1}, [{"a": 2, "b": 2}], {"a": 1, "b": 2}),
        ({}, [{"a": 1, "b": 1}, {"a": 2}], {"a": 2, "b": 1}),
        ({"m": {"x": 1}}, [{"m": {"x": 2, "y": 2}}], {"m": {"x": 1, "y": 2}}),
        ({"tags": [1]}, [{"tags": [2, 3]}], {"tags": [1]}),
        ({}, [{"tags": [1, 2]}, {"tags": [3]}], {"tags": [3]}),
        ({"a": None}, [{"a": 1}], {}),
        ({}, [{"a": 1}, {"a": None}], {}),
        ({"m": {"x": None}}, [{"m": {"x": 1, "y": 1}}], {"m": {"y": 1}}),
        ({"m": 1}, [{"m": {"x": 1}}], {"m": 1}),
        ({"m": {"x": 1}}, [{"m": 1}], {"m": {"x": 1}}),
        ({}, [{"$ref": "#/components/operationTraits/T"}], {"bindings": {"mqtt": {"qos": 1}}}),
        (
            {"bindings": {"mqtt": {"retain": True}}},
            [{"$ref": "#/components/operationTraits/T"}],
            {"bindings": {"mqtt": {"retain": True, "qos": 1}}},
        ),
        (
            {"bindings": {"$ref": "#/components/operationBindings/B"}},
            [{"$ref": "#/components/operationTraits/T"}],
            {"bindings": {"mqtt": {"qos": 2}}},
        ),
        (
            {"bindings": {"mqtt": {"retain": True}}},
            [{"bindings": {"$ref": "#/components/operationBindings/B"}}],
            {"bindings": {"mqtt": {"qos": 2, "retain": True}}},
        ),
        ({"a": 1}, [{"$ref": "#/nowhere"}], {"a": 1}),
        ({"a": 1}, [7, {"b": 1}], {"a": 1, "b": 1}),
    ],
)
def test_traits_are_merged_and_the_object_itself_wins(own: Any, traits: list[Any], merged: Any) -> None:
    """JSON merge patch in the order of the list; arrays are replaced, null removes, references are followed first."""
    found = normalised(
        operations={"o": {**own, "traits": traits}},
        components={
            "operationTraits": {"T": {"bindings": {"mqtt": {"qos": 1}}}},
            "operationBindings": {"B": {"mqtt": {"qos": 2}}},
        },
    )
    assert found.merged == {Spot("/operations/o"): merged}


def test_traits_count_wherever_operations_and_messages_stand() -> None:
    """In the document itself, in channels, and in components; not where an object of that name is only data."""
    traits = {"traits": [{"title": "T"}]}
    found = normalised(
        operations={"o": traits, "ref": {"$ref": "#/components/operations/o", "traits": [{"title": "no"}]}},
        channels={"c": {"messages": {"m": traits}}, "bad": 3},
        components={
            "operations": {"o": traits},
            "messages": {"m": traits},
            "channels": {"c": {"messages": {"m": traits}}},
            "schemas": {"s": traits},
        },
    )
    assert sorted(spot.pointer for spot in found.merged) == [
        "/channels/c/messages/m",
        "/components/channels/c/messages/m",
        "/components/messages/m",
        "/components/operations/o",
        "/operations/o",
    ]
    assert found.follow({"$ref": "#/operations/ref"}, Spot("")) == ({"title": "T"}, Spot("/components/operations/o"))


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("#/components/schemas/A", ({"type": "string"}, "/components/schemas/A")),
        ("#/components/schemas/Alias", ({"type": "string"}, "/components/schemas/A")),
        ("#/components/schemas/a~1b", (1, "/components/schemas/a~1b")),
        ("#/components/schemas/a%2Fb", None),
        ("#/components/schemas/a%7E1b", (1, "/components/schemas/a~1b")),
        ("#/components/schemas/Deep/properties/x/type", ("string", "/components/schemas/A/type")),
        ("#/components/list/1", ("b", "/components/list/1")),
        ("#/components/list/01", None),
        ("#/components/list/9", None),
        ("#/components/schemas/Circle", None),
        ("#/components/schemas/Circle/x", None),
        ("#/components/schemas/Self/x", None),
        ("#components", None),
        ("#/", None),
        ("other.yaml#/a", None),
        ("https://example.org/a", None),
        ("//example.org/a", None),
        ("\0", None),
    ],
)
def test_references_lead_to_what_stands_there(target: str, expected: Any) -> None:
    """Chains, escapes and ways through other references are followed; circles and everything outside lead nowhere."""
    found = normalised(
        components={
            "list": ["a", "b"],
            "schemas": {
                "A": {"type": "string"},
                "Alias": {"$ref": "#/components/schemas/A"},
                "Deep": {"properties": {"x": {"$ref": "#/components/schemas/Alias"}}},
                "a/b": 1,
                "Circle": {"$ref": "#/components/schemas/Other"},
                "Other": {"$ref": "#/components/schemas/Circle"},
                "Self": {"$ref": "#/components/schemas/Self/x"},
            },
        }
    )
    got = found.follow({"$ref": target, "description": "beside a reference nothing counts"}, Spot(""))
    assert got == (None if expected is None else (expected[0], Spot(expected[1])))


def test_long_ways_end() -> None:
    """A chain of thousands of references, one behind the other or one through the other, ends without an error."""
    count = 5 * MAX_CHAIN
    chain = {f"s{n}": {"$ref": f"#/components/schemas/s{n + 1}"} for n in range(count)}
    nested = {f"n{n}": {"$ref": f"#/components/schemas/n{n + 1}/x"} for n in range(count * 10)}
    found = normalised(components={"schemas": chain | nested | {f"s{count}": {"type": "string"}}})
    assert found.follow({"$ref": f"#/components/schemas/s{count - 3}"}, Spot("")) is not None
    assert found.follow({"$ref": "#/components/schemas/s0"}, Spot("")) is None
    assert found.follow({"$ref": "#/components/schemas/n0/x"}, Spot("")) is None


def test_only_references_are_references() -> None:
    """`$ref` in examples, defaults, constants and fields of somebody's own is data; a property may be called so."""
    nowhere = {"$ref": "#/nowhere"}
    schema = {
        "default": nowhere,
        "const": nowhere,
        "enum": [nowhere],
        "examples": [nowhere],
        "x-own": nowhere,
        "properties": {"$ref": {"type": "string"}, "default": {"type": "object"}, "examples": {"items": nowhere}},
    }
    found = normalised(components={"schemas": {"S": schema}})
    assert [finding.pointer for finding in found.findings] == ["/components/schemas/S/properties/examples/items"]


def test_a_broken_reference_is_told_once_where_it_is_broken() -> None:
    """Ten uses of one target are one finding, and what refers to the broken reference is none."""
    found = normalised(
        channels={"c": {"$ref": "#/components/channels/gone"}},
        operations={
            f"o{n}": {"channel": {"$ref": "#/channels/c"}, "messages": [{"$ref": "#/channels/c/messages/m"}]}
            for n in range(10)
        },
        components={"schemas": {"S": {"allOf": [{"$ref": "x.yaml"}, {"$ref": "x.yaml"}]}}},
    )
    assert told(found) == [
        (
            "reference-not-resolved",
            "#/components/channels/gone is nowhere in the document, referred to at /channels/c",
        ),
        (
            "reference-not-resolved",
            "x.yaml is in another file, which is not read here, referred to at "
            "/components/schemas/S/allOf/0 and 1 more",
        ),
    ]


def test_files_outside_of_the_root_are_never_read(tmp_path: Path) -> None:
    """Neither `..` nor an absolute path nor a link leads out; what is no YAML or too large is a finding as well."""
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "secret.yaml").write_text("a: {title: hunter2}", encoding="utf-8")
    (inside / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (inside / "broken.yaml").write_text("a: [", encoding="utf-8")
    (inside / "large.yaml").write_text(f"a: {'x' * 5000}", encoding="utf-8")
    (inside / "fine.yaml").write_text("a: {title: fine}\nb: {$ref: '../secret.yaml#/a'}", encoding="utf-8")
    targets = [
        *("../secret.yaml#/a", f"{tmp_path}/secret.yaml#/a", "link.yaml#/a", "%2e%2e/secret.yaml#/a"),
        *(
            "broken.yaml#/a",
            "broken.yaml#/b",
            "missing.yaml#/a",
            ".#/a",
            "fine.yaml#/c",
            "fine.yaml#/b",
            "fine.yaml#/a",
        ),
        *("file:///etc/passwd", "large.yaml#/a"),
    ]
    raw = {"asyncapi": "3.0.0", "channels": {f"c{n}": {"$ref": target} for n, target in enumerate(targets)}}
    path = inside / "asyncapi.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    found = normalise(load(path), root=inside, limits=Limits(size=4000))
    assert [found.follow(entry, Spot("")) for entry in raw["channels"].values()] == [  # type: ignore[attr-defined]
        *[None] * 10,
        ({"title": "fine"}, Spot("/a", "fine.yaml")),
        *[None] * 2,
    ]
    assert len(found.findings) == 12
    assert "hunter2" not in json.dumps(list(found.references.files.values()))
    assert normalise(load(path)).references.files.keys() == {""}
