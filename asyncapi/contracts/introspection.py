"""Run the introspecting child in an interpreter, bounded in time and size, and hand on what it answers."""

from __future__ import annotations

import json
import os
import secrets
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from asyncapi.contracts.build import build
from asyncapi.contracts.facts import Contracts
from asyncapi.errors import IntrospectionError

CHILD = Path(__file__).with_name("child") / "__main__.py"
MAX_ANSWER = 512 * 1024 * 1024  # keeps a child that never stops from filling the memory
KEPT_STDERR = 16 * 1024  # the end of a traceback
CLOSED = 74  # the code by which the child says that its pipe was closed; EX_IOERR of sysexits.h
NAME_PYTHON = "name a Python interpreter with --python, or as `python` in portal.toml"


def introspect(
    packages: Sequence[str],
    *,
    paths: Sequence[Path],
    root: Path,
    python: Path | None = None,
    timeout: float = 60.0,
    generics: Sequence[str] = (),
) -> Contracts:
    """Import `packages` in a child process and return everything seen in them, merged and in source order.

    `paths` are put before the interpreter's own import path, `root` is its working folder and the base of all
    file names; `python` is the interpreter that has the contracts' dependencies, by default this one; a bare
    name is looked up on PATH, a relative path starts at `root`. `generics` are generic classes (`module.Class`) that
    are models as they stand, with anything for their type variables. Raises
    IntrospectionError when a package cannot be found or imported, the interpreter cannot run, the child dies
    or does not answer within `timeout` seconds. A submodule that cannot be imported is a finding instead.
    """
    if not packages:
        hint = "name one with --contracts or in portal.toml"
        raise IntrospectionError("no contracts package is named", source=str(root), hint=hint)
    root = root.resolve()
    request = {
        "packages": list(packages),
        "paths": [str(path if path.is_absolute() else root / path) for path in paths],
        "root": str(root),
        "generics": list(generics),
        "seconds": timeout,
    }
    return build(_ask(request, _interpreter(python, root), root, timeout), root)


def _interpreter(python: Path | None, root: Path) -> Path:
    """Return this interpreter by default; a bare name is looked up on PATH, then, like a relative path, at the root."""
    if python is None:
        return Path(sys.executable)
    bare = len(python.parts) == 1 and (shutil.which(str(python)) or not (root / python).exists())
    return python if python.is_absolute() or bare else root / python


def _no_start(python: Path, error: OSError) -> str:
    """Return why an interpreter cannot be started, in words."""
    if python.is_dir():
        return "it is a folder"
    return f"{python} is not on the PATH" if len(python.parts) == 1 else str(error.strerror)


