"""Which calls of a service's own text look like a client's publish or subscribe; decided without following values.

A call looks like one when its last name and its arguments fit a row of the table of clients, unless its file plainly
says that it is made on something else: an object of another library (by its import), or a function in sight, whose
body speaks for itself. A method of a class derived from a library that nobody can read looks like one when it is
given a text like a topic. Names of variables decide nothing.
"""

from __future__ import annotations

import ast
import mimetypes
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal, Protocol

from asyncapi.services.origins import FUNCTIONS, FileNames, WrittenCall, read, spelling
from asyncapi.sites import Action

Kind = Literal["client", "other", "unknown"]
TOPIC = re.compile(r"(?!\.)[^\s/:]+(/[^\s/]+)*/[^\s/.]+")
"""Text like a topic: levels without blanks; no URL (`a://b`), no absolute path, no file name at the end."""
MEDIA_TYPES = frozenset(mimetypes.types_map.values())


class ClientCall(Protocol):
    """What is looked at here in a row of the table of clients: whose call it is, and which argument is the topic."""

    @property
    def action(self) -> Action:
        """Whether the call sends or receives."""

    @property
    def name(self) -> str:
        """The last name of the method or function."""

    @property
    def owners(self) -> tuple[str, ...]:
        """The dotted classes or modules that it belongs to; empty for any."""

    @property
    def topic(self) -> tuple[int, str]:
        """The position and the keyword of the topic."""

    @property
    def form(self) -> Literal["call", "decorator", "constructor"]:
        """How the call is written."""

    @property
    def held(self) -> bool:
        """Whether the topic was given to what made the object, and not to the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalike:
    """A call that looks like a publish or subscribe; without `action` where only its argument looks like a topic."""

    call: WrittenCall
    file: str
    topic: ast.expr
    action: Action | Literal[""]
    inside: tuple[tuple[str, int, int], ...] = ()
    """Where the body of a shared library's function that it calls makes such calls: (file, first line, last line)."""


