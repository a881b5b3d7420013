"""Contracts that print, exit, crash, loop, fork or scribble: one clear sentence, or the right answer, in time."""

from __future__ import annotations

import ast
import os
import select
import selectors
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.contracts import FIXTURES, constants

from asyncapi.contracts.introspection import CHILD, introspect
from asyncapi.errors import IntrospectionError

CRASHY = FIXTURES / "crashy"


def _look(module: str, timeout: float = 30.0) -> list[tuple[str, str, str]]:
    return constants(introspect([module], paths=[Path("crashy")], root=FIXTURES, timeout=timeout))


@pytest.mark.parametrize(
    ("module", "value"),
    [
        ("prints", "prints/a"),
        ("threads", "threads/a"),
        ("forks", "forks/a"),
        ("closes", "closes/a"),
        ("scribbles", "scribbles/a"),
        ("scribbles_far", "far/a"),
        ("patches", "patches/a"),
        ("changes", "changes/a"),
    ],
)
def test_rude_contracts_are_still_exported(module: str, value: str) -> None:
    """Floods of output, threads, forks, closed or scribbled files and patched builtins do not touch the answer."""
    start = time.monotonic()
    assert _look(module) == [("TOPIC_A", value, "address")]
    assert time.monotonic() - start < 20


class _Late(selectors.DefaultSelector):
    """Reports nothing the first time, and only when all is written: as if the machine had been busy."""

    late = True

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for the end of what is written before looking, once."""
        if not self.late:
            return super().select(timeout)
        self.late = False
        for key in self.get_map().values():
            ended = select.poll()
            ended.register(key.fd, 0)
            ended.poll(20_000)
        time.sleep(0.3)
        return []


def test_an_answer_is_read_though_the_child_has_left_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that answers and ends while nobody looks has answered."""
    monkeypatch.setattr(selectors, "DefaultSelector", _Late)
    assert _look("changes") == [("TOPIC_A", "changes/a", "address")]


PLACE = "(make it importable without side effects)"
SENTENCES = {
    "exits": (
        f"{sys.executable} left with exit code 0 while importing exits, without an answer; "
        'its last words: "about to leave" (contracts must be importable without side effects)'
    ),
    "crashes": (
        f"{sys.executable} was ended by SIGSEGV while importing crashes, without an answer "
        "(contracts must be importable without side effects)"
    ),
    "closes_all": (
        "closes_all closed the pipe that the answer goes through "
        "(contracts must not close files that they did not open)"
    ),
    "quits": (
        "crashy/quits.py:3: quits could not be imported: SystemExit: 3 (do not leave the program while being imported)"
    ),
    "needs": (
        "crashy/needs.py:1: needs could not be imported: ModuleNotFoundError: "
        "No module named 'no_such_dependency_anywhere' (install no_such_dependency_anywhere in "
        f"{sys.executable}, or name another interpreter with --python or in portal.toml)"
    ),
    "syntax": (
        "crashy/syntax.py:2: syntax could not be imported: SyntaxError: invalid syntax "
        "(mend the syntax, or name a newer interpreter with --python or in portal.toml)"
    ),
    "asks": f"crashy/asks.py:1: asks could not be imported: EOFError: EOF when reading a line {PLACE}",
    "wants": (
        "crashy/wants.py:3: wants could not be imported: KeyError: 'NO_SUCH_VARIABLE_ANYWHERE' "
        "(set the environment variable NO_SUCH_VARIABLE_ANYWHERE, or give it a default)"
    ),
    "nonesuch.contracts": (
        "there is no package nonesuch.contracts to be imported (no module named nonesuch) "
        "(check the name, and name the folder that holds it with --path)"
    ),
}


@pytest.mark.parametrize("module", SENTENCES)
def test_what_cannot_be_looked_at_is_said_in_a_sentence(module: str) -> None:
    """The error names the package, the cause with its place, the last words on stderr, and a remedy."""
    with pytest.raises(IntrospectionError) as caught:
        _look(module)
    assert str(caught.value) == SENTENCES[module]


@pytest.mark.parametrize("module", ["loops", "buries"])
def test_endless_imports_end_with_the_time_limit(module: str) -> None:
    """A loop ends in time, also one that swallows every signal and exception it can."""
    start = time.monotonic()
    with pytest.raises(IntrospectionError) as caught:
        _look(module, timeout=1.0)
    assert time.monotonic() - start < 5
    assert str(caught.value) == (
        f"{module} did not finish within 1 s while importing {module} "
        "(look for a loop or a network call at import, or allow more time)"
    )


