"""What every command writes: any text, to a file or standard output, whatever that is."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path

from asyncapi.errors import PortalError


def write_text(text: str, output: Path | None) -> None:
    """Write a report to a file, or to standard output; PortalError when there it cannot be written."""
    try:
        if output is not None:
            output.write_bytes(text.encode("utf-8", "replace"))
        else:
            sys.stdout.write(text)
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if output is None:
            drop_output()
        raise PortalError(f"cannot write: {error.strerror}", source=str(output or "standard output")) from error


def open_streams() -> None:
    """Let standard output and error take any text: UTF-8 for files and pipes, on a terminal what it can show."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=stream.encoding if stream.isatty() else "utf-8", errors="replace")


def drop_output() -> None:
    """Let what is still to be written to standard output vanish, so that nobody complains of it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
