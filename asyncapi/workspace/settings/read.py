"""portal.toml in, `Settings` out; a key or value that is not allowed is an error with its line and the allowed ones."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from asyncapi.delivery import DeclaredReply
from asyncapi.errors import SettingsError
from asyncapi.sources import Source
from asyncapi.workspace.settings.keys import KEYS
from asyncapi.workspace.settings.kinds import complaint
from asyncapi.workspace.settings.lines import Path as KeyPath
from asyncapi.workspace.settings.lines import key_lines, line_of
from asyncapi.workspace.settings.model import (
    ClassSettings,
    EdgeSettings,
    FlowSettings,
    FlowStepSettings,
    ImpliedSettings,
    ParameterSettings,
    PolicySettings,
    ScanSettings,
    ServerSettings,
    ServiceSettings,
    Settings,
    SinkSettings,
    TopicSettings,
    WireSettings,
    plain,
)
from asyncapi.workspace.settings.owners import owner, read_codeowners
from asyncapi.workspace.settings.rules import unknown_rules

FILE = "portal.toml"
_KINDS = {key.place: key.kind for key in KEYS}
_STEP = re.compile(r"^\s*(\S+)\s*->\s*(\S+)\s*->\s*(\S+)\s*$")


def load_settings(path: Path) -> Settings:
    """Return the settings of a workspace: a folder that holds a portal.toml, or the file itself.

    Raises SettingsError when there is none, when it is not TOML, or when it says something not allowed.
    """
    file = path / FILE if path.is_dir() else path
    if file.exists() and not file.is_file():
        raise SettingsError("is not a file", source=str(file), hint=f"name a folder that holds a {FILE}")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SettingsError(
            "there is no such file",
            source=str(file),
            hint="portal init writes one; or name packages with --contracts and --path",
        ) from error
    except UnicodeDecodeError as error:
        before = error.object.count(b"\n", 0, error.start)
        raise SettingsError("is not UTF-8", source=f"{file}:{before + 1}", hint="save it as UTF-8") from error
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", source=str(file)) from error
    try:
        raw = tomllib.loads(text)
        reader = _Reader(file, key_lines(text))
    except tomllib.TOMLDecodeError as error:
        said = re.search(r"line (\d+)", str(error))
        line = said[1] if said else len(text.splitlines()) or 1
        hint = "" if file.suffix == ".toml" else f"a document cannot stand here: name a folder that holds a {FILE}"
        raise SettingsError(f"not TOML: {error}", source=f"{file}:{line}", hint=hint) from error
    except RecursionError as error:
        raise SettingsError("nested too deeply", source=str(file)) from error
    reader.check(raw)
    return reader.settings(raw)


def default_settings(root: Path, *, contracts: Sequence[str], path: Sequence[str] = (".",)) -> Settings:
    """Return the settings of a workspace without a portal.toml."""
    root = root.resolve()
    return Settings(root=root, contracts=tuple(contracts), path=tuple(path), codeowners=read_codeowners(root))


def owner_of(settings: Settings, file: str) -> str:
    """Return who owns a file of the workspace as CODEOWNERS says."""
    return owner(settings.codeowners, file)


class _Reader:
    """Reads one file; knows the line of everything in it."""

    def __init__(self, file: Path, lines: dict[KeyPath, int]) -> None:
        self.file, self.lines = file, lines

    def fail(self, path: KeyPath, message: str, hint: str = "") -> NoReturn:
        line = line_of(path, self.lines)
        raise SettingsError(message, source=f"{self.file}:{line}" if line else str(self.file), hint=hint)

    def source(self, *path: str | int) -> Source:
        symbol = ".".join(str(step) for step in path)
        return Source(file=self.file.name, symbol=symbol, line=line_of(path, self.lines))

    # what is allowed

    def check(self, raw: Mapping[str, Any]) -> None:
        for path, place, value in _walk(raw, (), ""):
            if place in _KINDS:
                self._check_value(path, _KINDS[place], value)
            elif not _knows(place):
                self._unknown(path, place)
            else:
                self._check_shape(path, place, value)
            if path[-1] == "":
                self.fail(path, f"the name in {'.'.join(map(str, path[:-1]))} is empty", "write it between the quotes")
        for path, place, value in _walk(raw, (), ""):
            self._check_complete(path, place, value)
        for path, name, remedy in unknown_rules(raw):
            self.fail(path, f"there is no rule {name}", remedy)

    def _check_complete(self, path: KeyPath, place: str, value: Any) -> None:
        """Fail when a table, or one in a list, lacks a key that it cannot do without."""
        tables = [(path, place, value)]
        if isinstance(value, list):
            tables = [((*path, index), f"{place}[]", item) for index, item in enumerate(value)]
        for own, parent, item in tables:
            for key in _needed(parent) if isinstance(item, dict) else ():
                if item.get(key, "") == "":
                    self.fail(own, f"{'.'.join(map(str, path))} has no {key}", f"add {key} = …")

    def _check_shape(self, path: KeyPath, place: str, value: Any) -> None:
        name = ".".join(str(step) for step in path)
        is_list = any(known.startswith(f"{place}[]") for known in _KINDS)
        if is_list and not (isinstance(value, list) and all(isinstance(item, dict) for item in value)):
            self.fail(path, f"{name} is a list of tables", f"write [[{name}]]")
        if not is_list and not isinstance(value, dict):
            self.fail(path, f"{name} is a table", f"write [{name}]")

    def _unknown(self, path: KeyPath, place: str) -> NoReturn:
        parent = place.rpartition(".")[0]
        start = f"{parent}." if parent else ""
        siblings = [key[len(start) :].partition(".")[0].partition("[")[0] for key in _KINDS if key.startswith(start)]
        allowed = list(dict.fromkeys(siblings))
        name = str(path[-1])
        near = difflib.get_close_matches(name, allowed, n=1)
        known = f"did you mean {near[0]}? " if near else ""
        if "." in name and _knows(f"{start}{name}"):
            known = f"write {name} without quotes; "
        where = f" in [{'.'.join(map(str, path[:-1]))}]" if len(path) > 1 else ""
        self.fail(path, f"unknown key {name}{where}", f"{known}allowed: {', '.join(sorted(allowed))}")

    def _check_value(self, path: KeyPath, kind: str, value: Any) -> None:
        wanted = complaint(kind, value)
        if wanted:
            name = ".".join(str(step) for step in path)
            shown = "…" if kind == "host" else _shown(value)
            self.fail(path, f"{name} = {shown} is not allowed", f"allowed: {wanted}")

    # what it means

    def settings(self, raw: Mapping[str, Any]) -> Settings:
        root = self.file.parent.resolve()
        checks, diff, said = raw.get("checks", {}), raw.get("diff", {}), raw.get("license", {})
        return Settings(
            root=root,
            contracts=tuple(raw.get("contracts", ())),
            path=tuple(raw.get("path", (".",))),
            python=_interpreter(root, raw["python"]) if "python" in raw else None,
            timeout=float(raw.get("timeout", 60)),
            services=tuple(raw.get("services", ())),
            services_source=self.source("services") if "services" in raw else None,
            path_source=self.source("path") if "path" in raw else None,
            title=raw.get("title", ""),
            version=raw.get("version", ""),
            identifier=raw.get("id", ""),
            description=raw.get("description", ""),
            license={"name": said} if isinstance(said, str) else dict(said),
            contact=dict(raw.get("contact", {})),
            source_url=raw.get("source_url", ""),
            parties={name: self._party(name, item) for name, item in raw.get("service", {}).items()},
            servers={name: ServerSettings(**item) for name, item in raw.get("server", {}).items()},
            policy=self._policy(raw.get("policy", {})),
            wire=WireSettings(source=self.source("wire"), **_tuples(raw.get("wire", {}))),
            topics={address: self._topic(address, item) for address, item in raw.get("topic", {}).items()},
            flows={name: self._flow(name, item) for name, item in raw.get("flow", {}).items()},
            severity=dict(checks.get("severity", {})),
            ignore=tuple({key: str(plain(item[key])) for key in item} for item in checks.get("ignore", [])),
            diff_severity=dict(diff.get("severity", {})),
            accept=root / diff["accept"] if diff.get("accept") else None,
            scan=_scan(raw.get("scan", {})),
            codeowners=read_codeowners(root),
        )

    def _party(self, name: str, said: Mapping[str, Any]) -> ServiceSettings:
        rest = {key: value for key, value in said.items() if key not in ("sends", "receives")}
        return ServiceSettings(
            source=self.source("service", name),
            sends=tuple(_edge(item) for item in said.get("sends", [])),
            receives=tuple(_edge(item) for item in said.get("receives", [])),
            **rest,
        )

    def _policy(self, said: Mapping[str, Any]) -> PolicySettings:
        classes = {
            name: ClassSettings(source=self.source("policy", "classes", name), **_tuples(item))
            for name, item in said.get("classes", {}).items()
        }
        return PolicySettings(
            **_tuples({key: value for key, value in said.items() if key != "classes"}), classes=classes
        )

    def _topic(self, address: str, said: Mapping[str, Any]) -> TopicSettings:
        renamed = {"class": "topic_class"}
        plainly = {renamed.get(key, key): plain(value) for key, value in _tuples(said).items() if key != "model"}
        if "model" in said:
            plainly["models"] = (said["model"], *plainly.get("models", ()))
        plainly["replies"] = tuple(_reply(item) for item in said.get("replies", []))
        plainly["parameters"] = {
            name: ParameterSettings(**_tuples(item)) for name, item in said.get("parameters", {}).items()
        }
        return TopicSettings(source=self.source("topic", address), **plainly)

    def _flow(self, name: str, said: Mapping[str, Any]) -> FlowSettings:
        steps: list[FlowStepSettings] = []
        for item in said.get("steps", []):
            if isinstance(item, str):
                steps.append(self._flow_step(name, item))
                continue
            for number, branch in enumerate(item.get("either", [item])):
                guard = {"when": branch["when"].strip(), "alternative": number > 0}
                steps += (self._flow_step(name, step, **guard) for step in branch["steps"])
        return FlowSettings(summary=said.get("summary", ""), carries=said.get("carries", ""), steps=tuple(steps))

    def _flow_step(self, name: str, step: str, **guard: Any) -> FlowStepSettings:
        match = _STEP.match(step)
        if not match:
            self.fail(("flow", name, "steps"), f"step {step!r} is not an arrow", "write service -> topic -> service")
        return FlowStepSettings(sender=match[1], topic=match[2], receiver=match[3], **guard)


def _walk(value: Mapping[str, Any], path: KeyPath, place: str) -> Iterator[tuple[KeyPath, str, Any]]:
    """Yield (path, place in the list of keys, value) of everything, tables before what is in them."""
    named = bool(place) and any(key.startswith(f"{place}.*") for key in _KINDS)
    for key, item in value.items():
        step = "*" if named else re.sub(r"[^\w-]", "?", key)  # a quoted key with a dot in it is no place of ours
        here = f"{place}.{step}" if place else step
        yield (*path, key), here, item
        if isinstance(item, dict):
            yield from _walk(item, (*path, key), here)
        elif _is_tables(item) and _KINDS.get(here) != "steps":
            for index, element in enumerate(item):
                if isinstance(element, dict):
                    yield from _walk(element, (*path, key, index), f"{here}[]")


def _needed(table: str) -> list[str]:
    """Return the keys that a table cannot do without."""
    return [key.place.rpartition(".")[2] for key in KEYS if key.needed and key.place.rpartition(".")[0] == table]


def _knows(place: str) -> bool:
    return any(known == place or known.startswith((place + ".", place + "[]")) for known in _KINDS)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _interpreter(root: Path, said: str) -> Path:
    """Return an interpreter relative to the workspace, or a bare name to be found on the PATH."""
    return root / said if re.search(r"[/\\]", said) else Path(said)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) < 60 else text[:57] + "…"


def _tuples(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}


def _edge(item: Any) -> EdgeSettings:
    return EdgeSettings(topic=item) if isinstance(item, str) else EdgeSettings(**item)


def _reply(item: Any) -> DeclaredReply:
    return DeclaredReply(topic=item) if isinstance(item, str) else DeclaredReply(**item)


def _scan(said: Mapping[str, Any]) -> ScanSettings:
    return ScanSettings(
        env_wrappers=tuple(said.get("env_wrappers", ())),
        sinks=tuple(SinkSettings(**item) for item in said.get("sink", [])),
        implies=tuple(ImpliedSettings(**item) for item in said.get("implies", [])),
    )
