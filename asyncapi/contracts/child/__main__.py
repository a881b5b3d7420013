"""The start of the child: loads its own modules out of everybody's sight, reads the request, looks, answers."""

from __future__ import annotations

import sys

_SAFE = getattr(sys.flags, "safe_path", False) or sys.flags.isolated  # then this file's folder is not on the path
if __name__ == "__main__" and sys.path and not _SAFE:
    del sys.path[0]

import gc  # noqa: E402
import importlib.util  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import typing  # noqa: E402

# Taken before anybody's contracts can put something else in their place.
_loads, _leave = json.loads, os._exit

OWN = "_introspecting_child"


def main() -> None:
    """Read the request, look, answer, and leave without waiting for anybody's threads."""
    gc.set_threshold(200_000, 50, 50)  # nearly everything that importing makes stays until the end
    descriptor, secret = int(sys.argv[1]), sys.argv[2]
    with os.fdopen(0, "rb", closefd=False) as stream:
        request = _loads(stream.read())
    _empty_stdin()
    _bound(request["seconds"])
    answer, pipe, reasons = (_part(name) for name in ("answer", "pipe", "reasons"))
    channel = pipe.Channel(descriptor, secret)
    del sys.argv[1:]
    try:
        channel.send("answer", answer.look(request, channel))
    except reasons.Refusal as refusal:
        channel.send("refusal", {"message": str(refusal), "hint": refusal.hint, "source": refusal.source})
    except OSError:
        _leave(74)
    _leave(0)


def _part(name: str) -> typing.Any:
    """Return one of our own modules; they are a package under a name that nobody else has, and on nobody's path."""
    if OWN not in sys.modules:
        folder = os.path.dirname(os.path.abspath(__file__))
        start = os.path.join(folder, "__init__.py")
        spec = importlib.util.spec_from_file_location(OWN, start, submodule_search_locations=[folder])
        assert spec is not None
        assert spec.loader is not None
        sys.modules[OWN] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[OWN])
    return importlib.import_module(f"{OWN}.{name}")


def _empty_stdin() -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def _bound(seconds: float) -> None:
    """End with the time that all processors have in so many seconds, should nobody be left to end this process."""
    try:
        import resource
    except ImportError:  # there is nothing like it on Windows
        return
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    most = int(seconds * processors) + 1
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most if soft < 0 else min(soft, most), hard))


if __name__ == "__main__":
    main()
