"""One comment for each pull request: found by a hidden mark and its author, changed only to say something else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from portal.pull_request.github import GitHub, GitHubError

AUTHOR = "github-actions[bot]"
LONGEST = 65_536  # characters that GitHub takes for a comment
Outcome = Literal["posted", "updated", "unchanged", "nothing to say"]


def mark(key: str) -> str:
    """Return the hidden mark of a comment; `key` tells several workspaces of one repository apart."""
    return f"<!-- contract-portal:{re.sub(r'[^A-Za-z0-9._/ ]', '-', key)[:100]} -->"


def keep(
    github: GitHub, number: int, body: str, *, key: str, quiet: bool, author: str = AUTHOR, short: str = ""
) -> Outcome:
    """Post or update the comment of pull request `number`; when `quiet`, only one that is there already is updated.

    `short` is said where GitHub finds the comment too long. When two jobs post at the same time one comment is left,
    and says what the last of them had to say. Raises GitHubError.
    """
    text = f"{mark(key)}\n{body}"
    found = _ours(github, number, key, author)
    if not found:
        if quiet:
            return "nothing to say"
        _said(lambda said: github.post(f"issues/{number}/comments", {"body": said}), text, key, short)
        left = _ours(github, number, key, author)
        if len(left) > 1:
            _settle(github, left, text, key, short)
        return "posted"
    return _settle(github, found, text, key, short)


def _settle(github: GitHub, found: list[Mapping[str, Any]], text: str, key: str, short: str) -> Outcome:
    """Let the oldest comment say what there is to say, and remove the others."""
    _remove(github, found[1:])
    if _lines(found[0]["body"]) == _lines(text):
        return "unchanged"
    path = f"issues/comments/{int(found[0]['id'])}"
    _said(lambda said: github.patch(path, {"body": said}), text, key, short)
    return "updated"


def _lines(body: str) -> list[str]:
    """Return a comment without what a host may do to the ends of its lines."""
    return [line.rstrip() for line in body.strip().splitlines()]


def _ours(github: GitHub, number: int, key: str, author: str) -> list[Mapping[str, Any]]:
    """Return our comments, the oldest first: anybody can write the mark, only we are the author."""
    found = [
        comment
        for comment in github.pages(f"issues/{number}/comments")
        if str(comment.get("body") or "").startswith(mark(key)) and (comment.get("user") or {}).get("login") == author
    ]
    return sorted(found, key=lambda comment: int(comment["id"]))


def _said(say: Any, text: str, key: str, short: str) -> None:
    try:
        say(text)
    except GitHubError as error:
        if error.status != 422 or not short:
            raise
        say(f"{mark(key)}\n{short}")


def _remove(github: GitHub, comments: list[Mapping[str, Any]]) -> None:
    for comment in comments:
        try:
            github.delete(f"issues/comments/{int(comment['id'])}")
        except GitHubError as error:
            if error.status != 404:
                raise
