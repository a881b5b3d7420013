"""Keys of documents: identifiers, stable, qualified only when they collide."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from asyncapi.names import channel_keys, schema_keys


def test_channel_keys_are_camel_case_identifiers() -> None:
    """Separators of every kind start a new word; digits never lead."""
    assert channel_keys(["stt/final", "llm/tool.call.request", "system/health/{service}", "3d/print"]) == {
        "stt/final": "sttFinal",
        "llm/tool.call.request": "llmToolCallRequest",
        "system/health/{service}": "systemHealthService",
        "3d/print": "topic3d" + "Print",
    }


def test_colliding_channels_all_take_digits_of_their_address() -> None:
    """No order of discovery decides which of two channels keeps the short key."""
    both = channel_keys(["a/b_c", "a/b/c"])
    assert all(re.fullmatch(r"aBC_[0-9a-f]{6}", key) for key in both.values())
    assert len(set(both.values())) == 2
    assert channel_keys(["a/b/c", "x", "a/b_c"])["a/b/c"] == both["a/b/c"]


def test_schemas_keep_the_class_name_until_it_collides() -> None:
    """Colliding classes take their module relative to the package, all of them; others do not move."""
    assert schema_keys(["p.a.Result", "p.b.Result", "p.a.Only", "p.a.Page[p.b.Result]"], "p") == {
        "p.a.Result": "a.Result",
        "p.b.Result": "b.Result",
        "p.a.Only": "Only",
        "p.a.Page[p.b.Result]": "Page_Result",
    }


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.text(max_size=12), unique=True, max_size=8), st.text(max_size=6))
def test_keys_are_valid_unique_and_unmoved_by_unrelated_additions(addresses: list[str], other: str) -> None:
    """Any text gives keys that AsyncAPI allows; an addition moves only keys that it collides with."""
    keys = channel_keys(addresses)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key) for key in keys.values())
    assert len(set(keys.values())) == len(addresses)
    grown = channel_keys([*addresses, other])
    moved = {address for address in addresses if grown[address] != keys[address]}
    assert all(grown[address].startswith(keys[address]) for address in moved)
