"""Keys of documents: identifiers made from addresses and class names, stable when unrelated things are added.

A key keeps its short name while that is unique. When names collide all of them take a qualifier, so that no
order of discovery can decide who keeps the short one.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

_WORD = re.compile(r"[A-Za-z0-9]+")
_NOT_KEY = re.compile(r"[^A-Za-z0-9_.-]+")


def channel_key(address: str) -> str:
    """Return the camel-case identifier of an address: `shop/order.line.added` → `shopOrderLineAdded`."""
    words = _WORD.findall(address)
    key = (
        "".join([words[0][:1].lower() + words[0][1:], *(word[:1].upper() + word[1:] for word in words[1:])])
        if words
        else ""
    )
    return key if key and not key[0].isdigit() else f"topic{key[:1].upper()}{key[1:]}"


def channel_keys(addresses: Iterable[str]) -> dict[str, str]:
    """Return a key for every address; colliding ones take six hex digits of the address."""
    return _unique(addresses, channel_key, lambda address: f"{channel_key(address)}_{short_digits(address)}")


def schema_keys(ids: Iterable[str], package: str = "") -> dict[str, str]:
    """Return a component key for every definition id (`module.QualifiedName`); colliding ones take their module.

    The module is written relative to `package`, so `acme.contracts.lab.Result` becomes `lab.Result`.
    """
    identifiers = list(ids)
    qualified = _unique(
        identifiers, lambda item: _key(_qualify(item, package)), lambda item: f"{_key(item)}_{short_digits(item)}"
    )
    return _unique(identifiers, short_name, qualified.__getitem__)


def short_name(identifier: str) -> str:
    """Return the class name of a definition id as a component key: `m.Page[m.Item]` → `Page_Item`."""
    head, bracket, arguments = identifier.partition("[")
    name = head.rpartition(".")[2]
    if bracket:
        name += "_" + "_".join(word.rpartition(".")[2] for word in re.findall(r"[\w.]+", arguments))
    return _key(name)


def short_digits(text: str) -> str:
    """Return six hex digits of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def service_key(name: str) -> str:
    """Return a service name as part of an operation key: `lab-worker` → `labWorker`."""
    return channel_key(name)


def _unique(items: Iterable[str], short: Callable[[str], str], qualified: Callable[[str], str]) -> dict[str, str]:
    listed = list(dict.fromkeys(items))
    shorts: Mapping[str, str] = {item: short(item) for item in listed}
    counts = Counter(shorts.values())
    return {item: shorts[item] if counts[shorts[item]] == 1 else qualified(item) for item in listed}


def _qualify(identifier: str, package: str) -> str:
    head, bracket, arguments = identifier.partition("[")
    local = head.removeprefix(package + ".") if package else head
    return local + (f"_{short_name(head + bracket + arguments).partition('_')[2]}" if bracket else "")


def _key(text: str) -> str:
    return _NOT_KEY.sub("_", text).strip("_.") or f"schema_{short_digits(text)}"
