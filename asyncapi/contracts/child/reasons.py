"""Why a package or a module cannot be looked at: in words, with place and remedy."""

from __future__ import annotations

import os
import sys

from .places import Places

_HERE = os.path.dirname(os.path.realpath(__file__))


class Refusal(Exception):  # noqa: N818
    """The package cannot be looked at, in one sentence, with a remedy."""

    def __init__(self, message: str, hint: str = "", source: str = "") -> None:
        super().__init__(message)
        self.hint, self.source = hint, source


def say(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    text = " ".join(str(error).split())
    if isinstance(error, ImportError) and error.path:
        text = text.replace(f" ({error.path})", "")
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__


def remedy_for(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.partition(".")[0] not in sys.modules:
        needed = error.name.partition(".")[0]
        return f"install {needed} in {sys.executable}, or name another interpreter with --python or in portal.toml"
    if isinstance(error, SyntaxError):
        return "mend the syntax, or name a newer interpreter with --python or in portal.toml"
    if isinstance(error, SystemExit):
        return "do not leave the program while being imported"
    if variable := _missing_variable(error):
        return f"set the environment variable {variable}, or give it a default"
    if isinstance(error, (ImportError, AttributeError)) and "partially initialized" in str(error):
        return "break the circle: move what both modules need to a third one"
    if isinstance(error, _MISTAKES) or type(error).__module__.startswith("pydantic"):
        return "correct that line: the module must be importable by itself"
    return "make it importable without side effects"


_MISTAKES = (TypeError, ValueError, NameError, AttributeError, LookupError, RecursionError, ImportError)


def _missing_variable(error: BaseException) -> str:
    """Return the environment variable that was looked up in vain, empty when something else went wrong."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not isinstance(error, KeyError) or not error.args or not isinstance(error.args[0], str):
        return ""
    return error.args[0] if trace.tb_frame.f_locals.get("self") is os.environ else ""


def place_of(error: BaseException, places: Places) -> tuple[str, int | None]:
    """Return file and line, of the deepest frame in the workspace, where the import failed."""
    if isinstance(error, SyntaxError) and error.filename and os.path.exists(error.filename):
        return places.spell(error.filename), error.lineno
    found: tuple[str, int | None] = ("", None)
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if places.own(file) and os.path.dirname(os.path.realpath(file)) != _HERE:
            found = places.spell(file), trace.tb_lineno
        trace = trace.tb_next
    return found
