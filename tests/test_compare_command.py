"""`portal diff`: documents, workspaces and git revisions, exit codes, and what cannot be compared."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from asyncapi.compare.revisions import at_revision, merge_base, resolved
from asyncapi.documents import yaml12
from asyncapi.errors import RevisionError
from portal.cli import main

FIXTURES = Path(__file__).parent / "fixtures" / "compare"
BREAKS = FIXTURES / "enum-value-added"
RETAINED = FIXTURES / "required-field-added--retained"
SAFE = FIXTURES / "words-changed"

MODEL = '''"""Contracts."""
from pydantic import BaseModel, ConfigDict

TOPIC_ORDERS_PLACED = "orders/placed"


class OrdersPlaced(BaseModel):
    """An order was placed."""

    model_config = ConfigDict(extra="forbid")
    order_id: str
'''


def diff(*words: object) -> int:
    """Run the command and return its exit code."""
    return main(["diff", *(str(word) for word in words)])


@pytest.mark.parametrize(
    ("folder", "words", "code"),
    [
        (BREAKS, (), 1),
        (BREAKS, ("--fail-on", "subscribers"), 1),
        (BREAKS, ("--fail-on", "publishers"), 0),
        (BREAKS, ("--fail-on", "retained"), 0),
        (BREAKS, ("--fail-on", "risk"), 1),
        (BREAKS, ("--fail-on", "never"), 0),
        (RETAINED, ("--fail-on", "retained"), 1),
        (SAFE, (), 0),
        (SAFE, ("--fail-on", "note"), 1),
        (FIXTURES / "default-changed", (), 0),
        (FIXTURES / "default-changed", ("--fail-on", "warning"), 1),
        (FIXTURES / "payload-undecided", (), 1),
    ],
)
def test_exit_code_follows_the_threshold(folder: Path, words: tuple[str, ...], code: int) -> None:
    """The exit code is 1 when a change reaches the threshold, and undecided counts as a break."""
    assert diff(folder / "old.yaml", folder / "new.yaml", *words) == code


def test_report_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With `-o` the report stands in the file and not on standard output."""
    target = tmp_path / "diff.json"
    assert diff(BREAKS / "old.yaml", BREAKS / "new.yaml", "--format", "json", "-o", target) == 1
    assert [one["rule"] for one in json.loads(target.read_text())["findings"]] == ["enum-value-added"]
    assert capsys.readouterr().out == ""


def _login(password: str) -> dict[str, object]:
    """Return a document in which two services know a password."""
    fields = {"password": {"type": "string", "default": password}, "secret": {"const": f"{password}-fixed"}}
    channel = {"$ref": "#/channels/login"}
    return {
        "asyncapi": "3.1.0",
        "info": {"title": "Login", "version": "1.0.0"},
        "channels": {"login": {"address": "login", "messages": {"Login": {"$ref": "#/components/messages/Login"}}}},
        "operations": {
            "ask": {"action": "send", "channel": channel, "x-service": "door"},
            "answer": {"action": "receive", "channel": channel, "x-service": "guard"},
        },
        "components": {
            "messages": {"Login": {"payload": {"$ref": "#/components/schemas/Login"}}},
            "schemas": {"Login": {"type": "object", "properties": fields, "required": ["secret"]}},
        },
    }


