"""The command line: finds the sub-command, imports only it, turns errors into one sentence and an exit code.

Exit codes: 0 clean, 1 findings at or above the threshold, 2 could not run, 130 interrupted, 141 whoever read the
output left before its end.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from asyncapi.errors import PortalError
from portal.commands.output import drop_output, open_streams

COMMANDS: dict[str, str] = {
    "init": "look around a repository and write a portal.toml for it",
    "diff": "say what changed between two versions and whom it breaks",
    "preview": "build a static site of a new version that shows what it changes",
    "changelog": "write release notes of the contracts",
    "pr": "say on a pull request what it changes",
    "history": "export a workspace at its git tags, so that the portal shows what each changed",
    "export": "make an AsyncAPI document from a contracts package and its services",
    "check": "find what does not meet in a workspace or a document",
    "flows": "show what follows what in a system",
    "serve": "show documents and workspaces in a browser",
    "build": "write the portal as static files",
    "mcp": "answer a language model's questions over standard input and output",
}


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """Return the parser with every sub-command named, and the arguments of `command` (all when None) filled in."""
    root = argparse.ArgumentParser(prog="portal", description="Contract portal for event-driven systems on MQTT.")
    root.add_argument("--version", action="store_true", help="print the version and stop")
    choices = root.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        sub = choices.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if command in (None, name):
            importlib.import_module(f"portal.commands.{name}").configure(sub)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command and return its exit code."""
    open_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = next((word for word in words if word in COMMANDS), "")
    root = parser(command)
    options = root.parse_args(words)
    if options.version:
        from importlib.metadata import version

        print(version("mqtt-contract-portal"))
        return 0
    if not options.command:
        root.print_help()
        return 2
    try:
        code: int = importlib.import_module(f"portal.commands.{options.command}").run(options)
        return code
    except PortalError as error:
        return _refused(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        drop_output()
        return 141
    except OSError as error:
        if error.filename is None:
            raise
        return _refused(f"{os.fsdecode(error.filename)}: {error.strerror}")


def _refused(sentence: str) -> int:
    """Say why nothing was done, in one line: what a document holds begins no other, and commands no terminal."""
    line = "".join(letter if letter.isprintable() else " " for letter in sentence)
    print(f"portal: {line}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
