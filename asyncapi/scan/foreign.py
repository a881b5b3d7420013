"""Parties whose source is not Python: files in other languages that speak MQTT, and the topics they spell out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asyncapi.introspect.spelling import looks_like_topic, normalise, resembles_topic, tells_topic
from asyncapi.scan.world import SKIPPED, relative

LANGUAGES = {
    ".c": "C", ".h": "C", ".cc": "C++", ".cpp": "C++", ".hpp": "C++", ".ino": "Arduino", ".js": "JavaScript",
    ".mjs": "JavaScript", ".ts": "TypeScript", ".tsx": "TypeScript", ".vue": "Vue", ".html": "HTML", ".go": "Go",
    ".rs": "Rust", ".java": "Java", ".kt": "Kotlin", ".cs": "C#", ".swift": "Swift",
}  # fmt: skip
SPEAKING = re.compile(r"\b\w*(?:publish|subscribe)\w*[ \t]*\(", re.IGNORECASE)
TEXT = re.compile(r"[\"'`]([^\"'`\n]{0,200})[\"'`]")
LARGEST, MOST_FILES = 400_000, 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignParty:
    """A folder with source that speaks MQTT in another language, and the topics that stand in it."""

    name: str
    path: str
    language: str
    topics: tuple[str, ...] = ()


def foreign_parties(root: Path) -> tuple[ForeignParty, ...]:
    """Return the folders below a repository that speak MQTT in another language than Python."""
    found: dict[Path, tuple[str, dict[str, None]]] = {}
    for path in _files(root):
        text = _text(path)
        if "mqtt" in text.lower() and SPEAKING.search(text):
            _, topics = found.setdefault(_place(path, root), (LANGUAGES[path.suffix], {}))
            spelled = (normalise(match) for match in TEXT.findall(text))
            topics.update(dict.fromkeys(text for text in spelled if _is_topic(text)))
    return tuple(
        ForeignParty(name=place.name, path=relative(place, root), language=language, topics=tuple(topics))
        for place, (language, topics) in sorted(found.items())
    )


def _is_topic(text: str) -> bool:
    return looks_like_topic(text) or tells_topic(text) or (resembles_topic(text) and text.count("/") > 1)


def _files(root: Path) -> Iterator[Path]:
    count = 0
    for place, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.startswith("."))
        for name in sorted(files):
            path = Path(place, name)
            if path.suffix in LANGUAGES and not path.is_symlink() and not name.endswith((".min.js", ".d.ts")):
                count += 1
                if count > MOST_FILES:
                    return
                yield path


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size <= LARGEST else ""
    except OSError:
        return ""


def _place(path: Path, root: Path) -> Path:
    """Return the folder that a party has for itself: the first below the root, or below a folder of several."""
    inside = path.relative_to(root).parts[:-1]
    several = inside[:1] and inside[0] in ("apps", "services", "packages", "libs", "src", "devices", "web")
    depth = 2 if several and inside[1:2] not in ((), ("src",), ("lib",), ("static",), ("js",)) else 1
    return root.joinpath(*inside[:depth]) if inside else root
