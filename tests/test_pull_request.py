"""Pull requests: one comment that stays true, an artifact taken as a stranger's, and both jobs from end to end."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.hub import BOT, Hub, hub, zipped

from asyncapi.errors import PortalError
from portal.cli import main
from portal.commands.pr import LARGEST_SUMMARY, _summarise
from portal.pull_request.event import Run, finished_run, pull_requests, repository
from portal.pull_request.github import GitHub, GitHubError
from portal.pull_request.handed import LARGEST, unpacked
from portal.pull_request.sticky import keep, mark

SHA = "a" * 40


@pytest.fixture
def served() -> Iterator[Hub]:
    """Run the stand-in for GitHub."""
    with hub() as shown:
        yield shown


def asked(shown: Hub) -> GitHub:
    """Return the client for the stand-in; it waits for nothing."""
    return GitHub(address=shown.address, repository="o/r", token="secret", wait=lambda _: None)


# the comment


def test_a_comment_is_posted_once_and_then_kept(served: Hub) -> None:
    """Posted, left alone while it says the same, changed when it does not, and flipped when all is well again."""
    github = asked(served)
    assert keep(github, 1, "breaks", key="w", quiet=False) == "posted"
    assert keep(github, 1, "breaks", key="w", quiet=False) == "unchanged"
    assert keep(github, 1, "nothing changed", key="w", quiet=True) == "updated"
    assert [comment["body"] for comment in served.comments] == [f"{mark('w')}\nnothing changed"]


def test_a_quiet_change_says_nothing_first(served: Hub) -> None:
    """Where nothing changed and nothing was said before, nothing is posted."""
    assert keep(asked(served), 1, "nothing", key="w", quiet=True) == "nothing to say"
    assert served.comments == []


def test_strangers_cannot_take_our_place(served: Hub) -> None:
    """A comment with our mark by somebody else is not ours, nor is one that only quotes the mark."""
    served.comment(f"{mark('w')}\nfake", login="stranger")
    served.comment(f"> {mark('w')}\nquoted", login=BOT)
    assert keep(asked(served), 1, "true", key="w", quiet=False) == "posted"
    assert [comment["body"].splitlines()[-1] for comment in served.comments] == ["fake", "quoted", "true"]


def test_the_comment_is_found_behind_many_others(served: Hub) -> None:
    """All pages of comments are read before one is posted."""
    for number in range(250):
        served.comment(f"talk {number}", login="somebody")
    served.comment(f"{mark('w')}\nold")
    assert keep(asked(served), 1, "new", key="w", quiet=False) == "updated"
    assert len(served.comments) == 251


def test_workspaces_have_a_comment_each(served: Hub) -> None:
    """Two workspaces of one repository do not overwrite each other."""
    for key in ("a", "b", "a"):
        keep(asked(served), 1, f"of {key}", key=key, quiet=False)
    assert [comment["body"].splitlines()[-1] for comment in served.comments] == ["of a", "of b"]


def test_two_jobs_at_once_leave_one_comment(served: Hub) -> None:
    """When another job posts in the same moment, one comment is left, with what the last one had to say."""
    served.before_post = lambda: (setattr(served, "before_post", lambda: None), served.comment(f"{mark('w')}\nother"))[
        0
    ]
    assert keep(asked(served), 1, "mine", key="w", quiet=False) == "posted"
    assert [comment["body"] for comment in served.comments] == [f"{mark('w')}\nmine"]


def test_line_ends_are_no_news(served: Hub) -> None:
    """A host that changes the ends of lines does not make the comment new."""
    served.comment(f"{mark('w')}\r\nbreaks\r\n")
    assert keep(asked(served), 1, "breaks  \n\n", key="w", quiet=False) == "unchanged"


def test_what_is_too_long_is_said_in_short(served: Hub) -> None:
    """GitHub takes 65,536 characters; beyond that the short form is posted, with the same mark."""
    assert keep(asked(served), 1, "x" * 70_000, key="w", quiet=False, short="too much") == "posted"
    assert served.comments[0]["body"] == f"{mark('w')}\ntoo much"


@pytest.mark.parametrize(
    ("answers", "tries", "outcome"),
    [
        ([(429, {"message": "slow"}, {"retry-after": "1"})], 2, "posted"),
        ([(403, {"message": "limit"}, {"x-ratelimit-remaining": "0"})], 2, "posted"),
        ([(502, {"message": "away"}, {})] * 3, 4, "posted"),
        ([(502, {"message": "away"}, {})] * 9, 4, 502),
        ([(403, {"message": "Resource not accessible by integration"}, {})], 1, 403),
        ([(429, {"message": "slow"}, {"retry-after": "86400"})], 1, 429),
        ([(404, {"message": "Not Found"}, {})], 1, 404),
    ],
)
def test_patience_is_bounded(served: Hub, answers: list[Any], tries: int, outcome: str | int) -> None:
    """Limits and faults are waited for a few times; a refusal is told at once, with what would help."""
    left = list(answers)
    served.refuse = lambda method, *_: left.pop(0) if method == "POST" and left else None
    try:
        found: str | int = keep(asked(served), 1, "body", key="w", quiet=False)
    except GitHubError as error:
        found = error.status
        assert "secret" not in str(error)
    assert (found, sum(method == "POST" for method, _, _ in served.asked)) == (outcome, tries)


# what is handed over


def _bomb() -> bytes:
    return zipped(new_json=b"{" + b" " * (LARGEST + 10))


def _twice() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("new.json", "{}")
        archive.writestr("new.json", "{}")
    return made.getvalue()


def _packed(method: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("new.json", "{}")
    return made.getvalue()


def _elsewhere() -> bytes:
    """Return a zip file whose list of contents says that it stands before the file's begin."""
    made = bytearray(_packed(zipfile.ZIP_DEFLATED))
    end = made.rindex(b"PK\x05\x06")
    made[end + 16 : end + 20] = (2**31).to_bytes(4, "little")
    return bytes(made)