class Sight:
    """The text of everything a service can see: its own files, and those of the libraries it shares."""

    def __init__(
        self, own: Sequence[tuple[str, str]], shared: Sequence[tuple[str, str]], rows: Sequence[ClientCall]
    ) -> None:
        """Take (file, text) of both; a file is only parsed where its text can matter."""
        self.own, self.shared = dict(own), dict(shared)
        self.rows: dict[str, list[ClientCall]] = {}
        for row in rows:
            self.rows.setdefault(row.name, []).append(row)
        self._mention = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(self.rows)))})\s*[(,]")
        self._owners = frozenset(owner for row in rows for owner in row.owners)
        self._read: dict[str, FileNames | None] = {}
        self._modules = frozenset(name for file in (*self.own, *self.shared) for name in _module_names(file))

    def lookalikes(self) -> Iterator[Lookalike]:
        """Yield every call of the service's own files that looks like a publish or subscribe, in their order."""
        for file, text in self.own.items():
            named = self._mention.search(text) is not None
            names = self.names(file) if named or DERIVING.search(text) else None
            if names is not None:
                found = (self._by_name(names, call) or self._by_topic(names, call) for call in names.calls)
                yield from (item for item in found if item is not None)

    def names(self, file: str) -> FileNames | None:
        """Return the names of a file in sight."""
        if file not in self._read:
            self._read[file] = read(file, self.own.get(file) or self.shared.get(file, ""))
        return self._read[file]

    def _by_name(self, names: FileNames, call: WrittenCall) -> Lookalike | None:
        for row, topic in self._fitting(names, call):
            bodies = self._bodies(names, call)
            if bodies is None and self._kind(names, call) == "other":
                return None
            inside = tuple(place for body in bodies or () for place in self._inside(*body))
            if bodies is not None and (not inside or any(file in self.own for file, _ in bodies)):
                return None
            return Lookalike(call=call, file=names.file, topic=topic, action=row.action, inside=inside)
        return None

    def _fitting(self, names: FileNames, call: WrittenCall) -> Iterator[tuple[ClientCall, ast.expr]]:
        """Yield the rows whose name a call has, and that it tells a topic which may be one."""
        name = spelling(call.node.func)
        for row in self.rows.get(name.rpartition(".")[2], ()):
            topic = None if row.held else _argument(call.node, row)
            above = call.decorates or row.form != "decorator" or not row.owners
            if topic is not None and above and not self._is_code(names, topic) and self._can_be(names, name, row):
                yield row, topic

    def _can_be(self, names: FileNames, name: str, row: ClientCall) -> bool:
        return not row.owners or any(self._is_of(names, name, row, owner) for owner in row.owners)

    def _is_of(self, names: FileNames, name: str, row: ClientCall, owner: str) -> bool:
        """Say whether the row of an owner can be meant: a class whose library is named, or this very module."""
        head, last = name.rpartition(".")[0], owner.rpartition(".")[2]
        if not head:
            return names.imports.get(name) == f"{owner}.{row.name}"
        if last[:1].isupper() and row.form != "constructor":
            return self._speak_of(owner.partition(".")[0])
        return head.rpartition(".")[2].lstrip("_") == last or names.imports.get(head) == owner

    def _speak_of(self, library: str) -> bool:
        return any(library in text for text in self.own.values())

    def _is_code(self, names: FileNames, topic: ast.expr) -> bool:
        """Say whether an argument is plainly no topic: a function, a class, a number."""
        if isinstance(topic, ast.Constant):
            return not isinstance(topic.value, str | bytes)
        if isinstance(topic, ast.Lambda):
            return True
        if not isinstance(topic, ast.Name | ast.Attribute):
            return False
        name = spelling(topic).rpartition(".")[2]
        return name in names.functions or name in self._classes

    def _kind(self, names: FileNames, call: WrittenCall) -> Kind:
        """Return on what a call is made, by what the file says of it."""
        origins = names.origins(spelling(call.node.func).rpartition(".")[0] or spelling(call.node.func))
        kinds = {self._kind_of(origin) for origin in origins}
        return next(iter(kinds)) if len(kinds) == 1 else "client" if "client" in kinds else "unknown"

    def _kind_of(self, origin: str) -> Kind:
        if self._of_client(origin):
            return "client"
        return "other" if self._outside(origin) else "unknown"

    def _of_client(self, origin: str) -> bool:
        return "mqtt" in origin.lower() or any(
            origin == owner or origin.startswith(f"{owner}.") for owner in self._owners
        )

    def _outside(self, origin: str) -> bool:
        """Say whether a dotted name comes from a module that is not in sight."""
        module = origin.rpartition(".")[0]
        return not origin.startswith(".") and not {origin, module, origin.partition(".")[0]} & self._modules

    def _bodies(self, names: FileNames, call: WrittenCall) -> tuple[tuple[str, ast.AST], ...] | None:
        """Return the functions in sight that a call runs, or None where it is not plain that it runs one of those."""
        head, _, last = spelling(call.node.func).rpartition(".")
        if not head:
            return self._functions(names, last)
        if head in ("self", "cls", "super") and call.owner:
            found = self._methods(call.owner, last, names, skip=head == "super")
        else:
            plain = [origin.rpartition(".")[2] for origin in names.origins(head) if not self._outside(origin)]
            found = tuple(body for name in plain if name in self._classes for body in self._methods(name, last, names))
        return found or None

    def _functions(self, names: FileNames, name: str) -> tuple[tuple[str, ast.AST], ...] | None:
        if name in names.functions:
            return ((names.file, names.functions[name]),)
        if name not in names.imports or self._outside(names.imports[name]):
            return None
        last = names.imports[name].rpartition(".")[2]
        found = [(other.file, other.functions[last]) for other in self._defining(last) if last in other.functions]
        return tuple(found) or None

    def _methods(
        self, name: str, method: str, names: FileNames, *, skip: bool = False
    ) -> tuple[tuple[str, ast.AST], ...]:
        """Return the method of a class, from the class itself or the nearest base in sight that has it."""
        for file, node in self._chain(name, names)[skip:]:
            for item in node.body:
                if isinstance(item, FUNCTIONS) and item.name == method:
                    return ((file, item),)
        return ()

    def _chain(self, name: str, names: FileNames) -> list[tuple[str, ast.ClassDef]]:
        """Return a class in sight and its bases in sight, nearest first; a name that several have is that of all."""
        found: list[tuple[str, ast.ClassDef]] = []
        pending = [name]
        seen = set()
        while pending:
            current = pending.pop(0)
            if current in seen:
                continue
            seen.add(current)
            near = [names] if current in names.classes else list(self._defining(current))
            for other in near:
                if (node := other.classes.get(current)) is not None:
                    found.append((other.file, node))
                    pending += [spelling(base).rpartition(".")[2] for base in node.bases]
        return found

    def _defining(self, name: str) -> Iterator[FileNames]:
        """Yield the files in sight that define a function or a class of a name."""
        pattern = re.compile(rf"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+{re.escape(name)}\b", re.MULTILINE)
        for file, text in (*self.own.items(), *self.shared.items()):
            if pattern.search(text) and (names := self.names(file)) is not None:
                yield names

    @cached_property
    def _classes(self) -> frozenset[str]:
        texts = (*self.own.values(), *self.shared.values())
        return frozenset(name for text in texts for name in CLASS.findall(text))

    def _inside(self, file: str, body: ast.AST) -> Iterator[tuple[str, int, int]]:
        """Yield where the body of a function makes calls that look like a publish or subscribe."""
        names = self.names(file)
        first, last = getattr(body, "lineno", 0), getattr(body, "end_lineno", 0)
        for call in names.calls if names is not None else ():
            if names is not None and first <= call.node.lineno <= last and any(self._fitting(names, call)):
                yield file, call.node.lineno, call.node.end_lineno or call.node.lineno

    def _by_topic(self, names: FileNames, call: WrittenCall) -> Lookalike | None:
        """Return a call that gives a text like a topic to what only a library that nobody can read defines."""
        head, _, method = spelling(call.node.func).rpartition(".")
        if not head or not call.node.args or not self._like_topic(call.node.args[0]):
            return None
        inside = head in ("self", "cls", "super")
        classes = [call.owner] if inside else self._made_of(names, head)
        if any(name and self._derived(name, method, names) for name in classes):
            return Lookalike(call=call, file=names.file, topic=call.node.args[0], action="")
        return None

    def _made_of(self, names: FileNames, head: str) -> list[str]:
        return [last for origin in names.origins(head) if (last := origin.rpartition(".")[2]) in self._classes]

    def _derived(self, name: str, method: str, names: FileNames) -> bool:
        """Say whether a class in sight has a method only from a base that is not: no such class of Python itself."""
        chain = self._chain(name, names)
        if any(isinstance(item, FUNCTIONS) and item.name == method for _, node in chain for item in node.body):
            return False
        return any(self._unread(file, base) for file, node in chain for base in node.bases)

    def _unread(self, file: str, base: ast.expr) -> bool:
        names = self.names(file)
        found = names.origins(spelling(base)) if names is not None else ()
        return any(
            self._outside(origin) and origin.partition(".")[0] not in sys.stdlib_module_names for origin in found
        )

    def _like_topic(self, node: ast.expr) -> bool:
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            text = self._texts.get(spelling(node).rpartition(".")[2], "")
        return TOPIC.fullmatch(text) is not None and text not in MEDIA_TYPES

    @cached_property
    def _texts(self) -> dict[str, str]:
        """Return the names in sight that are assigned a text, with that text."""
        return {name: said for text in (*self.shared.values(), *self.own.values()) for name, said in TEXT.findall(text)}


DERIVING = re.compile(r"^[ \t]*class[ \t]+\w+\([^)]", re.MULTILINE)
TEXT = re.compile(r"""^[ \t]*(\w+)[ \t]*(?::[^=\n]*)?=[ \t]*["']([^"'\n]*)["']""", re.MULTILINE)
CLASS = re.compile(r"^[ \t]*class[ \t]+(\w+)", re.MULTILINE)


def _argument(call: ast.Call, row: ClientCall) -> ast.expr | None:
    """Return the argument that a row takes for the topic, or the list out of which it comes."""
    position, keyword = row.topic
    for index, item in enumerate(call.args[: position + 1]):
        if index == position or isinstance(item, ast.Starred):
            return item.value if isinstance(item, ast.Starred) else item
    return next((item.value for item in call.keywords if item.arg in (keyword, None)), None)


def _module_names(file: str) -> Iterator[str]:
    """Yield the dotted names by which a file may be imported, from any folder above it."""
    path = PurePosixPath(file).with_suffix("")
    parts = path.parts[:-1] if path.name == "__init__" else path.parts
    for start in range(len(parts)):
        yield ".".join(parts[start:])
        yield parts[start]
