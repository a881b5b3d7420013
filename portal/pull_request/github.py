"""The few calls of GitHub's REST API that are needed: bounded answers, bounded patience, the token kept home."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from asyncapi.errors import PortalError

MOST_PAGES = 20
PER_PAGE = 100  # the most that GitHub gives at once
LARGEST = 40 * 1024 * 1024
TRIES = 4
LONGEST_WAIT = 60.0
SECONDS = 30.0


class GitHubError(PortalError):
    """GitHub refused; `status` says how, 0 when it could not be reached."""

    def __init__(self, message: str, *, source: str, status: int = 0, hint: str = "") -> None:
        """Remember the status beside the words."""
        super().__init__(message, source=source, hint=hint)
        self.status = status


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing by itself: a token must not travel to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return nothing, so that the redirect is an answer like any other."""
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHub:
    """One repository, asked with a token. `address` is that of the API, `repository` is `owner/name`."""

    address: str
    repository: str
    token: str = ""
    wait: Callable[[float], None] = time.sleep

    def get(self, path: str, **query: Any) -> Any:
        """Return what stands at a path below the repository."""
        return self._json("GET", path, query)

    def pages(self, path: str, key: str = "", **query: Any) -> Iterator[Any]:
        """Yield every item of a list, page by page; `key` names the list where it is not the whole answer."""
        for page in range(1, MOST_PAGES + 1):
            answer = self._json("GET", path, {**query, "per_page": PER_PAGE, "page": page})
            items = answer.get(key, []) if key and isinstance(answer, Mapping) else answer
            if not isinstance(items, list):
                raise GitHubError("answered with something else than a list", source=self._url(path))
            yield from items
            if len(items) < PER_PAGE:
                return

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Make something at a path."""
        return self._json("POST", path, {}, body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change what stands at a path."""
        return self._json("PATCH", path, {}, body)

    def delete(self, path: str) -> None:
        """Remove what stands at a path."""
        self._asked("DELETE", self._url(path), None)

    def download(self, path: str) -> bytes:
        """Return a file; the address to which GitHub leads is asked without the token."""
        status, headers, content = self._asked("GET", self._url(path), None)
        if status in (301, 302, 303, 307, 308):
            target = headers.get("location", "")
            if urlsplit(target).scheme not in ("https", urlsplit(self.address).scheme):
                raise GitHubError("leads to an address that is not https", source=self._url(path), status=status)
            _, _, content = self._asked("GET", target, None, trusted=False)
        return content

    def _json(self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None = None) -> Any:
        url = self._url(path) + (f"?{urlencode(query)}" if query else "")
        content = self._asked(method, url, None if body is None else json.dumps(body).encode())[2]
        try:
            return json.loads(content) if content else None
        except (ValueError, RecursionError) as error:
            raise GitHubError("answered with something else than JSON", source=url) from error

    def _url(self, path: str) -> str:
        return f"{self.address.rstrip('/')}/repos/{self.repository}/{path}"

    def _asked(
        self, method: str, url: str, body: bytes | None, *, trusted: bool = True
    ) -> tuple[int, Mapping[str, str], bytes]:
        for left in reversed(range(TRIES)):
            status, headers, content = _once(method, url, body, self.token if trusted else "")
            if status < 400:
                return status, headers, content
            pause = _pause(status, headers, TRIES - left)
            if not left or pause is None:
                raise GitHubError(_said(status, content), source=f"{method} {url}", status=status, hint=_hint(status))
            self.wait(pause)
        raise AssertionError("the last try returns or raises")


def _once(method: str, url: str, body: bytes | None, token: str) -> tuple[int, Mapping[str, str], bytes]:
    headers = {"Accept": "application/vnd.github+json", "User-Agent": "contract-portal"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"Content-Type": "application/json"} if body is not None else {}
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=SECONDS) as answer:
            return answer.status, _lower(answer.headers), _bounded(answer, url)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _lower(error.headers), error.read(LARGEST)
    except (OSError, ValueError) as error:
        raise GitHubError(f"could not be reached: {error}", source=url) from error


def _bounded(answer: Any, url: str) -> bytes:
    content: bytes = answer.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise GitHubError(f"answered with more than {LARGEST // 2**20} MB", source=url)
    return content


def _lower(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in headers.items()}


def _pause(status: int, headers: Mapping[str, str], attempt: int) -> float | None:
    """Return how long to wait before the next try; None where trying again does not help."""
    exhausted = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    limited = status == 429 or (status == 403 and exhausted)
    if not limited and status < 500:
        return None
    try:
        said = float(headers.get("retry-after", ""))
    except ValueError:
        said = 2.0**attempt
    return said if said <= LONGEST_WAIT else None


def _said(status: int, content: bytes) -> str:
    try:
        message = json.loads(content)["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        message = "no reason given"
    return f"GitHub answered {status}: {str(message)[:300]}"


def _hint(status: int) -> str:
    return {
        401: "give the job a token",
        403: "give the job the permission: pull-requests: write, for a status statuses: write",
        404: "check repository, permissions, and that the run has the artifact",
    }.get(status, "")
