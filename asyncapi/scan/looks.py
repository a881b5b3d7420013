"""What one file shows of itself: topics, classes, calls that publish or subscribe, client wrappers, registries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from asyncapi.contracts.spelling import is_key, normalise, resembles_topic, tells_topic
from asyncapi.scan.modules import Module
from asyncapi.scan.roots import import_root
from asyncapi.scan.world import dotted
from asyncapi.sources import Source

CONSTANT = re.compile(r"^[ \t]*([A-Z][A-Z0-9_]*)[ \t]*(?::[^=\n]+)?=[ \t]*[bf]?[\"']([^\"'\n]+)[\"']", re.MULTILINE)
COMPOSED = re.compile(r"^[ \t]*([A-Z][A-Z0-9_]*)[ \t]*(?::[^=\n]+)?=[ \t]*(?![bf]?[\"'])([^\n]+)$", re.MULTILINE)
DECORATED = re.compile(r"^@\w[\w.]*\(\s*[\"']([^\"'\n]+)[\"'][^\n]*\)\s*\n(?:@[^\n]*\n)*class ", re.MULTILINE)
SETTING = re.compile(
    r"^[ \t]+[a-z]\w*[ \t]*:[ \t]*str[ \t]*=[ \t]*(?:Field\([ \t]*(?:default[ \t]*=[ \t]*)?)?[\"']([^\"'\n]+)[\"']",
    re.MULTILINE,
)
TOPICS = re.compile(r"^class \w*Topic\w*[^\n]*:\n((?:[ \t]+[^\n]*\n|[ \t]*\n)*)", re.MULTILINE)
DERIVED = re.compile(r"^class (\w+)\(([^)]*)\)", re.MULTILINE)
TABLE = re.compile(r"^(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*\{[ \t]*\n((?:[^{}]|\{[^{}]*\})*?)^\}", re.MULTILINE)
EVENT = r"(?:[\"'][\w-]+(?:\.[\w-]+)+[\"']|[\w.]*(?:EVENT|TYPE)\w*)"
VALUE = r"(?:[\w.]*TOPIC\w*|[\"'][\w.{}+#$-]+(?:/[\w.{}+#$-]+)+[\"'])"
ENTRY = re.compile(rf"^[ \t]+{EVENT}:[ \t]*{VALUE}[ \t]*,?", re.MULTILINE)
CLASS = re.compile(r"^class (\w+)[^\n]*:\n((?:[ \t]+[^\n]*\n|[ \t]*\n)*)", re.MULTILINE)
CLASSES = re.compile(
    r"^class (\w+)(?:\[(\w+)[^\]]*\])?\(([^)]*)\):[^\n]*\n((?:[ \t]+[^\n]*\n|[ \t]*\n)*)", re.MULTILINE
)
GENERIC = re.compile(r"\bGeneric\[\s*(\w+)\s*\]")
METHOD = re.compile(r"^[ \t]+(?:async )?def ((?:\w*publish|\w*subscribe|send_event|emit)\w*)\(", re.MULTILINE)
LIBRARY = re.compile(
    r"^\s*(?:import|from)\s+(?:paho|aiomqtt|asyncio_mqtt|gmqtt|umqtt|mqtt_as|fastapi_mqtt|flask_mqtt|h?amqtt|hbmqtt"
    r"|AWSIoTPythonSDK|awscrt|faststream\.mqtt)\b",
    re.MULTILINE,
)
SPEAKING = re.compile(r"\b\w*(?:publish|subscribe)\w*(?:\.(?:single|multiple|simple|callback))?[ \t]*\(")
AT_ONCE = re.compile(
    r"^[ \t]*(?:from|import)[ \t]+paho\.mqtt(?:\.|[ \t]+import[ \t]+)(?:publish|subscribe)\b", re.MULTILINE
)
DEFINITION = re.compile(r"^([ \t]+)(?:async )?def (\w+)\(", re.MULTILINE)
MODELS = re.compile(
    r"^[ \t]*(?:from|import)[ \t]+(?:[\w.]+[ \t]+import[ \t]+(?:\w+[ \t]*,[ \t]*)*)?[\w.]*"
    r"\b(?:models?|schemas?|messages?|payloads?|contracts?)\b",
    re.MULTILINE,
)
SAID = re.compile(r"topic\w*[\"']?[ \t]*(?::[^=\n]+)?[(:=][ \t]*[\"']([^\"'\n]+)[\"']", re.IGNORECASE)
QUOTED = re.compile(r"[\"']([^\"'\n]{0,200})[\"']")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundClass:
    """A class that wraps an MQTT client, with its methods that publish or subscribe."""

    name: str
    methods: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one file shows; `speaks` says whether it publishes or subscribes.

    `carriers` are (class, field) of generic models that hold one other, as `body: T` does in a `Signed[T]`.
    """

    module: Module
    root: Path
    topics: frozenset[str]
    classes: tuple[tuple[str, str], ...]
    speaks: bool
    wrappers: tuple[FoundClass, ...]
    registries: tuple[Source, ...]
    carriers: tuple[tuple[str, str], ...] = ()

    @property
    def constants(self) -> int:
        """Return how many topics are spelled in the file."""
        return len(self.topics)