@pytest.mark.parametrize(
    ("archive", "says"),
    [
        (b"no zip", "no zip file"),
        (b"", "no zip file"),
        (zipped(), "holds 0 files"),
        (zipped(new_json=b"{}", more_json=b"{}"), "holds 2 files"),
        (zipped(**{"../new_json": b"{}"}), "holds 1 files, not new.json alone"),
        (zipped(new_json=b"asyncapi: 3.1.0"), "no JSON document"),
        (zipped(new_json=b"{"), "artifact"),
        (zipped(new_json=b'{"a": ' * 5_000), "artifact"),
        (_bomb(), "larger than 20 MB"),
        (_twice(), "holds 2 files"),
        (zipped(new_json=b"{}")[:-30], "no zip file"),
        (_packed(zipfile.ZIP_LZMA), "packed in a way that is not read here"),
        (_elsewhere(), "no zip file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "archive",
)
def test_an_artifact_is_a_strangers(archive: bytes, says: str) -> None:
    """Anything but one small JSON document is refused in one sentence, whatever the zip file tries."""
    with pytest.raises(PortalError) as caught:
        unpacked(archive)
    assert says in str(caught.value)


def test_the_token_stays_with_github(served: Hub) -> None:
    """The address to which an artifact's download leads is asked without the token."""
    served.archive = zipped(new_json=b'{"asyncapi": "3.1.0"}')
    assert asked(served).download("actions/artifacts/1/zip") == served.archive
    assert [(path, bool(token)) for _, path, token in served.asked] == [
        ("actions/artifacts/1/zip", True),
        ("blob/x", False),
    ]


# which pull request


def test_a_pull_request_is_found_by_its_head(served: Hub) -> None:
    """By branch first, else among all open ones; closed ones and other heads do not count."""
    served.merge_base = "c" * 40
    served.pull(1, "d" * 40)
    served.pull(2, SHA, state="closed")
    served.pull(3, SHA)
    served.pull(4, SHA, label="other:branch")
    run = Run(number=1, page="", head_sha=SHA, head_label="stranger:change")
    assert [(one.number, one.merge_base) for one in pull_requests(asked(served), run)] == [(3, "c" * 40)]
    renamed = Run(number=1, page="", head_sha=SHA, head_label="gone:gone")
    assert [one.number for one in pull_requests(asked(served), renamed)] == [3, 4]
    nobody = Run(number=1, page="", head_sha="e" * 40, head_label="stranger:change")
    assert pull_requests(asked(served), nobody) == ()


@pytest.mark.parametrize(
    "said", [{}, {"workflow_run": None}, {"workflow_run": {"head_sha": "main; rm -rf /", "id": 1}}]
)
def test_only_a_finished_run_starts_the_second_job(said: dict[str, Any]) -> None:
    """Another event, or a head that is no commit, is told in one sentence."""
    with pytest.raises(PortalError, match="workflow_run"):
        finished_run(said)


def test_outside_of_actions_one_sentence_says_so() -> None:
    """Without the environment of a job there is nothing to do."""
    with pytest.raises(PortalError, match="GITHUB_REPOSITORY"):
        repository({})


# both jobs, from end to end

CONTRACTS = '''"""Contracts."""
from pydantic import BaseModel, ConfigDict

TOPIC_DOOR_OPENED = "door/opened"


class DoorOpened(BaseModel):
    """A door was opened."""

    model_config = ConfigDict(extra="forbid")
    door: str
'''
SETTINGS = 'title = "Doors"\ncontracts = ["doors"]\npath = ["."]\n'


class Repository:
    """A git repository with a base branch and the checkout of a pull request, and the two jobs as processes."""

    def __init__(self, folder: Path, served: Hub) -> None:
        """Make the base with contracts, and a branch from it."""
        self.base, self.head, self.hub, self.folder = folder / "base", folder / "head", served, folder
        self.base.mkdir()
        self.git(self.base, "init", "-q", "-b", "main")
        self.write(self.base, CONTRACTS)
        self.commit(self.base)
        self.git(folder, "clone", "-q", str(self.base), str(self.head))
        self.git(self.head, "checkout", "-q", "-b", "change")

    def git(self, folder: Path, *words: str) -> str:
        """Run git."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        environment |= {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        done = subprocess.run(
            ["git", "-C", str(folder), *words], check=True, capture_output=True, text=True, env=environment
        )
        return done.stdout.strip()

    def write(self, folder: Path, contracts: str) -> None:
        """Write the workspace."""
        (folder / "portal.toml").write_text(SETTINGS)
        (folder / "doors.py").write_text(contracts)

    def commit(self, folder: Path) -> str:
        """Commit everything and return the commit."""
        self.git(folder, "add", ".")
        self.git(folder, "commit", "-qm", "change")
        return self.git(folder, "rev-parse", "HEAD")

    def collect(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the first job in the pull request's checkout; what it hands over lies on the hub then."""
        summary = self.folder / "summary.md"
        done = self.portal(self.head, "collect", *words, GITHUB_BASE_REF="main", GITHUB_STEP_SUMMARY=str(summary))
        handed = self.head / "contract-portal/new.json"
        self.hub.archive = zipped(new_json=handed.read_bytes()) if handed.exists() else b""
        self.hub.artifacts = [{"id": 9, "name": "contract-portal"}] if handed.exists() else []
        return done

    def comment(self, *words: str, also: str = "") -> subprocess.CompletedProcess[str]:
        """Run the second job in the base's checkout; `also` is where a second pull request of the same head left."""
        head = self.git(self.head, "rev-parse", "HEAD")
        self.hub.merge_base = self.git(self.base, "rev-parse", "HEAD")
        run = {"id": 5, "head_sha": head, "head_branch": "change", "html_url": "https://hub.example/runs/5"}
        run["head_repository"] = {"owner": {"login": "stranger"}}
        event = self.folder / "event.json"
        event.write_text(json.dumps({"workflow_run": run}))
        self.hub.pulls = []
        self.hub.pull(7, head)
        if also:
            self.hub.pull(8, head, base="c" * 40)
            self.hub.merge_bases["c" * 40] = also
        return self.portal(
            self.base,
            "comment",
            *words,
            GITHUB_EVENT_PATH=str(event),
            GITHUB_REPOSITORY="o/r",
            GITHUB_API_URL=self.hub.address,
            GITHUB_TOKEN="secret",
        )

    def portal(self, folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `portal pr`."""
        command = [sys.executable, "-m", "portal.cli", "pr", *words]
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_"))}
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, env={**clean, **environment}, check=False, timeout=120
        )


@pytest.fixture
def team(tmp_path: Path, served: Hub) -> Repository:
    """Make a repository with contracts and a pull request's checkout."""
    return Repository(tmp_path, served)


def test_a_breaking_change_is_said_by_both_jobs(team: Repository, tmp_path: Path) -> None:
    """Summary, annotation on the field's line, document, comment, status, preview; then all is well again."""
    team.write(team.head, CONTRACTS + "    floor: int\n")
    team.commit(team.head)
    first = team.collect()
    assert (first.returncode, "Traceback" in first.stderr) == (1, False)
    assert "required field floor added" in (tmp_path / "summary.md").read_text()
    assert "::error file=doors.py,line=12" in first.stdout
    second = team.comment("--status", "--preview", str(tmp_path / "pr"))
    assert (second.returncode, second.stderr.strip().rpartition("Comment ")[2]) == (0, "posted.")
    (comment,) = team.hub.comments
    assert "required field floor added" in comment["body"]
    assert "(https://hub.example/runs/5)" in comment["body"]
    assert [(body["context"], body["state"]) for _, body in team.hub.statuses] == [("contracts", "failure")]
    assert "required field floor added" in (tmp_path / "pr/7/changes/current/index.html").read_text()
    team.write(team.head, CONTRACTS)
    team.commit(team.head)
    assert (team.collect().returncode, team.comment().returncode) == (0, 0)
    assert "Nothing changed" in team.hub.comments[0]["body"]


def test_a_commit_is_as_good_as_its_worst_pull_request(team: Repository) -> None:
    """One head that is proposed for two branches has one status: it fails when it breaks either."""
    contracts = CONTRACTS + "    floor: int\n"
    team.write(team.head, contracts)
    team.commit(team.head)
    team.collect()
    team.git(team.base, "checkout", "-q", "-b", "next")
    team.write(team.base, contracts)
    has_it_already = team.commit(team.base)
    team.git(team.base, "checkout", "-q", "main")
    done = team.comment("--status", also=has_it_already)
    assert (done.returncode, done.stderr.count("Comment")) == (0, 2)
    assert [body["state"] for _, body in team.hub.statuses] == ["failure"]
    assert team.comment(also=has_it_already).returncode == 1


def test_the_second_job_believes_nothing_of_the_first(team: Repository) -> None:
    """A document that plays down what it changes, in hostile words, is compared and neutralised all the same."""
    team.write(team.head, CONTRACTS)
    team.collect()
    evil = json.loads((team.head / "contract-portal/new.json").read_text())
    evil["info"]["x-policy"] = {"diff_severity": {"topic-removed": "ok", "required-field-added": "ok"}}
    schema = evil["components"]["schemas"]["DoorOpened"]
    schema["properties"]["@everyone <img src=x>"] = {"type": "string"}
    schema["required"] = ["@everyone <img src=x>"]
    team.hub.archive = zipped(new_json=json.dumps(evil).encode())
    done = team.comment()
    assert done.returncode == 1
    body = team.hub.comments[0]["body"]
    assert ("@everyone" in body.partition("```")[0], "<img" in body.partition("```")[0]) == (False, False)


def test_a_pull_request_may_bring_the_contracts(team: Repository) -> None:
    """Where the base has no workspace yet everything is new, and nothing fails."""
    team.git(team.base, "rm", "-q", "portal.toml", "doors.py")
    (team.base / "README").write_text("x")
    team.commit(team.base)
    team.git(team.head, "fetch", "-q", "origin")
    team.git(team.head, "reset", "-q", "--hard", "origin/main")
    team.write(team.head, CONTRACTS)
    team.commit(team.head)
    first = team.collect()
    assert first.returncode == 0, first.stderr
    assert team.comment().returncode == 0
    assert "door/opened" in team.hub.comments[0]["body"]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda team: setattr(team.hub, "artifacts", []), "has no artifact contract-portal"),
        (lambda team: setattr(team.hub, "archive", b"junk"), "no zip file"),
        (
            lambda team: setattr(team.hub, "refuse", lambda *_: (403, {"message": "Resource not accessible"}, {})),
            "pull-requests: write",
        ),
    ],
)
def test_what_the_second_job_cannot_do_it_says(team: Repository, spoil: Any, says: str) -> None:
    """No artifact, a broken one, a token without rights: exit 2 and one sentence, no traceback, no token."""
    team.write(team.head, CONTRACTS)
    team.collect()
    spoil(team)
    done = team.comment()
    assert (done.returncode, says in done.stderr, "Traceback" in done.stderr) == (2, True, False)
    assert "secret" not in done.stderr + done.stdout


def test_without_a_shared_commit_collect_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A shallow clone has no merge base; the remedy is named."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    (origin / "portal.toml").write_text(SETTINGS)
    (origin / "doors.py").write_text(CONTRACTS)
    who = ("-c", "user.name=x", "-c", "user.email=x")
    for words in (
        ("-C", str(origin), "init", "-q", "-b", "topic"),
        ("-C", str(origin), "add", "."),
        ("-C", str(origin), *who, "commit", "-qm", "one"),
        ("-C", str(origin), *who, "commit", "-qm", "two", "--allow-empty"),
        ("clone", "-q", "--depth", "1", f"file://{origin}", str(clone)),
    ):
        subprocess.run(["git", *words], check=True)
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert main(["pr", "collect", "--workspace", str(clone), "-o", str(tmp_path / "out")]) == 2
    assert "fetch the whole history" in capsys.readouterr().err


def test_a_summary_keeps_to_the_bytes_that_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit counts bytes, not letters, and half a character is no reason to fail."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    _summarise("\ud800" + "ä" * LARGEST_SUMMARY)
    written = (tmp_path / "summary.md").read_bytes()
    assert (len(written), written[:3], written[-1:]) == (LARGEST_SUMMARY + 1, "?ä".encode(), b"\n")
