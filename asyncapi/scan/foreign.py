"""Parties whose source is not Python: files in other languages that speak MQTT, and the topics they spell out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from asyncapi.contracts.spelling import looks_like_topic, normalise, resembles_topic, tells_topic
from asyncapi.scan.world import SKIPPED, relative
from asyncapi.sources import is_text
from asyncapi.topics import is_filter

LANGUAGES = {
    ".c": "C", ".h": "C", ".cc": "C++", ".cpp": "C++", ".hpp": "C++", ".ino": "Arduino", ".js": "JavaScript",
    ".mjs": "JavaScript", ".ts": "TypeScript", ".tsx": "TypeScript", ".vue": "Vue", ".html": "HTML", ".go": "Go",
    ".rs": "Rust", ".java": "Java", ".kt": "Kotlin", ".cs": "C#", ".swift": "Swift",
}  # fmt: skip
SPEAKING = re.compile(r"\b\w*(?:publish|subscribe)\w*[ \t]*\(", re.IGNORECASE)
TEXT = re.compile(r"[\"'`]([^\"'`\n]{0,200})[\"'`]")
CALL = re.compile(r"\b(\w*(?:publish|subscribe)\w*)[ \t]*\(([^;\n]{0,300})", re.IGNORECASE)
WORD = re.compile(r"[\"'`]([^\"'`\n]*)[\"'`]|\b([A-Za-z_]\w*)\b")
NAMED = re.compile(
    r"#[ \t]*define[ \t]+(\w+)[ \t]+\"([^\"\n]+)\"|\b(\w+)[ \t]*(?:\[\])?[ \t]*[=:][ \t]*[\"'`]([^\"'`\n]+)[\"'`]"
)
LARGEST, MOST_FILES = 400_000, 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignParty:
    """A folder with source that speaks MQTT in another language: what its calls name, and what else it spells."""

    name: str
    path: str
    language: str
    sends: tuple[str, ...] = ()
    receives: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


def foreign_parties(root: Path) -> tuple[ForeignParty, ...]:
    """Return the folders below a repository that speak MQTT in another language than Python."""
    places: dict[Path, list[Path]] = {}
    for path in _files(root):
        places.setdefault(_place(path, root), []).append(path)
    found = (_party(place, paths, root) for place, paths in sorted(places.items()))
    return tuple(party for party in found if party is not None)


def _party(place: Path, paths: list[Path], root: Path) -> ForeignParty | None:
    texts = {path: _text(path) for path in paths}
    speaking = {path: text for path, text in texts.items() if "mqtt" in text.lower() and SPEAKING.search(text)}
    if not speaking:
        return None
    names = {
        first or third: second or fourth
        for text in texts.values()
        for first, second, third, fourth in NAMED.findall(text)
    }
    calls = [call for text in speaking.values() for call in _calls(text, names)]
    spelled = dict.fromkeys(
        topic for text in speaking.values() for item in TEXT.findall(text) if _is_topic(topic := normalise(item))
    )
    told = {topic for _, topic in calls}
    return ForeignParty(
        name=place.name if place != root else root.resolve().name,
        path=relative(place, root),
        language=LANGUAGES[next(iter(speaking)).suffix],
        sends=tuple(dict.fromkeys(topic for sends, topic in calls if sends and not is_filter(topic))),
        receives=tuple(dict.fromkeys(topic for sends, topic in calls if not sends)),
        topics=tuple(topic for topic in spelled if topic not in told),
    )


def _calls(text: str, names: Mapping[str, str]) -> Iterator[tuple[bool, str]]:
    """Yield, for each call that names a topic in its first words, whether it publishes, and the topic."""
    for call, arguments in CALL.findall(text):
        for quoted, name in WORD.findall(arguments):
            topic = normalise(quoted or names.get(name, ""))
            if _is_topic(topic):
                yield "publish" in call.lower(), topic
                break


def _is_topic(text: str) -> bool:
    return looks_like_topic(text) or tells_topic(text) or (resembles_topic(text) and text.count("/") > 1)


def _files(root: Path) -> Iterator[Path]:
    count = 0
    for place, folders, files in os.walk(root):
        folders[:] = sorted(
            name for name in folders if name not in SKIPPED and not name.startswith(".") and is_text(name)
        )
        for name in sorted(filter(is_text, files)):
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
