"""Where the processes of a service start: what projects declare, files that are programs, what command lines name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from asyncapi.services import declared, deployments, tops
from asyncapi.services.commands import Command, starts
from asyncapi.services.files import ServiceFiles
from asyncapi.services.imports import imported, reached
from asyncapi.services.modules import SourceFile, relative
from asyncapi.sites import ServiceSource
from asyncapi.sources import Source

Kind = Literal["script", "main", "command", "asgi", "module"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """One place where a process of a service starts.

    `module` is run or imported, `file` is its path relative to the workspace. `call` names what is called in it without
    arguments (`main`, `Cli.start`), of an `asgi` root the app object, which a `factory` returns when it is called;
    nothing means that running the module is all, as `__main__` when `main` is True. `evidence` is where it is said that
    it starts, `also` where else. `kind`: `script` is declared by a project, `main` a file that is a program, `command`
    and `asgi` are named by a command line (an app also by itself, where nothing else starts the service), `module` is
    assumed. `imported` tells that other files of the service import the module: its guarded part may be a try-out.
    """

    module: str
    file: str
    call: str = ""
    main: bool = False
    kind: Kind
    evidence: Source
    also: tuple[Source, ...] = ()
    factory: bool = False
    imported: bool = False


def roots(service: ServiceSource, files: ServiceFiles) -> tuple[Root, ...]:
    """Return where the processes of a service start, each once, in the order of evidence; try-outs, if so, last."""
    assert files.service == service
    found: dict[tuple[str, str, bool], Root] = {}
    same = _Same(files)
    for root in (*_scripts(files), *_programs(files), *_commands(files)):
        key = same.key(root)
        known = found.get(key)
        if known is None:
            found[key] = root
        elif root.evidence != known.evidence and root.evidence not in known.also:
            found[key] = replace(known, also=(*known.also, root.evidence))
    inside = {other for item in files.files for other in imported(item, files)}
    named = {item.file for item in inside}
    result = [replace(root, imported=root.file in named) for root in found.values()] or list(_apps(files))
    return tuple(sorted(result, key=lambda root: root.kind == "main" and root.imported and not root.also))


def importers(files: ServiceFiles, known: Sequence[Root] | None = None) -> tuple[Root, ...]:
    """Return modules to import so that every file of the service is reached, besides what `known` roots reach.

    Those come first that no other such module imports; of modules that import each other one is enough. Files that are
    no Python and empty ones are left out.
    """
    begin = roots(files.service, files) if known is None else known
    places = {item.file: item for item in files.files}
    seen = set(reached((places[root.file] for root in begin if root.file in places), files))
    left = [item for item in files.files if item not in seen and (tree := item.tree()) is not None and tree.body]
    inner = {other for item in left for other in imported(item, files)}
    found: list[Root] = []
    for item in sorted(left, key=lambda item: item in inner):
        if item not in seen:
            seen |= reached([item], files)
            found.append(_root(item, kind="module", evidence=Source(file=item.file, line=1)))
    return tuple(found)


def _root(item: SourceFile, *, kind: Kind, evidence: Source, call: str = "", main: bool = False) -> Root:
    return Root(module=item.name, file=item.file, kind=kind, evidence=evidence, call=call, main=main)


def _scripts(files: ServiceFiles) -> Iterator[Root]:
    """Yield the programs that projects in the workspace declare and that lie in the service."""
    for path, script in files.shared.once(("scripts", files.root), lambda: _installed(files)):
        target = _declared(script.module, path.parent, files)
        if target is not None:
            evidence = Source(file=relative(path, files.root), line=script.line)
            yield _root(target, kind="script", evidence=evidence, call=script.call)


def _installed(files: ServiceFiles) -> tuple[tuple[Path, declared.Script], ...]:
    """Return the programs that the projects of the workspace install, those of pyproject.toml first."""
    listed = files.shared.walk(files.root, declared.is_project).paths
    ordered = sorted(listed, key=lambda path: declared.PROJECT_FILES.index(path.name))
    return tuple((path, script) for path in ordered for script in declared.scripts(path, files.shared.content(path)))


def _declared(module: str, project: Path, files: ServiceFiles) -> SourceFile | None:
    """Return the service's file of a module as its project names it, by place or by the name of a package."""
    path = module.replace(".", "/")
    for base in (project / "src", project):
        for place in (base / path / "__init__.py", base / f"{path}.py"):
            if place.is_file():
                return files.at(place)
    named = files.own(module)
    return named if named is not None and "." in module and named.path.is_relative_to(project) else None


def _programs(files: ServiceFiles) -> Iterator[Root]:
    """Yield the files that are programs by themselves: `__main__.py` first, then those with a guard."""
    mains = [item for item in files.files if item.path.name == "__main__.py"]
    for item in (*mains, *(item for item in files.files if item not in mains)):
        tree = item.tree() if item in mains or "__name__" in item.text else None
        guard = tops.guard(tree)
        line = guard.lineno if guard is not None else tops.acting_line(tree) if item in mains else None
        if line is not None:
            yield _root(item, kind="main", evidence=Source(file=item.file, line=line), main=True)


def _commands(files: ServiceFiles) -> Iterator[Root]:
    """Yield what command lines in the workspace start of the service: images and their like first, then scripts."""
    for command in files.shared.once(("commands", files.root), lambda: _lines(files)):
        for start in starts(command, files):
            evidence = Source(file=command.file, line=start.line)
            kind: Kind = "asgi" if start.call else "command"
            root = _root(start.target, kind=kind, evidence=evidence, call=start.call, main=not start.call)
            yield replace(root, factory=start.factory)


def _lines(files: ServiceFiles) -> tuple[Command, ...]:
    """Return the command lines of the workspace, scripts last."""
    listed = files.shared.walk(files.root, deployments.is_deployment).paths
    ordered = sorted(listed, key=lambda path: bool(deployments.SCRIPT.fullmatch(path.name)))
    return tuple(command for path in ordered for command in deployments.commands(path, files.root))


def _apps(files: ServiceFiles) -> Iterable[Root]:
    for item in files.files:
        tree = item.tree()
        for name, line in tops.apps(tree) if tree is not None else ():
            yield _root(item, kind="asgi", evidence=Source(file=item.file, line=line), call=name)


class _Same:
    """Tells which roots are one process: a program that does nothing but call a declared function is that script."""

    def __init__(self, files: ServiceFiles) -> None:
        self.files = files
        self.places = {item.file: item for item in files.files}
        self.scripts: set[tuple[str, str, bool]] = set()

    def key(self, root: Root) -> tuple[str, str, bool]:
        """Return what a root has in common with others of its process; scripts have to come first."""
        key = (root.file, root.call, root.main)
        if root.kind == "script":
            self.scripts.add(key)
        elif root.main:
            called = self._called(self.places[root.file])
            return called if called in self.scripts else key
        return key

    def _called(self, item: SourceFile) -> tuple[str, str, bool] | None:
        """Return the function that running a file comes down to, where it is defined."""
        tree = item.tree()
        name = tops.sole_call(tree, main_file=item.path.name == "__main__.py") if tree is not None else ""
        for node in tree.body if tree is not None and name else ():
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        base = self.files.absolute(item, node.level, node.module or "")
                        found = self.files.find(base, item)
                        return (found.file, alias.name, False) if found is not None else None
        return (item.file, name, False) if name else None
