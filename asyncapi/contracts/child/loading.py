"""Imports the modules of packages one by one, and keeps what goes wrong."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import re
import sys
import types

from .classes import FOREIGN
from .outlines import Outline
from .pipe import Channel, Json
from .places import Module, Places, holds_python, own_attribute
from .reasons import Refusal, place_of, remedy_for, say

_open = open  # before anybody's contracts can put something else in its place

_SKIPPED = re.compile(r"^(__main__|__pycache__|conftest|tests?_.*|tests)$")


class Loader:
    """Imports modules one by one in file order and keeps what went wrong as findings."""

    def __init__(self, places: Places, channel: Channel) -> None:
        self.places, self.channel = places, channel
        self.modules: list[Module] = []
        self.findings: list[Json] = []
        self.losses: dict[tuple[str, int | None, str], tuple[list[str], BaseException]] = {}
        self.refusals: list[Refusal] = []
        self.outlines: dict[str, Outline | None] = {}
        self.seen: set[str] = set()

    def load(self, package: str) -> Json:
        """Import a package and everything below it; nothing comes of one that cannot be imported at all.

        Raises Refusal where there is no such package.
        """
        self.channel.send("at", package)
        top = self._top(package)
        if top is None:
            return None
        file = own_attribute(top, "__file__")
        folders = [os.path.abspath(folder) for folder in own_attribute(top, "__path__") or ()]
        if file:
            self._add(package, file)
        for folder in folders:
            self._below(package, folder)
        anchor = os.path.dirname(os.path.abspath(file)) if file else folders[0] if folders else ""
        depth = package.count(".") + (1 if folders else 0)
        for _ in range(depth):
            anchor = os.path.dirname(anchor)
        return {"name": package, "doc": inspect.cleandoc(own_attribute(top, "__doc__") or ""), "root": anchor}

    def _top(self, package: str) -> types.ModuleType | None:
        try:
            return importlib.import_module(package)
        except ModuleNotFoundError as error:
            if error.name and (package == error.name or package.startswith(error.name + ".")):
                raise Refusal(
                    f"there is no package {package} to be imported (no module named {error.name})",
                    "check the name, and name the folder that holds it with --path",
                ) from None
            return self._without(package, error)
        except BaseException as error:
            return self._without(package, error)

    def _without(self, package: str, error: BaseException) -> types.ModuleType | None:
        """Go on without a module that fails: in its place stands an empty one, through which its parts are found."""
        self.refusals.append(self._refuse(package, error))
        self._lost(package, "", error)
        try:
            spec = importlib.util.find_spec(package)
        except BaseException:
            return None
        folders = spec.submodule_search_locations if spec else None
        return self._stand_in(package, list(folders)) if folders else None

    def _stand_in(self, name: str, folders: list[str]) -> types.ModuleType:
        module = types.ModuleType(name)
        module.__path__ = folders
        for known, part in list(sys.modules.items()):
            if known.startswith(name + ".") and "." not in known[len(name) + 1 :]:
                setattr(module, known[len(name) + 1 :], part)
        sys.modules[name] = module
        above, _, last = name.rpartition(".")
        if above in sys.modules:
            setattr(sys.modules[above], last, module)
        return module

    def _refuse(self, package: str, error: BaseException) -> Refusal:
        file, line = place_of(error, self.places)
        return Refusal(
            f"{package} could not be imported: {say(error)}", remedy_for(error), f"{file}:{line}" if line else file
        )

    def _below(self, package: str, folder: str) -> None:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            stem, extension = os.path.splitext(entry.name)
            if _SKIPPED.match(stem) or not stem.isidentifier():
                continue
            if entry.is_dir() and not extension and holds_python(entry.path):
                if not self._import(f"{package}.{stem}", os.path.join(entry.path, "__init__.py")):
                    self._stand_in(f"{package}.{stem}", [entry.path])
                self._below(f"{package}.{stem}", entry.path)
            elif extension == ".py" and stem != "__init__":
                self._import(f"{package}.{stem}", entry.path)

    def _import(self, name: str, file: str) -> bool:
        self.channel.send("at", f"{name} ({self.places.spell(file)})")
        try:
            importlib.import_module(name)
        except BaseException as error:
            self._lost(name, file, error)
            return False
        self._add(name, file)
        return True

    def _lost(self, name: str, file: str, error: BaseException) -> None:
        place, line = place_of(error, self.places)
        key = (place or (self.places.spell(file) if file else ""), line, say(error))
        self.losses.setdefault(key, ([], error))[0].append(name)

    def tell_losses(self) -> None:
        """Make a finding of each thing that went wrong, whatever number of modules it took along."""
        for (place, line, said), (names, error) in self.losses.items():
            told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            self.findings.append(
                {
                    "rule": "module-not-importable",
                    "severity": "error",
                    "message": f"{told} could not be imported: {said}; the rest is exported without it",
                    "subject": names[0],
                    "remedy": remedy_for(error),
                    "file": place,
                    "symbol": "",
                    "line": line,
                }
            )

    def _add(self, name: str, file: str) -> None:
        module = sys.modules.get(name)
        outline = self.outline(name)
        if module is not None and outline is not None and name not in self.seen:
            self.seen.add(name)
            namespace = getattr(module, "__dict__", {})
            self.modules.append(Module(name, self.places.spell(file), namespace, outline))

    def outline(self, name: str) -> Outline | None:
        """Return the outline of an imported module, parsed once; None when it has no source of its own."""
        if name not in self.outlines:
            self.outlines[name] = None
            if name.partition(".")[0] in FOREIGN:
                return None
            file = own_attribute(sys.modules.get(name), "__file__")
            if file and file.endswith(".py"):
                try:
                    with _open(file, "rb") as stream:
                        self.outlines[name] = Outline(stream.read())
                except (OSError, SyntaxError, ValueError, RecursionError):
                    return None
        return self.outlines[name]