@dataclass(slots=True, kw_only=True)
class _Conversation:
    """What came back so far: the bytes of the answer pipe and the end of stderr."""

    secret: str
    names: str
    data: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    position: int = 0
    module: str = ""
    begun: bool = False
    answer: dict[str, Any] | None = None
    refusal: dict[str, Any] | None = None

    @property
    def finished(self) -> bool:
        return self.answer is not None or self.refusal is not None

    def read(self) -> None:
        """Take every complete frame out of the data; anything between frames is somebody else's noise."""
        while frame := self._frame():
            kind, body = frame
            if kind == "at":
                self.module, self.begun = json.loads(body), True
            elif kind == "answer":
                self.answer = json.loads(body)
            elif kind == "refusal":
                self.refusal = json.loads(body)

    def _frame(self) -> tuple[str, bytes] | None:
        mark = b"\n" + self.secret.encode() + b" "
        start = self.data.find(mark, self.position)
        head = self.data.find(b"\n", start + len(mark)) if start >= 0 else -1
        if head < 0:
            return None
        kind, _, length = self.data[start + len(mark) : head].decode().partition(" ")
        end = head + 1 + int(length)
        if len(self.data) < end:
            return None
        self.position = end
        return kind, bytes(self.data[head + 1 : end])

    @property
    def said(self) -> str:
        """Return the last line of stderr, in brackets for a sentence, else nothing."""
        lines = [line for line in self.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        return f'; its last words: "{lines[-1].strip()[:300]}"' if lines else ""

    @property
    def where(self) -> str:
        """Return what was being imported, for a sentence."""
        return f"while importing {self.module}" if self.module else f"while looking at {self.names}"


def _ask(request: dict[str, Any], python: Path, root: Path, timeout: float) -> dict[str, Any]:
    talk = _Conversation(secret=secrets.token_hex(16), names=", ".join(request["packages"]))
    deadline = time.monotonic() + timeout
    reader, writer = os.pipe()
    try:
        with _child(python, root, writer, talk) as child:
            os.close(writer)
            writer = -1
            in_time = _converse(child, reader, json.dumps(request).encode(), talk, deadline)
            status = None if talk.finished or not in_time else _status(child, deadline)
    finally:
        os.close(reader)
        if writer >= 0:
            os.close(writer)
    return _judge(talk, in_time, status, timeout, python)


@contextmanager
def _child(python: Path, root: Path, writer: int, talk: _Conversation) -> Iterator[subprocess.Popen[bytes]]:
    """Start the child in a session of its own; whatever it started ends with it."""
    try:
        child = subprocess.Popen(
            [str(python), str(CHILD), str(writer), talk.secret],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
            pass_fds=(writer,),
            start_new_session=True,
        )
    except OSError as error:
        raise IntrospectionError(
            f"the interpreter {python} cannot be started in {root}: {_no_start(python, error)}",
            hint=NAME_PYTHON,
        ) from None
    try:
        yield child
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for stream in (child.stdin, child.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


def _converse(
    child: subprocess.Popen[bytes], reader: int, request: bytes, talk: _Conversation, deadline: float
) -> bool:
    """Send the request and read until the answer is whole, the child has gone, or time is up (False)."""
    assert child.stdin is not None
    assert child.stderr is not None
    with suppress(BrokenPipeError):
        child.stdin.write(request)
        child.stdin.close()
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        selector.register(child.stderr, selectors.EVENT_READ)
        while not talk.finished:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            gone = child.poll() is not None
            ready = selector.select(min(left, 0.2))
            for key, _ in ready:
                _take(key.fd, key.fileobj, reader, talk, selector)
            talk.read()
            if gone and not ready:
                return True
            if not selector.get_map():
                return True
    return True


def _take(
    fd: int, file: int | IO[bytes] | Any, reader: int, talk: _Conversation, selector: selectors.BaseSelector
) -> None:
    chunk = os.read(fd, 1 << 20)
    if not chunk:
        selector.unregister(file)
    elif fd == reader:
        talk.data += chunk
        if len(talk.data) > MAX_ANSWER:
            raise IntrospectionError(
                f"{talk.names} answered with more than {MAX_ANSWER >> 20} MB", hint="export fewer packages at once"
            )
    else:
        talk.stderr += chunk
        del talk.stderr[:-KEPT_STDERR]


def _status(child: subprocess.Popen[bytes], deadline: float) -> int | None:
    try:
        return child.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None


def _judge(talk: _Conversation, in_time: bool, status: int | None, timeout: float, python: Path) -> dict[str, Any]:
    if talk.answer is not None:
        return talk.answer
    if talk.refusal is not None:
        raise IntrospectionError(talk.refusal["message"], hint=talk.refusal["hint"], source=talk.refusal["source"])
    if not in_time or status is None:
        raise IntrospectionError(
            f"{talk.names} did not finish within {timeout:g} s {talk.where}{talk.said}",
            hint="look for a loop or a network call at import, or allow more time",
        )
    if status == CLOSED:
        raise IntrospectionError(
            f"{talk.names} closed the pipe that the answer goes through",
            hint="contracts must not close files that they did not open",
        )
    how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"left with exit code {status}"
    if not talk.begun:
        raise IntrospectionError(f"{python} {how} and is no Python interpreter{talk.said}", hint=NAME_PYTHON)
    raise IntrospectionError(
        f"{python} {how} {talk.where}, without an answer{talk.said}",
        hint="contracts must be importable without side effects",
    )
