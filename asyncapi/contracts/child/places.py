"""Modules and their files as a document spells them."""

from __future__ import annotations

import os
import sys
import typing

from .outlines import Outline


class Module(typing.NamedTuple):
    """One imported file: dotted name, path as the document spells it, namespace and parsed outline."""

    name: str
    file: str
    namespace: typing.Any
    outline: Outline


class Places:
    """Spells files relative to the workspace, or to the import path where they lie outside."""

    def __init__(self, root: str, paths: list[str]) -> None:
        self.root = root
        self.bases = [os.path.realpath(base) for base in (root, *paths, *sys.path) if base]

    def spell(self, file: str) -> str:
        real = os.path.realpath(file)
        for base in self.bases:
            if real.startswith(base.rstrip(os.sep) + os.sep):
                return os.path.relpath(real, base).replace(os.sep, "/")
        return os.path.basename(real)

    def own(self, file: str) -> bool:
        """Say whether a file belongs to the workspace rather than to something installed."""
        if file.startswith("<"):
            return False
        real = os.path.realpath(file)
        return real.startswith(self.bases[0].rstrip(os.sep) + os.sep) and "site-packages" not in real


def own_attribute(module: typing.Any, name: str) -> typing.Any:
    """Return an attribute of a module without asking a `__getattr__` that somebody wrote."""
    return getattr(module, "__dict__", {}).get(name)


def holds_python(folder: str) -> bool:
    try:
        return any(entry.name.endswith(".py") for entry in os.scandir(folder))
    except OSError:
        return False
