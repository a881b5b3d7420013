"""Scan a fixture workspace and spell what was seen, one line for each fact, without line numbers."""

from __future__ import annotations

from pathlib import Path

from asyncapi.scan import BUILTIN, SinkTable, scan
from asyncapi.sites import Scan, ServiceSource, Site


def workspace(folder: Path, *, sinks: SinkTable = BUILTIN, constants: dict[str, str] | None = None) -> Scan:
    """Scan a fixture: its `service` folder (or all of it), with the fixture itself as import root."""
    path = "service" if (folder / "service").is_dir() else "."
    roots = [folder] if path == "service" else []
    service = ServiceSource(name=folder.name, path=path)
    return scan([service], root=folder, import_roots=roots, sinks=sinks, constants=constants or {})


def look(folder: Path) -> list[str]:
    """Return every fact of a scan as one line: sites, unresolved calls, causes, findings, calls passed over, cuts."""
    seen = workspace(folder)
    lines = [spelled(site) for site in seen.sites]
    lines += [f"unresolved {item.action} {item.expression} ({item.reason})" for item in seen.unresolved]
    for cause in seen.causes:
        copies = ", ".join(f"{source}->{target}" for source, target in cause.copies)
        lines.append(f"cause {cause.received} => {cause.sent} in {cause.handler.symbol} [{copies}]")
    lines += [f"finding {item.rule} {item.subject} line={item.line}" for item in seen.findings]
    lines += [f"silent {item.action or '?'} {item.expression}" for item in seen.silent]
    lines += [f"cut {item.bound} {item.kept}/{item.seen}" for item in seen.cuts]
    return sorted(lines)


def spelled(site: Site) -> str:
    """Return one site as one line; what is empty is left out."""
    retain = {True: "yes", False: "no", None: "?"}[site.retain]
    words = [site.action, site.topic, f"qos={'?' if site.qos is None else site.qos}/{site.qos_from}"]
    if site.action == "send":
        words.append(f"retain={retain}/{site.retain_from}")
    options = ",".join(f"{name}={value}" for name, value in site.dump)
    for name, value in (
        ("wire", site.wire if site.wire != "unknown" else ""),
        ("model", site.model),
        ("dump", options),
        ("handler", site.handler),
        ("env", site.environment),
        ("constant", site.constant),
        ("implied", "yes" if site.implied else ""),
        ("sure", "" if site.confidence == 1.0 else str(site.confidence)),
    ):
        if value:
            words.append(f"{name}={value}")
    return " ".join([*words, f"@{site.source.symbol}"])
