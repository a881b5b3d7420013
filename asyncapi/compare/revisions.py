"""A side of a diff: a document, a workspace, or a git revision of either, read into a registry.

A revision is written to a temporary folder (no checkout, no hook, the repository stays as it is) and exported
there in a child process. For the command line only.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asyncapi.documents.document import Document, load, loads
from asyncapi.errors import AbsentError, RevisionError
from asyncapi.workspace import git
from asyncapi.workspace.settings import FILE

_EXPORT_SECONDS = 300  # long enough for contracts that take minutes to import; then something hangs


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side as it was named, with the document that came of it."""

    name: str
    document: Document


def side(name: str, workspace: Path, *, python: Path | None = None) -> Side:
    """Return what a name stands for: a file, a workspace, `REVISION`, or `REVISION:FILE`.

    A path that exists wins over a revision of the same name. `workspace` is what a revision is a revision of.
    """
    if not name:
        raise RevisionError("an empty name stands for nothing", hint="name a revision, a document or a workspace")
    path = Path(name)
    if path.is_file() and path.suffix != ".toml":
        return Side(name=name, document=load(path))
    if path.exists():
        return Side(name=name, document=_exported(path, name, python))
    return at_revision(name, workspace, python=python)


def working_tree(workspace: Path, *, python: Path | None = None) -> Side:
    """Return the workspace as it is now."""
    return Side(name="working tree", document=_exported(workspace, str(workspace), python))


def _exported(path: Path, name: str, python: Path | None) -> Document:
    from asyncapi.exporting.export import export_workspace

    return Document(raw=export_workspace(path, python=python), source=name, format="json")


def at_revision(name: str, workspace: Path, *, python: Path | None = None) -> Side:
    """Return a workspace, or with `REVISION:FILE` a document, as it was at a git revision; RevisionError when not."""
    revision, _, file = name.partition(":")
    folder = (workspace if workspace.is_dir() else workspace.parent).resolve()
    commit = resolved(revision, folder)
    if file:
        data = _git(folder, ["cat-file", "blob", f"{commit}:./{file}"], name).stdout
        return Side(name=name, document=loads(data, source=name))
    root = Path(_text(_git(folder, ["rev-parse", "--show-toplevel"], name))).resolve()
    with tempfile.TemporaryDirectory(prefix="portal-diff-") as scratch:
        tree, index = Path(scratch, "tree"), Path(scratch, "index")
        tree.mkdir()
        _git(root, ["read-tree", commit], name, index=index)
        _git(root, ["checkout-index", "--all", "--quiet", f"--prefix={tree}/"], name, index=index)
        there = tree / workspace.resolve().relative_to(root)
        if not there.exists() or (there.is_dir() and not there.joinpath(FILE).is_file()):
            missing = (workspace if there.suffix == ".toml" else workspace / FILE).resolve().relative_to(root)
            hint = f"{missing} is not committed there; name a later revision, or a document"
            raise AbsentError("the workspace does not exist there", source=name, hint=hint)
        return Side(name=name, document=_in_child(there, Path(scratch, "document.json"), name, python))


def _in_child(workspace: Path, output: Path, name: str, python: Path | None) -> Document:
    """Export a workspace in a process of its own, so that nothing of it stays in ours."""
    command = [sys.executable, "-m", "portal.cli", "export", str(workspace), "-o", str(output), "--fail-on", "never"]
    command += ["--python", str(python)] if python else []
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_EXPORT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RevisionError(f"could not be exported: {error}", source=name) from error
    if done.returncode != 0 or not output.is_file():
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise RevisionError(f"could not be exported: {said.replace(str(workspace), '.')}", source=name)
    return Document(raw=load(output).raw, source=name, format="json")


def resolved(revision: str, folder: Path) -> str:
    """Return the commit that a revision names."""
    if not revision or "\0" in revision:
        raise RevisionError("is no file, no workspace and no revision", source=repr(revision))
    done = git.run(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"])
    if done.returncode != 0:
        hint = "fetch it first, if it is not in this clone"
        raise RevisionError("is no file, no workspace and no git revision", source=revision, hint=hint)
    return _text(done)


def merge_base(workspace: Path, *, branch: str = "") -> str:
    """Return the commit at which the working tree left a branch, the main branch unless one is named."""
    folder = (workspace.parent if workspace.is_file() else workspace).resolve()
    if not folder.is_dir():
        raise RevisionError("is no folder", source=str(workspace), hint="name the workspace with --workspace DIR")
    head = git.run(folder, ["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"])
    branches = [_text(head)] if head.returncode == 0 else []
    for name in [branch] if branch else (*branches, "main", "master", "origin/main", "origin/master", "trunk"):
        done = git.run(folder, ["merge-base", "--", name, "HEAD"])
        if done.returncode == 0:
            return _text(done)
    said, hint = _why_no_base(folder, branch)
    raise RevisionError(said, source=str(workspace), hint=hint)


def _why_no_base(folder: Path, branch: str) -> tuple[str, str]:
    """Return why nothing says with what to compare, and the remedy."""
    other = "say with what to compare: portal diff OLD"
    shallow = git.run(folder, ["rev-parse", "--is-shallow-repository"])
    if shallow.returncode != 0:
        return "is in no git repository", other
    if git.run(folder, ["rev-parse", "--verify", "--quiet", "HEAD"]).returncode != 0:
        return "the repository has no commit yet", other
    if _text(shallow) == "true":
        said = f"this shallow clone does not reach back to where {branch or 'the main branch'} was left"
        return said, f"fetch the whole history with git fetch --unshallow, or {other}"
    return f"no commit is shared with {branch}" if branch else "no main branch was found", other


def _git(
    folder: Path, arguments: Sequence[str], name: str, *, index: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    done = git.run(folder, arguments, index=index)
    if done.returncode != 0:
        said = (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[0]
        raise RevisionError(f"git says: {said}", source=name)
    return done


def _text(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stdout.decode(errors="replace").strip()
