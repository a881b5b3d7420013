"""Released versions as an Atom feed: what each of them changed."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

from portal.addresses import encoded
from portal.history import CURRENT, FEED, History, Version
from portal.index import Index
from portal.pages.changes import version_path

if TYPE_CHECKING:
    from asyncapi.compare.report import Report

ATOM = "http://www.w3.org/2005/Atom"
MOST_ENTRIES = 30  # readers of feeds come by more often than versions do
MOST_LINES = 30
UNDATED = "1970-01-01T00:00:00+00:00"  # Atom demands a date where none is known
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(index: Index, history: History) -> bytes:
    """Return the feed (RFC 4287); links are relative to `changes/`, where it stands."""
    Xml.register_namespace("", ATOM)
    registry = index.registry
    root = Xml.Element(f"{{{ATOM}}}feed")
    released = [version for version in history.versions if version.id != CURRENT]
    _add(root, "id", _urn(registry.identifier, registry.title))
    _add(root, "title", f"Contract changes of {registry.title}")
    _add(root, "updated", max((_moment(version) for version in released), default=UNDATED))
    _add(_add(root, "author"), "name", registry.contact or registry.title)
    _add(root, "link", rel="self", href=FEED, type="application/atom+xml")
    _add(root, "link", rel="alternate", href="./", type="text/html")
    for version in released[:MOST_ENTRIES]:
        before = history.before(version.id)
        report = history.compared(before.id, version.id) if before else None
        if report is not None:
            _entry(root, version, report, registry.identifier or registry.title)
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _entry(root: Xml.Element, version: Version, report: Report, system: str) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", _urn(system, version.id))
    _add(entry, "title", f"{version.name}: {report.verdict}")
    _add(entry, "updated", _moment(version))
    _add(entry, "link", rel="alternate", type="text/html", href=encoded(version_path(version).removeprefix("changes/")))
    lines = [report.deployment.sentence] if report.findings else []
    lines += [f"{', '.join(one.topics)}: {one.message}" for one in report.findings[:MOST_LINES]]
    _add(entry, "content", "\n".join(lines) or report.verdict, type="text")


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    made = Xml.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    made.text = _NOT_XML.sub("\ufffd", text) or None
    return made


def _urn(*parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
    return f"urn:contracts:{digest[:32]}"


def _moment(version: Version) -> str:
    """Return when a version was made (RFC 3339, UTC); a version without a date is as old as can be."""
    try:
        moment = datetime.fromisoformat(version.date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return UNDATED
