"""Writes what can be made from the code: the reference pages and the example document; `--check` only compares."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTE = "<!-- Made by `make docs`; edit the code it is made from. -->\n\n"


def command_line() -> str:
    """Return the page on the `portal` command: each sub-command with its arguments."""
    from portal.cli import COMMANDS, parser

    lines = [
        "# The command line",
        "",
        "`portal COMMAND --help` prints the same.",
        "",
        *_table("command", COMMANDS.items()),
    ]
    lines += [
        "",
        "Exit codes: 0 clean · 1 findings at or above the threshold · 2 could not run · 130 interrupted · "
        "141 whoever read the output left before its end (`| head`).",
        "",
    ]
    choices = next(action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)).choices
    for name, sub in choices.items():
        lines += [
            f"## portal {name}",
            "",
            f"{sub.description}",
            "",
            *_table("argument", map(_argument, _shown(sub))),
            "",
        ]
    return "\n".join(lines)


def extensions() -> str:
    """Return the page on the `x-` fields of our documents."""
    from asyncapi.extensions import EXTENSIONS

    lines = [
        "# The x- fields of our documents",
        "",
        "AsyncAPI lets a document carry fields whose names begin with `x-`. Ours carry what the specification has no",
        "field for. Every page is drawn without them too; only what they say is then shown as unknown.",
        "",
        "| field | on | value | meaning |",
        "|---|---|---|---|",
    ]
    for item in EXTENSIONS:
        lines.append(f"| `{item.name}` | {', '.join(item.on)} | {_cell(item.shape)} | {_cell(item.meaning)} |")
    return "\n".join(lines) + "\n"


def rules() -> str:
    """Return the page on the rules: the id, the default severity and the text of each."""
    from asyncapi.checks.catalogue import reference

    return reference()


def settings() -> str:
    """Return the page on portal.toml: every key by the table in which it stands."""
    from asyncapi.workspace.settings.keys import CHOICES, KEYS

    kinds = KINDS | {kind: " \u00b7 ".join(f"`{choice}`" for choice in choices) for kind, choices in CHOICES.items()}
    tables: dict[str, list[str]] = {}
    for key in KEYS:
        table, _, name = key.place.rpartition(".")
        tables.setdefault(table, []).append(
            f"| `{name}` | {kinds[key.kind]} | {_cell(key.meaning)}{NEEDED if key.needed else ''} |"
        )
    lines = [
        "# portal.toml",
        "",
        "Stands in the folder of the workspace. Every key may be left out. A key or a value that is not allowed is an",
        "error that names its line. `*` is a name of your choosing; a topic's address goes in quotes:",
        '`[topic."orders/{id}/state"]`.',
        "",
    ]
    for table, rows in tables.items():
        lines += [f"## {_heading(table)}", "", "| key | value | meaning |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


NEEDED = " Needed in every such table."
KINDS: dict[str, str] = {
    "text": "text",
    "texts": "list of texts",
    "imports": "list of import names",
    "globs": "list of patterns",
    "class": "`module:Class`",
    "link": "address",
    "name": "text",
    "urn": "URN",
    "host": "address",
    "flag": "`true` \u00b7 `false`",
    "number": "number",
    "date": "date, `2026-12-31`",
    "pattern": "regular expression",
    "position": "number or name",
    "license": "text or table",
    "edges": "list of topics, or of tables",
    "replies": "list of topics, or of tables",
    "steps": "list of texts",
}


def _heading(table: str) -> str:
    if not table:
        return "Top of the file"
    return f"`[[{table.removesuffix('[]')}]]`" if table.endswith("[]") else f"`[{table}]`"


def example() -> str:
    """Return the document of the bundled workspace."""
    from asyncapi.documents.yaml12 import dumps
    from asyncapi.exporting.export import export
    from asyncapi.workspace.settings import load_settings

    return dumps(export(load_settings(ROOT / "examples/py-tars")).document)


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/cli.md": command_line,
    "docs/reference/extensions.md": extensions,
    "docs/reference/portal-toml.md": settings,
    "docs/reference/rules.md": rules,
}
DATA: dict[str, Callable[[], str]] = {"examples/py-tars/asyncapi.yaml": example}


def generated() -> Iterator[tuple[Path, str]]:
    """Yield each generated file with the content it should have."""
    for name, make in PAGES.items():
        yield ROOT / name, NOTE + make().rstrip() + "\n"
    for name, make in DATA.items():
        yield ROOT / name, make()


def stale() -> list[str]:
    """Return the names of the generated files that are missing or differ."""
    return [
        path.relative_to(ROOT).as_posix()
        for path, text in generated()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def _shown(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if action.help != argparse.SUPPRESS and action.dest != "help"]


def _argument(action: argparse.Action) -> tuple[str, str]:
    value = action.metavar or (action.dest.upper() if action.nargs != 0 and action.option_strings else "")
    value = f"{{{','.join(map(str, action.choices))}}}" if action.choices else str(value)
    named = ", ".join(action.option_strings)
    optional = {"?": "[{}]", "*": "[{} …]", "+": "{} …"}.get(str(action.nargs), "{}")
    name = optional.format(value or action.dest.upper()) if not named else f"{named} {value}".strip()
    meaning = action.help or ""
    if action.default not in (None, False, "", []) and "default" not in meaning:
        meaning += f" (default: {action.default})"
    return name, meaning.strip()


def _table(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    return [f"| {title} | meaning |", "|---|---|", *(f"| `{_cell(name)}` | {_cell(text)} |" for name, text in rows)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> int:
    """Write the generated files, or name those that are not fresh and return 1."""
    if sys.argv[1:] == ["--check"]:
        names = stale()
        for name in names:
            print(f"{name} is not what the code makes; run: make docs")
        return 1 if names else 0
    for path, text in generated():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
