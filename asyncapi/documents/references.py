"""Follows `$ref`s: inside the document, and into files of one folder where the caller allows it. Never the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from asyncapi import pointers
from asyncapi.documents.document import Document, Limits, parse, read
from asyncapi.errors import DocumentError, LimitError

MAX_FILES = 64  # bounds what is read for one document
MAX_CHAIN = 64  # references that lead to references; a longer chain is a circle

# What stands under these keywords is data and not a place where a reference means anything.
_DATA = frozenset(("default", "const", "enum", "examples", "example"))
# What stands under these holds names of somebody's choice, so that one called `default` is no keyword.
HOLDING_NAMES = frozenset(
    (
        *("properties", "patternProperties", "definitions", "$defs", "dependencies", "dependentSchemas", "schemas"),
        *("channels", "operations", "messages", "servers", "variables", "parameters", "securitySchemes"),
        *("serverVariables", "correlationIds", "replies", "replyAddresses", "tags", "operationTraits"),
        *("messageTraits", "serverBindings", "channelBindings", "operationBindings", "messageBindings"),
    )
)


class Spot(NamedTuple):
    """Where something stands: a JSON pointer, and the file where that is not the document itself."""

    pointer: str
    file: str = ""

    @classmethod
    def of(cls, text: str) -> Spot:
        """Return the spot that `str` spells."""
        file, _, pointer = text.partition("#") if text and not text.startswith("/") else ("", "", text)
        return cls(pointer, file)

    def inside(self, *steps: str | int) -> Spot:
        """Return the spot of something inside."""
        return Spot(pointers.join(self.pointer, *steps), self.file)

    def __str__(self) -> str:
        return f"{self.file}#{self.pointer}" if self.file else self.pointer


def targets(raw: Any) -> Iterator[tuple[str, str]]:
    """Yield pointer and text of every reference; a `$ref` inside of an example or other data is none."""
    waiting: list[tuple[str, Any, bool]] = [("", raw, False)]
    while waiting:
        pointer, value, named = waiting.pop()
        target = value.get("$ref") if isinstance(value, dict) else None
        if isinstance(target, str) and not named:
            yield pointer, target
            continue
        pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
        for key, item in reversed(pairs):
            if isinstance(item, (dict, list)) and (named or not is_data(str(key))):
                waiting.append((pointers.join(pointer, key), item, not named and key in HOLDING_NAMES))


class _PassedOnError(LookupError):
    """A pointer leads through another reference, and that one leads nowhere; it has a finding of its own."""


class _UnreadableError(LookupError):
    """A file that may be read cannot be."""


def is_data(key: str) -> bool:
    """Say whether what stands under a keyword is data, where a reference means nothing."""
    return key in _DATA or (key.startswith("x-") and key != "x-accepts")


class References:
    """The way from any reference to what it stands for. Files are read when first needed, at most 64 of them."""

    def __init__(self, document: Document, *, root: Path | None, limits: Limits) -> None:
        self._files: dict[str, Any] = {"": document.raw}
        self._problems: dict[str, str] = {}
        self._root = root.resolve() if root is not None else None
        self._base = Path(document.source)
        self._limits = limits
        self._left = limits.size
        self._unreadable: dict[str, str] = {}
        self._circles: set[tuple[str, str]] = set()
        self._open: set[tuple[str, str]] = set()
        self._passed: dict[tuple[str, str], tuple[Any, Spot] | None] = {}
        self._found: dict[tuple[str, str], tuple[Any, Spot] | None] = {}

    def follow(self, value: Any, spot: Spot) -> tuple[Any, Spot] | None:
        """Return the value itself, or what it refers to through any number of references; None when that is nowhere."""
        target = value.get("$ref") if isinstance(value, Mapping) else None
        return self.target(target, spot) if isinstance(target, str) else (value, spot)

    def target(self, target: str, spot: Spot) -> tuple[Any, Spot] | None:
        """Return what the text of a reference at a spot leads to."""
        key = (target, spot.file)
        if key not in self._found:
            self._found[key] = self._chase(target, spot.file)
        return self._found[key]

    @property
    def files(self) -> Mapping[str, Any]:
        """Return the files read so far, by their names relative to the root; the document itself has no name."""
        return self._files

    def why(self, target: str, spot: Spot) -> str:
        """Return, as the rest of a sentence, why a reference leads nowhere; empty where another one behind it does."""
        if self._step(target, spot.file) is not None:
            return "leads back to itself" if (target, spot.file) in self._circles else ""
        if self._problems.get(target) == "":
            return ""
        address, _, fragment = target.partition("#")
        if "://" in address or address.startswith("//"):
            return "is on the network, where nothing is fetched"
        if not address:
            if fragment and not fragment.startswith("/"):
                return "names an anchor, which AsyncAPI does not have"
            return "is nowhere in the document"
        if self._root is None:
            return "is in another file, which is not read here"
        return self._problems.get(target, "is nowhere in that file")

    def _chase(self, target: str, file: str) -> tuple[Any, Spot] | None:
        seen: set[tuple[str, str]] = set()
        while (target, file) not in seen and len(seen) < MAX_CHAIN:
            seen.add((target, file))
            found = self._step(target, file)
            if found is None:
                return None
            following = found[0].get("$ref") if isinstance(found[0], Mapping) else None
            if not isinstance(following, str):
                return found
            target, file = following, found[1].file
        self._circles |= seen
        return None

    def _step(self, target: str, file: str) -> tuple[Any, Spot] | None:
        address, _, fragment = target.partition("#")
        pointer = pointers.from_fragment(fragment)
        if pointer and not pointer.startswith("/"):
            return None
        try:
            place = self._file(address, file, target) if address else file
            return self._through(self._files[place], Spot(pointer, place))
        except _PassedOnError:
            self._problems[target] = ""
            return None
        except _UnreadableError as error:
            self._problems[target] = str(error)
            return None
        except (LookupError, ValueError):
            return None

    def _through(self, value: Any, spot: Spot) -> tuple[Any, Spot]:
        """Look a pointer up; where it passes through a reference it goes on behind it."""
        place, hops = Spot("", spot.file), 0
        for step in pointers.split(spot.pointer):
            while isinstance(value, Mapping) and step not in value and isinstance(value.get("$ref"), str):
                value, place = self._behind(value["$ref"], place)
                hops += 1
                if hops > MAX_CHAIN:
                    raise LookupError(spot.pointer)
            value = pointers.inside(value, step)
            place = place.inside(step)
        return value, place

    def _behind(self, target: str, spot: Spot) -> tuple[Any, Spot]:
        key = (target, spot.file)
        if key not in self._passed:
            if key in self._open or len(self._open) >= MAX_CHAIN:
                raise LookupError(target)
            self._open.add(key)
            try:
                self._passed[key] = self._step(*key)
            finally:
                self._open.discard(key)
        found = self._passed[key]
        if found is None:
            raise _PassedOnError(target)
        return found

    def _file(self, address: str, base: str, target: str) -> str:
        """Return the name of a file that a reference names, relative to the root, read and within the limits."""
        if self._root is None or "://" in address or "\0" in address:
            raise LookupError(address)
        beside = (self._root / base if base else self._base).resolve().parent
        path = (beside / unquote(address)).resolve()
        if path == self._base.resolve():
            return ""
        if not path.is_relative_to(self._root):
            self._problems[target] = "is outside of the folder that may be read"
            raise LookupError(address)
        name = path.relative_to(self._root).as_posix()
        if name not in self._files:
            self._files[name] = self._read(path, name)
        return name

    def _read(self, path: Path, name: str) -> Any:
        if name not in self._unreadable:
            try:
                return self._parsed(path)
            except DocumentError as error:
                self._unreadable[name] = f"cannot be read ({error})"
        raise _UnreadableError(self._unreadable[name])

    def _parsed(self, path: Path) -> Any:
        if len(self._files) > MAX_FILES:
            raise LimitError(f"more than {MAX_FILES} files")
        limits = replace(self._limits, size=self._left)
        data = read(path, limits=limits)
        self._left -= min(len(data), self._left)
        return parse(data, source=path.name, limits=limits)[0]