def look(found: Module, root: Path, imported: frozenset[str]) -> Look:
    """Return what a file shows; `imported` are the names that any file imports."""
    base = import_root(found.path, root, imported)
    module = Module(found.path, found.file, dotted(found.path, base), library=True)
    text = module.text
    uses = LIBRARY.search(text) is not None
    speaks = uses and (SPEAKING.search(text) is not None or AT_ONCE.search(text) is not None)
    classes = tuple(DERIVED.findall(text))
    return Look(
        module=module,
        root=base,
        topics=_named(text) if speaks else _topics(text, classes),
        classes=classes,
        speaks=speaks,
        wrappers=tuple(_wrappers(module)) if uses else (),
        registries=tuple(_registries(module)),
        carriers=tuple(_carriers(text)),
    )


def _named(text: str) -> frozenset[str]:
    whole = {normalise(value) for name, value in CONSTANT.findall(text) if is_topic(name, value)}
    composed = {value for name, parts in COMPOSED.findall(text) for value in _composed(name, parts)}
    return frozenset(whole | composed)


def _composed(name: str, parts: str) -> Iterator[str]:
    """Yield the topic of a constant that is put together: what is spelled of it, with levels of its own."""
    for part in QUOTED.findall(parts):
        value = normalise(part.strip("/"))
        plain = part.count("/") > 1 or "TOPIC" in name or tells_topic(value)
        if plain and resembles_topic(value) and is_topic(name, value):
            yield value
            return


def _topics(text: str, classes: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return the topics of a file: its constants, else the texts that can be nothing else beside models."""
    if named := _named(text):
        return named
    held = {normalise(value) for body in TOPICS.findall(text) for value in SETTING.findall(body)}
    if topics := frozenset(value for value in held if resembles_topic(value)):
        return topics
    if any("BaseSettings" in bases for _, bases in classes):
        given = {normalise(value) for value in SETTING.findall(text)}
        topics = frozenset(value for value in given if tells_topic(value))
        return topics if len(topics) > 1 else frozenset()
    beside = MODELS.search(text) or any("BaseModel" in bases for _, bases in classes)
    if not beside:
        return frozenset()
    said = {value for item in SAID.findall(text) if resembles_topic(value := normalise(item))}
    said |= {value for item in DECORATED.findall(text) if resembles_topic(value := normalise(item))}
    spelled = {value for item in QUOTED.findall(text) if resembles_topic(value := normalise(item))}
    return frozenset(said | {value for value in spelled if tells_topic(value) or value.count("/") > 1})


def is_topic(name: str, value: str) -> bool:
    """Say whether a constant looks like a topic, by its name or by the form of its value."""
    if "TOPIC" in name:
        return " " not in value and "://" not in value and not is_key(value)
    if not resembles_topic(normalise(value)) or value.startswith("."):
        return False
    return not re.search(r"PATH|DIR|FILE|URL|URI|ROUTE|MIME|TYPE|FORMAT|ZONE|TZ|REPO|IMAGE|CONFIG", name)


def _wrappers(module: Module) -> Iterable[FoundClass]:
    for match in CLASS.finditer(module.text):
        methods = tuple(dict.fromkeys(_speaking_methods(match.group(2))))
        if methods:
            place = Source(file=module.file, symbol=match.group(1), line=module.line(match.start()))
            yield FoundClass(name=f"{module.name}.{match.group(1)}", methods=methods, source=place)


def _speaking_methods(body: str) -> Iterator[str]:
    """Yield the public methods of a class that publish or subscribe, by their name or by a call in them."""
    marks = list(DEFINITION.finditer(body))
    ends = [*(mark.start() for mark in marks[1:]), len(body)]
    for mark, end in zip(marks, ends, strict=False):
        calls = re.search(r"\.(?:publish|subscribe)[ \t]*\(", body[mark.end() : end])
        if (not mark[2].startswith("_") or mark[2] == "__call__") and (METHOD.match(mark[0]) or calls):
            yield mark[2]


def _registries(module: Module) -> Iterable[Source]:
    for match in TABLE.finditer(module.text):
        entries = [line for line in match.group(2).splitlines() if line.strip() and not line.lstrip().startswith("#")]
        topics = len(ENTRY.findall(match.group(2)))
        if topics >= 2 and topics * 2 >= len(entries):
            yield Source(file=module.file, symbol=match.group(1), line=module.line(match.start()))


def _carriers(text: str) -> Iterator[tuple[str, str]]:
    """Yield class and field of generic models with one field of the type that is left open."""
    for name, new, bases, body in CLASSES.findall(text):
        old = GENERIC.search(bases)
        variable = new or (old[1] if old else "")
        if variable and "BaseModel" in bases:
            fields = re.findall(rf"^[ \t]+(\w+)[ \t]*:[ \t]*{variable}[ \t]*(?:=|#|$)", body, re.MULTILINE)
            if len(fields) == 1:
                yield name, fields[0]


def runs(module: Module) -> bool:
    """Say whether a file is a program."""
    return "__main__" in module.text or module.path.name in ("main.py", "__main__.py", "app.py", "boot.py")
