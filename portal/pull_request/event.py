"""What started a job on GitHub: the environment and the event, and the pull request that a finished run belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asyncapi.errors import PortalError
from portal.pull_request.github import GitHub

API = "https://api.github.com"
_SHA = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A finished run of the first job: its number, its page, the commit it ran on, and whose branch that is."""

    number: int
    page: str
    head_sha: str
    head_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """An open pull request by its number, and the commit from which the comparison starts."""

    number: int
    merge_base: str


def repository(environment: Mapping[str, str]) -> GitHub:
    """Return the repository in which a job runs; PortalError outside of GitHub Actions."""
    name = environment.get("GITHUB_REPOSITORY", "")
    if name.count("/") != 1:
        raise PortalError("GITHUB_REPOSITORY is not set", source="environment", hint="this runs in GitHub Actions")
    token = environment.get("GITHUB_TOKEN", "")
    return GitHub(address=environment.get("GITHUB_API_URL") or API, repository=name, token=token)


def event(environment: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the event that started the job."""
    path = environment.get("GITHUB_EVENT_PATH", "")
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PortalError(f"the event cannot be read: {error}", source=path or "GITHUB_EVENT_PATH") from error
    return found if isinstance(found, dict) else {}


def finished_run(said: Mapping[str, Any]) -> Run:
    """Return the run that a `workflow_run` event is about."""
    run = said.get("workflow_run")
    sha = run.get("head_sha") if isinstance(run, Mapping) else None
    if not isinstance(run, Mapping) or not isinstance(sha, str) or not _SHA.fullmatch(sha):
        raise PortalError("is no workflow_run", source="event", hint="start this job on: workflow_run")
    owner = ((run.get("head_repository") or {}).get("owner") or {}).get("login") or ""
    return Run(
        number=int(run["id"]),
        page=str(run.get("html_url") or ""),
        head_sha=sha,
        head_label=f"{owner}:{run.get('head_branch') or ''}",
    )


def pull_requests(github: GitHub, run: Run) -> tuple[PullRequest, ...]:
    """Return the open pull requests whose head is the commit of a run; a run of a fork does not name its own."""
    found = []
    for said in _open(github, run):
        base = str(said["base"]["sha"])
        compared = github.get(f"compare/{base}...{run.head_sha}", per_page=1)
        found.append(PullRequest(number=int(said["number"]), merge_base=str(compared["merge_base_commit"]["sha"])))
    return tuple(found)


def _open(github: GitHub, run: Run) -> Iterator[Mapping[str, Any]]:
    named = [one for one in github.pages("pulls", state="open", head=run.head_label) if _heads(one, run)]
    yield from named or [one for one in github.pages("pulls", state="open") if _heads(one, run)]


def _heads(said: Mapping[str, Any], run: Run) -> bool:
    return bool((said.get("head") or {}).get("sha") == run.head_sha)
