"""The accept file: breaks that somebody answers for, each with fingerprint, reason, owner and expiry. TOML.

[[accept]]
fingerprint = "0123456789ab"
reason = "the dashboard is upgraded by hand the same day"
owner = "team-ui"
expires = "2027-01-31"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from asyncapi.compare.judgement import Acceptance, DiffFinding
from asyncapi.errors import PortalError
from asyncapi.findings import Finding
from asyncapi.workspace.settings import FILE, load_settings

_KEYS = ("fingerprint", "reason", "owner", "expires")
_LARGEST = 1024 * 1024  # thousands of entries; a file this large was named by mistake


def accept_file(named: Path | None, *workspaces: Path) -> Path | None:
    """Return the accept file that is named, else what the portal.toml of the first of these workspaces says, if any."""
    if named is not None:
        return named
    files = (place / FILE if place.is_dir() else place for place in workspaces)
    first = next((file for file in files if file.suffix == ".toml" and file.is_file()), None)
    return load_settings(first).accept if first else None


def load_accepted(path: Path | None) -> tuple[Acceptance, ...]:
    """Read an accept file, where there is one; PortalError names the entry that is wrong."""
    if path is None:
        return ()
    try:
        if path.stat().st_size > _LARGEST:
            raise PortalError("is larger than 1 MB", source=str(path))
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PortalError(f"cannot be read: {error.strerror}", source=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PortalError(f"is no TOML: {error}", source=str(path)) from error
    entries = data.get("accept", [])
    if not isinstance(entries, list) or set(data) - {"accept"}:
        raise PortalError("holds something else than [[accept]] entries", source=str(path))
    return tuple(_entry(entry, f"{path}, entry {number}") for number, entry in enumerate(entries, 1))


def _entry(entry: Any, place: str) -> Acceptance:
    if not isinstance(entry, dict) or set(entry) != set(_KEYS):
        raise PortalError(f"must hold exactly {', '.join(_KEYS)}", source=place)
    values = {name: str(entry[name]).strip() for name in _KEYS}
    if not re.fullmatch("[0-9a-f]{12}", values["fingerprint"]):
        raise PortalError("fingerprint is not twelve hex digits", source=place, hint="copy it from the report")
    if not _is_date(values["expires"]):
        raise PortalError("expires is no date such as 2027-01-31", source=place)
    if not values["reason"] or not values["owner"]:
        raise PortalError("reason and owner must be said", source=place)
    return Acceptance(**values)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def stale(accepted: Iterable[Acceptance], findings: Iterable[DiffFinding], today: str) -> tuple[Finding, ...]:
    """Return a finding for every entry that is expired, or that accepts nothing of this comparison."""
    known = {finding.fingerprint for finding in findings}
    found: list[Finding] = []
    for entry in accepted:
        if entry.expires < today:
            text = f"acceptance {entry.fingerprint} expired on {entry.expires}; {entry.owner} accepted: {entry.reason}"
            found.append(
                Finding(rule="acceptance-expired", severity="warning", message=text, subject=entry.fingerprint)
            )
        elif entry.fingerprint not in known:
            text = f"acceptance {entry.fingerprint} of {entry.owner} meets no change of this comparison"
            found.append(Finding(rule="acceptance-unknown", severity="note", message=text, subject=entry.fingerprint))
    return tuple(found)