def test_programs_that_contracts_start_end_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a contracts package is left running behind the answer."""
    file = tmp_path / "pid"
    monkeypatch.setenv("CHILDREN_PID_FILE", str(file))
    assert _look("children") == [("TOPIC_A", "children/a", "address")]
    left = int(file.read_text(encoding="utf-8"))
    deadline = time.monotonic() + 5
    while _alive(left) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(left)


def test_a_loop_ends_although_nobody_waits_for_it_any_more() -> None:
    """Contracts that loop at import are left by a killed export, and still end by themselves."""
    program = (
        "import os, sys; from pathlib import Path; from asyncapi.contracts.introspection import introspect; "
        "os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); "
        f"introspect(['loops'], paths=[Path('crashy')], root=Path({str(FIXTURES)!r}), timeout=4.0)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=FIXTURES.parents[1])
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    while not (found := children.read_text(encoding="utf-8").split()) or _seconds(int(found[0])) < 1:
        assert parent.poll() is None
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    child = int(found[0])
    deadline = time.monotonic() + 60
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(child)


def _seconds(process: int) -> float:
    """Return the processor time that a process has had."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


def _alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_no_descriptors_are_left_open() -> None:
    """A good answer and an error both give back every file descriptor."""
    before = sorted(entry.name for entry in Path("/proc/self/fd").iterdir())
    _look("prints")
    with pytest.raises(IntrospectionError):
        _look("exits")
    assert sorted(entry.name for entry in Path("/proc/self/fd").iterdir()) == before


def test_another_interpreter_without_pydantic_is_told_so(tmp_path: Path) -> None:
    """The remedy for an interpreter without Pydantic names it."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    with pytest.raises(IntrospectionError) as caught:
        introspect(["prints"], paths=[CRASHY], root=tmp_path, python=python)
    assert caught.value.message == f"{sys.executable} cannot import pydantic: No module named 'pydantic'"
    assert caught.value.hint == (
        "install the contracts' dependencies there, or name another interpreter with --python or in portal.toml"
    )


def test_an_interpreter_that_is_none_is_told_so(tmp_path: Path) -> None:
    """Any other program is an error with its exit code."""
    with pytest.raises(IntrospectionError) as caught:
        introspect(["prints"], paths=[CRASHY], root=tmp_path, python=Path("/bin/false"))
    assert caught.value.message == "/bin/false left with exit code 1 and is no Python interpreter"


PARTS = sorted(CHILD.parent.glob("*.py"))


def test_the_child_imports_only_itself_the_standard_library_and_pydantic() -> None:
    """The child's imports, wherever they stand, name nothing that a team's interpreter might lack."""
    imported = set()
    for node in (node for part in PARTS for node in ast.walk(ast.parse(part.read_text(encoding="utf-8")))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            assert (CHILD.parent / f"{node.module}.py").is_file()
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported - sys.stdlib_module_names == {"pydantic"}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.stem)
def test_the_child_is_written_in_python_3_9(part: Path) -> None:
    """Every module of the child can be read by the oldest Python that teams run it with."""
    ast.parse(part.read_text(encoding="utf-8"), feature_version=(3, 9))


def test_the_modules_of_the_child_stay_out_of_sight(tmp_path: Path) -> None:
    """Contracts that have modules of the same names as the child get their own, and the child keeps its own."""
    names = [part.stem for part in PARTS if not part.stem.startswith("_")]
    for name in names:
        (tmp_path / f"{name}.py").write_text("", encoding="utf-8")
    lines = [f"import {name}" for name in names]
    lines += [
        "import sys",
        "assert not any(hasattr(sys.modules[name], 'Json') for name in set(sys.modules) & {'pipe'})",
    ]
    lines += [f"assert {name}.__file__.startswith({str(tmp_path)!r})" for name in names]
    (tmp_path / "crowded.py").write_text("\n".join([*lines, "TOPIC_A = 'crowd/a'"]), encoding="utf-8")
    found = introspect(["crowded", "limits"], paths=[tmp_path], root=tmp_path)
    assert [constant.value for constant in found.constants] == ["crowd/a"]
    assert found.findings == ()


def test_the_child_runs_where_nothing_is_on_the_path_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With safe paths and no byte code written, the answer is the same."""
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tmp_path / "safe.py").write_text("TOPIC_A = 'safe/a'\n", encoding="utf-8")
    found = introspect(["safe"], paths=[tmp_path], root=tmp_path)
    assert [constant.value for constant in found.constants] == ["safe/a"]


def test_the_folder_of_the_child_is_not_on_the_import_path(tmp_path: Path) -> None:
    """Contracts cannot see the files beside the child by accident."""
    (tmp_path / "curious.py").write_text(
        "import sys\nTOPICS_SEEN = any('introspect' in entry for entry in sys.path)\n"
        "if TOPICS_SEEN:\n    TOPIC_A = 'seen/a'\n",
        encoding="utf-8",
    )
    assert introspect(["curious"], paths=[tmp_path], root=tmp_path).constants == ()


def test_methods_that_use_their_instance_are_no_findings(tmp_path: Path) -> None:
    """What a method makes of attributes that only instances have is left out without a word."""
    text = (
        "class Plant:\n"
        '    PATTERN = "plant/{line}/state"\n\n'
        "    def state(self):\n        return self.PATTERN.format(line=self.line)\n"
    )
    (tmp_path / "builders.py").write_text(text, encoding="utf-8")
    assert introspect(["builders"], paths=[tmp_path], root=tmp_path).findings == ()
