"""Where a page stands: topics, messages and names → paths of the site, one to one and safe on every file system.

A path segment is the text with `~` escapes where the plain spelling would be ambiguous or unsafe: `~` alone is
an empty level, `~.` the dot of an ending that pages use themselves, `~2e-` a dot at the end, `~x` an upper-case X
(file systems may ignore case), `~_` a slash, `~~` a tilde. Everything else is only percent-encoded.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import quote

_DATA = re.compile(r"\.(?=(?:html|json|md|yaml|svg|mmd|txt)\Z)")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"*:<>?\\|%\ud800-\udfff]')
_PLAIN = "!$&'()+,;=@-._~"
_LONGEST = 180  # bytes; file systems take 255, and endings and a digest are added


def segment(text: str, *, keep_case: bool = False) -> str:
    """Return one path segment for any text, decoded: what a directory of the static site is called."""
    if not text:
        return "~"
    out = "".join(_character(char, keep_case) for char in text)
    out = _DATA.sub("~.", out)
    out = re.sub(r"[. ]+\Z", lambda found: "".join(f"~{ord(char):02x}-" for char in found.group()), out)
    if len(out.encode("utf-8")) <= _LONGEST:
        return out
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{_shortened(out)}~-{digest}"


def _shortened(text: str) -> str:
    """Return the start of a segment that is too long for a file name, without half an escape at its end."""
    return text.encode("utf-8")[: _LONGEST - 60].decode("utf-8", "ignore").rstrip("~")


def _character(char: str, keep_case: bool) -> str:
    if char == "~":
        return "~~"
    if char == "/":
        return "~_"
    if _UNSAFE.match(char):
        return f"~{ord(char):02x}-"
    lower = char.lower()
    if keep_case:
        return char
    return f"~{lower}" if len(lower) == 1 and lower != char and lower.upper() == char else char


def encoded(path: str) -> str:
    """Return a decoded path as it stands in a link."""
    return quote(path, safe="/" + _PLAIN)


def topic_path(address: str) -> str:
    """Return the directory of a topic's page: `topics/` and one segment a level."""
    return "topics/" + "".join(f"{segment(level)}/" for level in address.split("/"))


def channel_path(key: str) -> str:
    """Return the directory of a channel whose address is only known at run time."""
    return f"channels/{segment(key)}/"


def paths(folder: str, names: Iterable[str]) -> dict[str, str]:
    """Return the directory of the page of each name; upper case is escaped only where names differ in nothing else."""
    names = list(dict.fromkeys(names))
    plain = Counter(segment(name, keep_case=True).casefold() for name in names)
    return {
        name: f"{folder}/{segment(name, keep_case=plain[segment(name, keep_case=True).casefold()] == 1)}/"
        for name in names
    }


def system_path(name: str) -> str:
    """Return the directory under which one of several systems stands."""
    return f"s/{segment(name)}/"


def anchor(parts: Iterable[str]) -> str:
    """Return the fragment of a property, `f-data.text` for the path data, text; free of spaces."""
    return "f-" + ".".join(_fragment(part) for part in parts)


def _fragment(part: str) -> str:
    return re.sub(r"[^\w\-.\[\]{}*|]", lambda found: f"~{ord(found.group()):x}-", part)


def up(path: str) -> str:
    """Return the relative link from a page's directory to the root of its site: `../../` for `topics/a/`."""
    return "../" * path.count("/") or "./"
