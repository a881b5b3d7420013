"""Which files of a service belong together: those that import one another, directly or through others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.scan.bindings import origin_of

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


def linked(ev: Evaluator, file: str) -> frozenset[str]:
    """Return the files connected with a file by imports, itself included."""
    key = ("linked", 0)
    if key not in ev.memo:
        ev.memo[key] = _groups(ev)
    groups: list[frozenset[str]] = ev.memo[key]  # type: ignore[assignment]
    return next((group for group in groups if file in group), frozenset({file}))


def _groups(ev: Evaluator) -> list[frozenset[str]]:
    around: dict[str, set[str]] = {module.file: set() for module in ev.view.files}
    for module in ev.view.files:
        if module.scope is None:
            continue
        for bindings in module.scope.bindings.values():
            for binding in bindings:
                if binding.kind != "import":
                    continue
                level, origin, name = origin_of(binding)
                absolute = ev.view.absolute(module, level, origin)
                for dotted in (absolute, f"{absolute}.{name}"):
                    found = ev.view.find(dotted, module)
                    if found is not None and found.file in around:
                        around[module.file].add(found.file)
                        around[found.file].add(module.file)
    return _components(around)


def _components(around: dict[str, set[str]]) -> list[frozenset[str]]:
    found: list[frozenset[str]] = []
    left = set(around)
    while left:
        pending = [left.pop()]
        group = set(pending)
        while pending:
            for other in around[pending.pop()] - group:
                group.add(other)
                pending.append(other)
        left -= group
        found.append(frozenset(group))
    return found