@pytest.mark.parametrize("writer", ["text", "markdown", "json", "github", "sarif", "junit", "html"])
def test_changed_secrets_are_found_and_not_told(
    writer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another password is a change with its effects, under a fingerprint of its own, and no report tells either."""
    old, *newer = (tmp_path / f"{name}.json" for name in ("old", "new", "newer"))
    for path, password in zip((old, *newer), ("hunter2-of-old", "hunter2-of-new", "hunter2-of-newer"), strict=True):
        path.write_text(json.dumps(_login(password)), encoding="utf-8")
    reports = []
    for new in newer:
        assert diff(old, new, "--format", writer) == 1
        reports.append(capsys.readouterr().out)
    assert "********" in reports[0] and "hunter2" not in "".join(reports)
    if writer == "json":
        (first, second) = ({item["fingerprint"] for item in json.loads(text)["findings"]} for text in reports)
        assert len(first) == len(second) == 2 and not first & second


def test_accepted_break_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fingerprint copied from the report into an accept file makes the command pass, until it expires."""
    diff(BREAKS / "old.yaml", BREAKS / "new.yaml", "--format", "json")
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    accept = tmp_path / "accept.toml"
    entry = f"[[accept]]\nfingerprint = '{finding['fingerprint']}'\nreason = 'known'\nowner = 'ops'\nexpires = '%s'\n"
    accept.write_text(entry % "2999-01-01")
    assert diff(BREAKS / "old.yaml", BREAKS / "new.yaml", "--accept", accept) == 0
    assert "accepted by ops until 2999-01-01: known" in capsys.readouterr().out
    accept.write_text(entry % "2000-01-01")
    assert diff(BREAKS / "old.yaml", BREAKS / "new.yaml", "--accept", accept) == 1
    assert "expired on 2000-01-01" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("nothing-of-that-name", "is no file, no workspace and no git revision"),
        ("--upload-pack=x", ""),
        ("HEAD:gone.yaml", "git says"),
    ],
)
def test_what_cannot_be_compared(
    old: str, said: str, repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A side that is nothing exits with 2 and one sentence."""
    monkeypatch.chdir(repository)
    if not said:
        with pytest.raises(SystemExit) as stopped:
            diff(old, BREAKS / "new.yaml")
        assert stopped.value.code == 2
    else:
        assert diff(old, BREAKS / "new.yaml") == 2
        assert said in capsys.readouterr().err


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with a workspace in a folder, committed on main and changed on a branch."""
    root = tmp_path / "repository"
    package = root / "work" / "src" / "contracts"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(MODEL)
    (root / "work" / "portal.toml").write_text('title = "Orders"\ncontracts = ["contracts"]\npath = ["src"]\n')
    (root / "api.yaml").write_text((BREAKS / "old.yaml").read_text())
    (root / ".gitignore").write_text("__pycache__/\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    git(root, "switch", "-q", "-c", "change")
    (package / "__init__.py").write_text(MODEL + "    note: str | None = None\n")
    git(root, "commit", "-q", "-a", "-m", "second")
    return root


def git(root: Path, *words: str) -> str:
    """Run git as nobody in particular."""
    who = {f"GIT_{role}_{what}": "nobody" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(["git", *words], cwd=root, env=os.environ | who, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_revisions_of_a_workspace(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Revisions are exported as they were; without any, the branch is compared with where it left main."""
    workspace = repository / "work"
    before = git(repository, "status", "--porcelain", "--ignored")
    for sides in (("main", "HEAD"), ("HEAD~1",), (), ("main", "change")):
        assert diff(*sides, "--workspace", workspace, "--format", "json") == 1
        [finding] = json.loads(capsys.readouterr().out)["findings"]
        assert (finding["rule"], finding["subscribers"]) == ("optional-field-added", "breaks")
    assert diff("HEAD", "--workspace", workspace) == 0
    after = git(repository, "status", "--porcelain", "--ignored")
    assert after.replace("!! work/src/contracts/__pycache__/", "").strip() == before
    assert git(repository, "worktree", "list").count("\n") == 0


def test_documents_at_revisions(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`REVISION:FILE` is a document as it was committed."""
    monkeypatch.chdir(repository)
    assert at_revision("HEAD:api.yaml", repository).document.raw == yaml12.loads((repository / "api.yaml").read_text())
    (repository / "api.yaml").write_text((BREAKS / "new.yaml").read_text())
    assert diff("HEAD:api.yaml", "api.yaml") == 1
    assert diff("api.yaml", "api.yaml") == 0


def test_revisions_are_resolved_to_commits(repository: Path) -> None:
    """Branches, tags and abbreviations are commits; options, trees and nonsense are not."""
    commit = git(repository, "rev-parse", "main")
    git(repository, "tag", "v1", "main")
    assert {resolved(name, repository) for name in ("main", "v1", commit[:8], "HEAD~1", "change^")} == {commit}
    assert merge_base(repository) == commit
    for name in ("", "--help", "gone", "HEAD^{tree}", "main..change", "a\0b"):
        with pytest.raises(RevisionError):
            resolved(name, repository)


def test_revision_without_the_workspace_is_said(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workspace that did not exist yet cannot be compared."""
    other = repository / "later"
    other.mkdir()
    assert diff("main", "--workspace", other) == 2
    assert "the workspace does not exist there" in capsys.readouterr().err


def _on_no_branch(root: Path) -> Path:
    git(root, "branch", "-m", "main", "elsewhere")
    return root / "work"


def _shallow(root: Path) -> Path:
    git(root, "switch", "-q", "main")
    clone = root.parent / "clone"
    git(root, "clone", "-q", "--depth", "1", "--branch", "change", root.as_uri(), str(clone))
    return clone / "work"


def _without_git(root: Path) -> Path:
    return Path(shutil.copytree(root / "work", root.parent / "plain"))


def _without_commit(root: Path) -> Path:
    copy = shutil.copytree(root / "work", root.parent / "empty")
    git(copy, "init", "-q", "-b", "main")
    return Path(copy)


def _untracked(root: Path) -> Path:
    return Path(shutil.copytree(root / "work", root / "young"))


def _broken(root: Path) -> Path:
    git(root, "switch", "-q", "main")
    (root / "work/src/contracts/__init__.py").write_text("import gone_module\n")
    git(root, "commit", "-q", "-a", "-m", "broken")
    git(root, "switch", "-q", "-C", "change")
    (root / "work/src/contracts/__init__.py").write_text(MODEL)
    return root / "work"


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (_on_no_branch, "no main branch was found (say with what to compare: portal diff OLD)"),
        (_shallow, "this shallow clone does not reach back to where the main branch was left (fetch the whole history"),
        (_without_git, "is in no git repository (say with what to compare: portal diff OLD)"),
        (_without_commit, "the repository has no commit yet (say with what to compare: portal diff OLD)"),
        (_untracked, "the workspace does not exist there (young/portal.toml is not committed there"),
        (_broken, "could not be exported: portal: src/contracts/__init__.py:1: contracts could not be imported"),
        (lambda root: root / "nowhere", "nowhere: is no folder (name the workspace with --workspace DIR)"),
    ],
)
def test_default_side_that_cannot_be_had_is_one_sentence(
    prepare: Callable[[Path], Path], said: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a side to compare with, the command exits with 2 and says why, and what to do."""
    assert diff("--workspace", prepare(repository)) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_default_sides_from_a_detached_head_and_from_within(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A detached head and a workspace in a folder are compared with where they left the main branch."""
    git(repository, "checkout", "-q", "--detach")
    monkeypatch.chdir(repository / "work")
    assert diff("--format", "json") == 1
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert finding["rule"] == "optional-field-added"


def _workspace(folder: Path, *broken: str) -> Path:
    """Write a workspace of contracts in two modules, some of which are no Python."""
    modules = {
        "orders": MODEL,
        "returns": MODEL.replace("orders/placed", "returns/made")
        .replace("Order", "Return")
        .replace("ORDERS", "RETURNS"),
    }
    (folder / "shop").mkdir(parents=True)
    (folder / "portal.toml").write_text('contracts = ["shop"]\npath = ["."]\n', encoding="utf-8")
    (folder / "shop" / "__init__.py").write_text("", encoding="utf-8")
    for name, text in modules.items():
        (folder / "shop" / f"{name}.py").write_text(text if name not in broken else f"{text}(", encoding="utf-8")
    return folder


@pytest.mark.parametrize("writer", ["text", "markdown", "json", "github", "sarif", "junit", "html"])
def test_a_module_that_only_one_version_has_is_told_first(
    writer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be imported in the new version fails and is said in every format; in both versions it is no news."""
    whole, broken, twin = (
        _workspace(tmp_path / name, *lost) for name, *lost in (("a",), ("b", "returns"), ("c", "returns"))
    )
    for old, new, code in ((whole, broken, 1), (broken, whole, 0), (broken, twin, 0)):
        assert diff(old, new, "--format", writer) == code
        said = capsys.readouterr().out
        assert ("returns could not be imported" in said.replace("\\", "")) is (old != broken or new != twin)
    assert diff(whole, broken, "--fail-on", "never") == 0
