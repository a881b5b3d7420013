"""What services are called: each as its folder or file, told apart by the folders around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path


def names(places: Iterable[Path], root: Path) -> Mapping[Path, str]:
    """Return what the service in each place is called: as its folder or file, told apart by the folders around it.

    Where `nodes/feeder/app` and `nodes/lamp/app` end alike, they are `feeder` and `lamp`: the first folder outward
    that differs. Where that is not enough, further ones come before it (`north-lamp`).
    """
    levels = {place: _levels(place, root) for place in places}
    found: dict[Path, str] = {}
    for place, own in levels.items():
        alike = [other for other in levels.values() if other[-1] == own[-1]]
        found[place] = _told_apart(own, alike) if len(alike) > 1 else own[-1]
    counts = Counter(found.values())
    return {place: name if counts[name] == 1 else _whole(place, root) for place, name in found.items()}


def _levels(place: Path, root: Path) -> tuple[str, ...]:
    if place == root:
        return (root.name or "service",)
    return (*place.relative_to(root).parts[:-1], place.stem if place.is_file() else place.name)


def _whole(place: Path, root: Path) -> str:
    return "-".join(place.relative_to(root).parts) or root.name


def _told_apart(own: tuple[str, ...], alike: list[tuple[str, ...]]) -> str:
    """Return the shortest run of folders that only this place has at its depth, after what all of them end in."""
    shortest = min(map(len, alike))
    shared = next((n for n in range(1, shortest) if len({item[-n - 1] for item in alike}) > 1), shortest)
    heads = [item[: len(item) - shared] for item in alike]
    head = own[: len(own) - shared]
    for length in range(1, len(head) + 1):
        if sum(item[-length:] == head[-length:] for item in heads) == 1:
            return "-".join(head[-length:])
    return own[-1]
