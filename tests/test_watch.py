"""What is noticed with `--reload`: documents, tags, exports at tags, versions named by hand, accepted breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support.registries import greenhouse, shrunk
from support.repository import repository
from support.serving import get, serving, waited

from asyncapi.workspace import git as ours
from portal.kept import history_cache
from portal.versions import tags
from portal.watch import Watched

Git = Callable[..., None]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Return a repository with one commit of the greenhouse as it was, and tags old, older and a/b."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "team"
    root.mkdir()
    git = repository(root)
    (root / "asyncapi.json").write_text(json.dumps(shrunk()), encoding="utf-8")
    git("add", ".")
    git("commit", "-qm", "first")
    for name in ("old", "older", "a/b"):
        git("tag", name)
    git("commit", "-qm", "second", "--allow-empty")
    return git


def _export(root: Path) -> None:
    folder = history_cache(root / "asyncapi.json")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{tags(root)[0].commit}.json").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "words",
    [
        ("tag", "new"),
        ("tag", "a/new"),
        ("tag", "-d", "old"),
        ("tag", "-f", "old"),
        ("commit", "-qm", "third", "--allow-empty"),
        ("checkout", "-q", "old"),
    ],
)
def test_tags_that_come_go_and_move_are_noticed(tmp_path: Path, git: Git, words: tuple[str, ...], packed: bool) -> None:
    """Every command that changes which tags come before what is checked out; looking changes nothing."""
    if packed:
        git("pack-refs", "--all")
    source = Watched(path=tmp_path / "team/asyncapi.json")
    before = source.signature()
    tags(source.path)
    assert source.signature() == before
    git(*words)
    assert source.signature() != before


def test_tags_are_noticed_from_another_working_tree(tmp_path: Path, git: Git) -> None:
    """A tag that is made elsewhere stands beside all working trees of a repository."""
    git("worktree", "add", "-q", str(tmp_path / "beside"), "-b", "beside")
    source = Watched(path=tmp_path / "beside/asyncapi.json")
    assert {folder.resolve() for folder in ours.folders(source.path)} == {
        (tmp_path / "team/.git/worktrees/beside").resolve(),
        (tmp_path / "team/.git").resolve(),
    }
    before = source.signature()
    git("tag", "new")
    assert source.signature() != before


@pytest.mark.usefixtures("git")
def test_exports_named_versions_and_accepted_breaks_are_noticed(tmp_path: Path) -> None:
    """What `portal history` writes, an edit of what --old and --accept name, and its removal."""
    root, old, accepted = tmp_path / "team", tmp_path / "old=1.json", tmp_path / "accepted.toml"
    old.write_text(json.dumps(shrunk()), encoding="utf-8")
    source = Watched(path=root / "asyncapi.json", versions=(f"v0={old}",), accept=accepted)
    seen = [source.signature()]
    for change in (
        lambda: _export(root),
        lambda: _export_again(root),
        lambda: old.write_text("{}", encoding="utf-8"),
        lambda: accepted.write_text("", encoding="utf-8"),
        lambda: old.unlink(),
    ):
        change()
        seen.append(source.signature())
    assert len(set(seen)) == 6


def _export_again(root: Path) -> None:
    for file in history_cache(root / "asyncapi.json").iterdir():
        file.write_text("{ }", encoding="utf-8")


def test_a_new_tag_is_shown_while_serving(tmp_path: Path, git: Git) -> None:
    """With --reload a tag that comes is a version, one that goes is none, and a broken one is told; marks follow."""
    root = tmp_path / "team"
    (root / "asyncapi.json").write_text(json.dumps(greenhouse()), encoding="utf-8")
    with serving(root / "asyncapi.json", "--reload") as (process, address):
        assert "since <a" in get(f"{address}/topics/valve/command/")
        git("commit", "-qam", "greenhouse")
        git("tag", "v9")
        assert waited(lambda: "v9" in get(f"{address}/changes/"))
        assert "since <a" not in get(f"{address}/topics/valve/command/")
        git("tag", "-d", "v9")
        assert waited(lambda: "v9" not in get(f"{address}/changes/"))
        (root / "asyncapi.json").write_text("{", encoding="utf-8")
        git("commit", "-qam", "broken")
        git("tag", "v10")
        (root / "asyncapi.json").write_text(json.dumps(greenhouse()), encoding="utf-8")
        assert waited(lambda: "v10 cannot be compared" in get(f"{address}/changes/"))
        assert process.poll() is None
