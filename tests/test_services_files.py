"""Which files belong to a service, which file an import means, and how a file is read whatever it holds."""

from __future__ import annotations

import ast
import json
import os
import stat
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.workspaces import service_files, write

from asyncapi.services import files as files_module
from asyncapi.services import grammar, walking
from asyncapi.services.files import SharedFiles
from asyncapi.services.grammar import Grammar, Unreadable
from asyncapi.services.interpreters import newer_pythons, site_packages
from asyncapi.services.parsing_child import CHILD, rebuilt

BROKEN = "def f(:\n"  # No Python reads this.


def _names(root: Path, path: str) -> dict[str, str]:
    return {item.file: item.name for item in service_files(root, path).files}


def test_files_of_a_service(tmp_path: Path) -> None:
    """A service has its Python files, without tests, environments, copies of others' code and hidden folders."""
    write(
        tmp_path,
        dict.fromkeys(
            [
                *("a/main.py", "a/inner/x.py", "a/build/__init__.py", "a/build/kept.py", "a/env/kept.txt"),
                *("a/tests/x.py", "a/test_x.py", "a/x_test.py", "a/conftest.py", "a/setup.py", "a/.hidden/x.py"),
                *("a/build2/x.py", "a/dist/x.py", "a/env/x.py", "a/vendor/x.py", "a/docs/x.py", "a/x.egg-info/x.py"),
                *("a/own/pyvenv.cfg", "a/own/x.py", "a/conda/conda-meta", "a/conda/x.py", "a/stub.pyi", "b/main.py"),
            ],
            "",
        ),
    )
    assert _names(tmp_path, "a") == {
        "a/main.py": "main",
        "a/inner/x.py": "inner.x",
        "a/build/__init__.py": "build",
        "a/build/kept.py": "build.kept",
        "a/build2/x.py": "build2.x",
    }


@pytest.mark.parametrize(
    ("texts", "path", "expected"),
    [
        pytest.param(["s/main.py"], "s/main.py", {"s/main.py": "main"}, id="one file"),
        pytest.param(["p/__init__.py", "p/a.py"], "p/a.py", {"p/a.py": "p.a"}, id="one file of a package"),
        pytest.param(
            ["s/src/p/__init__.py", "s/src/p/a.py", "s/tool.py"],
            "s",
            {"s/src/p/__init__.py": "p", "s/src/p/a.py": "p.a", "s/tool.py": "tool"},
            id="src",
        ),
        pytest.param(["s/src/space/p/a.py"], "s", {"s/src/space/p/a.py": "space.p.a"}, id="packages without init"),
        pytest.param(
            ["t/__init__.py", "t/m/__init__.py", "t/m/c.py"],
            "t/m",
            {"t/m/__init__.py": "t.m", "t/m/c.py": "t.m.c"},
            id="inside of a package",
        ),
        pytest.param(
            ["a/src/x/__init__.py", "a/src/x/m.py", "b/pyproject.toml", "b/y/__init__.py", "b/y/m.py"],
            ".",
            {"a/src/x/__init__.py": "x", "a/src/x/m.py": "x.m", "b/y/__init__.py": "y", "b/y/m.py": "y.m"},
            id="several packages",
        ),
        pytest.param(["a/m.py", "b/m.py"], ".", {"a/m.py": "a.m", "b/m.py": "b.m"}, id="scripts of one name"),
        pytest.param(["a/m.py"], "nothing", {}, id="no such folder"),
    ],
)
def test_names(tmp_path: Path, texts: list[str], path: str, expected: dict[str, str]) -> None:
    """A file is called as others import it: from `src`, from its project, from outside of the packages around it."""
    write(tmp_path, dict.fromkeys(texts, ""))
    assert _names(tmp_path, path) == expected


def test_links(tmp_path: Path) -> None:
    """A link inside of the service is its own, one out of it is not, one out of the workspace is nothing."""
    write(tmp_path, {"s/a.py": "", "secret.py": ""})
    (tmp_path / "s" / "inside.py").symlink_to(tmp_path / "s" / "a.py")
    (tmp_path / "s" / "outside.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "s" / "loop").symlink_to(tmp_path / "s")
    (tmp_path / "s" / "far.py").symlink_to(Path(__file__))
    assert set(_names(tmp_path, "s")) == {"s/a.py", "s/inside.py"}
    found = service_files(tmp_path, "s")
    assert [item.file for name in ("inside", "outside", "far") if (item := found.find(name))] == [
        "s/inside.py",
        "s/outside.py",
    ]


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with more entries than are looked at says so."""
    write(tmp_path, {"s/a.py": "", "s/b.py": "", "s/c.py": ""})
    assert [service_files(tmp_path, "s").cut, len(service_files(tmp_path, "s").files)] == [False, 3]
    monkeypatch.setattr(walking, "MOST_ENTRIES", 2)
    assert [service_files(tmp_path, "s").cut, len(service_files(tmp_path, "s").files)] == [True, 2]


WORKSPACE = {
    "s/main.py": "",
    "s/config.py": "",
    "s/queue.py": "",
    "s/sub/worker.py": "",
    "s/sub/config.py": "",
    "s/both.py": "",
    "s/both/__init__.py": "",
    "s/pkg/__init__.py": "",
    "s/pkg/inner.py": "",
    "s/pkg/json.py": "",
    "shared/__init__.py": "",
    "shared/topics.py": "",
    "libs/one/src/one/__init__.py": "",
    "libs/one/src/one/m.py": "",
    "libs/one/src/one/json.py": "",
    "other/lost.py": "",
    "site/paho/__init__.py": "",
    "site/paho/client.py": "",
    "site/paho/enums.py": "",
    "site/typed/__init__.pyi": "",
    "site/config.py": "",
    "site/json.py": "",
}


@pytest.mark.parametrize(
    ("near", "name", "expected"),
    [
        ("s/main.py", "config", "s/config.py"),
        ("s/sub/worker.py", "config", "s/sub/config.py"),
        ("s/sub/worker.py", "main", "s/main.py"),
        ("s/main.py", "sub.worker", "s/sub/worker.py"),
        ("s/main.py", "queue", "s/queue.py"),
        ("s/main.py", "both", "s/both/__init__.py"),
        ("s/main.py", "pkg.inner", "s/pkg/inner.py"),
        ("s/pkg/inner.py", "config", "s/config.py"),
        ("s/pkg/inner.py", "json", ""),
        ("s/pkg/inner.py", "inner", ""),
        ("s/main.py", "shared.topics", "shared/topics.py"),
        ("s/main.py", "one.m", "libs/one/src/one/m.py"),
        ("s/main.py", "one.json", "libs/one/src/one/json.py"),
        ("s/main.py", "json", ""),
        ("s/main.py", "lost", ""),
        ("s/main.py", "paho.client", "site/paho/client.py"),
        ("s/main.py", "typed", ""),
        ("s/main.py", "no.such", ""),
        ("s/main.py", "..", ""),
        ("s/main.py", "", ""),
        ("s/main.py", "../s/main", ""),
        ("", "sub.worker", "s/sub/worker.py"),
        ("", "config", "s/config.py"),
    ],
)
def test_find(tmp_path: Path, near: str, name: str, expected: str) -> None:
    """An import means what Python would find: beside the script, in the service, around it, under roots, installed."""
    write(tmp_path / "work", {path: text for path, text in WORKSPACE.items() if not path.startswith("site")})
    write(tmp_path, {path: text for path, text in WORKSPACE.items() if path.startswith("site")})
    found = service_files(tmp_path / "work", "s", import_roots=["libs"], site_packages=[tmp_path / "site"])
    places = {item.file: item for item in found.files}
    result = found.find(name, places[near] if near else None)
    assert (result.file if result else "") == expected
    assert result is None or result.own == expected.startswith("s/")


def test_installed_packages_see_themselves(tmp_path: Path) -> None:
    """A module of an installed package imports what is installed, not a file of the service that has the same name."""
    write(tmp_path / "work", {"s/main.py": "", "s/config.py": "", "s/enums.py": ""})
    write(tmp_path, {path: text for path, text in WORKSPACE.items() if path.startswith("site")})
    found = service_files(tmp_path / "work", "s", site_packages=[tmp_path / "site"])
    client = found.find("paho.client")
    assert client is not None
    names = ["config", found.absolute(client, 1, "enums"), "enums", "json"]
    results = [found.find(name, client) for name in names]
    assert [item.file if item else "" for item in results] == ["site/config.py", "site/paho/enums.py", "", ""]
    assert (client.name, found.is_installed(client)) == ("paho.client", True)


def test_scripts_inside_a_package(tmp_path: Path) -> None:
    """Where a program in a package is run by its path, its neighbours are imported by their bare names."""
    texts = {"e/__init__.py": "", "e/util/__init__.py": "", "e/util/log.py": "", "e/redis.py": "", "e/deep/x.py": ""}
    write(tmp_path / "run", {**texts, "e/deep/__init__.py": "", "e/app.py": 'if __name__ == "__main__":\n    pass\n'})
    write(tmp_path / "imported", {**texts, "e/deep/__init__.py": "", "e/app.py": ""})
    result = {}
    for folder in ("run", "imported"):
        found = service_files(tmp_path / folder, "e")
        near = found.own("e.deep.x")
        result[folder] = [bool(found.find(name, near)) for name in ("util.log", "redis", "json")]
    assert result == {"run": [True, True, False], "imported": [False, False, False]}


@pytest.mark.parametrize(
    ("file", "level", "name", "expected"),
    [
        ("p/q/m.py", 0, "x.y", "x.y"),
        ("p/q/m.py", 1, "x", "p.q.x"),
        ("p/q/m.py", 1, "", "p.q"),
        ("p/q/m.py", 2, "x", "p.x"),
        ("p/q/__init__.py", 1, "x", "p.q.x"),
        ("p/q/__init__.py", 2, "", "p"),
        ("p/q/m.py", 9, "x", "x"),
    ],
)
def test_relative_imports(tmp_path: Path, file: str, level: int, name: str, expected: str) -> None:
    """Leading dots count from the package that the file is in."""
    write(tmp_path, dict.fromkeys(["p/__init__.py", "p/q/__init__.py", "p/q/m.py"], ""))
    found = service_files(tmp_path, "p")
    near = next(item for item in found.files if item.file == file)
    assert found.absolute(near, level, name) == expected


def test_services_share_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two services get the same library file and tree, and nothing is parsed or listed twice."""
    write(tmp_path, {"a/m.py": "x = 1", "b/m.py": "", "lib/p/__init__.py": "", "lib/p/t.py": "y = 2"})
    walks: list[Path] = []
    monkeypatch.setattr(
        files_module, "walk", lambda folder, wanted: walks.append(folder) or walking.walk(folder, wanted)
    )
    shared = SharedFiles()
    one, two = (service_files(tmp_path, path, import_roots=["lib"], shared=shared) for path in ("a", "b"))
    first, second = one.find("p.t"), two.find("p.t")
    assert first is not None and first is second and first.tree() is first.tree()
    assert (
        [item.file for item in one.libraries]
        == [item.file for item in two.libraries]
        == ["lib/p/__init__.py", "lib/p/t.py"]
    )
    assert one.find("nowhere") is two.find("nowhere") is None
    assert sorted(path.name for path in walks) == ["a", "b", "lib"]


@pytest.mark.parametrize(
    ("data", "text", "error"),
    [
        (b"x = 1\r\ny = 2\rz = 3\n", "x = 1\ny = 2\nz = 3\n", None),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n", None),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n", None),
        (b"x = 1\n# coding: latin-1\n", "x = 1\n# coding: latin-1\n", None),
        (b"\nx = '\xe9'\n", "", ("it is not written in utf-8, and its first lines name no other encoding", 2)),
        (b"\n# coding: nothing\n", "", ("unknown encoding: nothing", None)),
        (b"# coding: rot13\n", "", None),
        (b"# coding: punycode\n", "", ("it says that it is written in punycode, which is no encoding for source", 1)),
        (b"x = 1\n" * 1_000_000, "", ("the file is larger than 4 MB", None)),
        (b"x = '\0'\n", "x = '\0'\n", None),
        (b"x = " + b"-" * 100_000 + b"1\n", None, None),
    ],
    ids=["newlines", "mark", "latin", "late", "bytes", "unknown", "no text", "slow", "large", "null", "deep"],
)
def test_reading(tmp_path: Path, data: bytes, text: str | None, error: tuple[str, int | None] | None) -> None:
    """A file is read in the encoding it names; whatever cannot be read says why, and nothing is raised."""
    (tmp_path / "m.py").write_bytes(data)
    (item,) = service_files(tmp_path, "m.py").files
    assert text is None or item.text == text
    if error is None and item.error is not None:
        assert item.error[0] and item.tree() is None
    else:
        assert item.error == error
    assert (item.tree() is None) == (item.error is not None)


def test_no_file_any_more(tmp_path: Path) -> None:
    """A file that went away, or that nobody may read, says so."""
    write(tmp_path, {"s/m.py": ""})
    found = service_files(tmp_path, "s")
    (tmp_path / "s" / "m.py").unlink()
    assert found.files[0].error == ("No such file or directory", None)


def _interpreter(folder: Path, body: str) -> Path:
    """Write a program that stands in for a newer Python; `starts` beside it counts how often it ran."""
    path = folder / "python3.99"
    path.write_text(
        f"#!{sys.executable} -I\nimport sys, time\nopen({str(folder / 'starts')!r}, 'a').write('x')\n{body}"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


ANSWERING = """
source = sys.argv[sys.argv.index("-c") + 1]
sys.version_info = (3, 99)
source = source.replace("ast.parse(text)", "ast.parse(text.replace('def f(:', 'f = 1'))")
exec(source)
"""


def _starts(folder: Path) -> int:
    return len((folder / "starts").read_text()) if (folder / "starts").exists() else 0


def test_newer_python_parses(tmp_path: Path) -> None:
    """What this Python refuses, the newer one that the team names parses, one process for all files."""
    python = _interpreter(tmp_path, ANSWERING)
    write(tmp_path, {"s/a.py": "x = 1\n", "s/b.py": BROKEN, "s/c.py": f"y = 1\n{BROKEN}", "s/d.py": "1 +\n"})
    shared = SharedFiles(python)
    found = service_files(tmp_path, "s", shared=shared)
    a, b, c, d = found.files
    assert (a.error, _starts(tmp_path)) == (None, 0)
    assert [ast.unparse(item.tree() or ast.Module([], [])) for item in (b, c)] == ["f = 1", "y = 1\nf = 1"]
    assert d.error == ("invalid syntax", 1)
    assert _starts(tmp_path) == 1


@pytest.mark.parametrize(
    ("body", "starts"),
    [
        ("sys.exit(127)", 1),
        ("print('no JSON', flush=True)", 1),
        ("print('{\"ready\": true}', flush=True); sys.stdin.readline(); time.sleep(60)", 3),
        ("print('{\"ready\": true}', flush=True); sys.stdin.readline(); sys.exit(1)", 3),
        ("print('{\"ready\": true}', flush=True)\nfor line in sys.stdin: print('[]', flush=True)", 3),
        ("print('{\"ready\": true}', flush=True)\nfor line in sys.stdin: print('{}', flush=True)", 1),
        ("time.sleep(60)", 1),
    ],
    ids=["no Python", "junk", "hangs", "dies", "no object", "empty", "silent"],
)
def test_newer_python_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, starts: int) -> None:
    """An interpreter that does not start, hangs, dies or babbles costs its files, a few starts, and no more."""
    monkeypatch.setattr(grammar, "START", 2.0)
    monkeypatch.setattr(grammar, "PARSE", 0.5)
    monkeypatch.setattr(grammar, "newer_pythons", lambda named: iter([named]))
    parser = Grammar(_interpreter(tmp_path, body))
    begun = time.monotonic()
    results = [parser.parse(BROKEN) for _ in range(5)]
    assert all(isinstance(item, Unreadable) for item in results)
    assert (_starts(tmp_path), time.monotonic() - begun < 20) == (starts, True)


def test_grammar_ends_its_process(tmp_path: Path) -> None:
    """The process that parses ends with the files it parsed for."""
    parser = Grammar(_interpreter(tmp_path, ANSWERING))
    assert isinstance(parser.parse(BROKEN), ast.Module)
    child = parser._child
    assert child is not None and child._process is not None
    process = child._process
    assert process.poll() is None
    del parser, child
    assert process.poll() is not None


def _flat() -> SimpleNamespace:
    """Return the functions of the child, without its loop."""
    names: dict[str, object] = {}
    exec(CHILD.partition("\nwarnings.simplefilter")[0], names)
    return SimpleNamespace(**names)


HERE = Path(__file__).parents[1]


@pytest.mark.parametrize("file", [Path(__file__), *sorted((HERE / "asyncapi" / "services").glob("*.py"))], ids=str)
def test_trees_survive(file: Path) -> None:
    """A tree that went through the child's form is the same tree, positions included."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    again = rebuilt(json.loads(json.dumps(_flat().answer(file.read_text(encoding="utf-8")))))
    assert ast.dump(again, include_attributes=True) == ast.dump(tree, include_attributes=True)
    compile(again, "again", "exec")


def test_constants_survive() -> None:
    """Numbers of every kind and size, bytes, text with half characters and `...` come back as they were."""
    text = f"x = [1, -0.5, 1e999, 2j, b'\\xff', '\\ud800', ..., None, True, {16**3000}, 0.1]"
    tree = rebuilt(json.loads(json.dumps(_flat().answer(text))))
    assert ast.dump(tree) == ast.dump(ast.parse(text))


def test_deep_trees_survive() -> None:
    """A chain of a thousand operators, deeper than JSON may be nested, comes back."""
    text = "x = " + " + ".join(["1"] * 900)
    tree = rebuilt(json.loads(json.dumps(_flat().answer(text))))
    assert sum(isinstance(node, ast.BinOp) for node in ast.walk(tree)) == 899


NEWER = {
    "kinds": [
        ["Load", [], []],
        ["Name", ["lineno", "col_offset", "end_lineno", "end_col_offset"], ["id", "ctx"]],
        ["TypeVar", ["lineno", "col_offset", "end_lineno", "end_col_offset"], ["name", "bound", "default_value"]],
        ["TypeAlias", ["lineno", "col_offset", "end_lineno", "end_col_offset"], ["name", "type_params", "value"]],
        ["Module", [], ["body", "type_ignores"]],
    ],
    "nodes": [
        [0],
        [1, 1, 5, 1, 6, "A", 0],
        [2, 1, 7, 1, 8, "T", None, None],
        [1, 1, 12, 1, 15, "int", 0],
        [3, 1, 0, 1, 15, 1, [2], 3],
        [4, [4], []],
    ],
}


def test_newer_nodes() -> None:
    """A node of a newer Python has a class here, with its fields but for type parameters, and is walked like others."""
    tree = rebuilt(NEWER)
    (alias,) = tree.body
    assert (type(alias).__name__, alias.lineno) == ("TypeAlias", 1)
    if sys.version_info < (3, 12):
        assert [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)] == ["A", "int"]
        assert not hasattr(alias, "type_params")


@pytest.mark.parametrize(
    "answer",
    [
        {"kinds": [["Unheard", [], []]], "nodes": [[0]]},
        {"kinds": [["parse", [], []]], "nodes": [[0]]},
        {"kinds": [], "nodes": []},
        {"kinds": [["Load", [], []]], "nodes": [[0]]},
        {"kinds": [["Module", [], ["body", "type_ignores"]]], "nodes": [[0, [7], []]]},
        {"kinds": [["Module", [], ["body", "type_ignores"]]], "nodes": [[0, []]]},
        {"kinds": 1, "nodes": []},
        {},
    ],
)
def test_no_tree(answer: dict[str, object]) -> None:
    """What is no tree, or holds a node that nothing here stands for, is refused."""
    with pytest.raises((ValueError, TypeError, LookupError)):
        rebuilt(answer)


@pytest.mark.parametrize(
    ("line", "message", "version"),
    [
        ("def f[T](x): pass", "expected '('", "3.12"),
        ("    async def f[T: int](x): pass", "expected '('", "3.12"),
        ("class A[T](B): pass", "invalid syntax", "3.12"),
        ("type X = int", "invalid syntax", "3.12"),
        ("type X[T] = list[T]", "invalid syntax", "3.12"),
        ('print(f"a {x["b"]} c")', "f-string: unmatched '['", "3.12"),
        ("f('{a}' f'{a}/{{b}}/{x['a']}/c')", "f-string: unmatched '['", "3.12"),
        ("y = rf'{x['a']}'", "f-string: unmatched '['", "3.12"),
        ('f"""{\n# c\n}"""', "f-string expression part cannot include '#'", "3.12"),
        ("f\"{'\\n'.join(x)}\"", "f-string expression part cannot include a backslash", "3.12"),
        ("x = (f'{x['a']}'\n  f'b')", "f-string: unmatched '['", "3.12"),
        ("y = f'{a}' + b['x'] + '}'", "invalid syntax", ""),
        ("# f'{x['a']}'\ndef f(:", "invalid syntax", ""),
        ('t"{x}"', "invalid syntax", "3.14"),
        ("except A, B:", "multiple exception types must be parenthesized", "3.14"),
        ("def f(:", "invalid syntax", ""),
        ('f"{x"', "f-string: expecting '}'", ""),
        ('f"{x["', "f-string: expecting '}'", ""),
        ("type = 3 3", "invalid syntax", ""),
        ('print("x" "y" f(', "'(' was never closed", ""),
    ],
)
def test_which_python_it_needs(line: str, message: str, version: str) -> None:
    """A file that only a newer Python reads says which one, a broken file does not."""
    reason = grammar._reason(SyntaxError(message, ("m.py", line.count("\n") + 1, 1, line)), line)
    assert reason == (f"it needs Python {version} or newer, and none was found ({message})" if version else message)


def test_source_of_today(tmp_path: Path) -> None:
    """Source of Python 3.12 is read where any Python on the machine can, and else says what it needs."""
    write(tmp_path, {"m.py": 'type X = int\ndef f[T](x: T) -> str:\n    return f"{x["a"]}"\n'})
    (item,) = service_files(tmp_path, "m.py").files
    tree = item.tree()
    if tree is None:
        assert item.error == ("it needs Python 3.12 or newer, and none was found (invalid syntax)", 1)
    else:
        alias, function = tree.body
        assert (type(alias).__name__, isinstance(function, ast.FunctionDef), item.error) == ("TypeAlias", True, None)


def test_which_pythons_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter named comes first, then newer ones on PATH and of pyenv, the newest first."""
    minor = sys.version_info[1]
    newer, newest = f"python3.{minor + 1}", f"python3.{minor + 2}"
    for name in (newer, newest, f"python3.{minor}"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "pyenv" / "versions" / f"3.{minor + 1}.4" / "bin").mkdir(parents=True)
    (tmp_path / "pyenv" / "versions" / "2.7.18").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    kept = tmp_path / "pyenv" / "versions" / f"3.{minor + 1}.4" / "bin" / "python"
    assert list(newer_pythons(Path("named"))) == [Path("named"), tmp_path / newest, tmp_path / newer, kept]
    assert list(newer_pythons(None)) == [tmp_path / newest, tmp_path / newer, kept]


def test_site_packages(tmp_path: Path) -> None:
    """The interpreter says where it keeps packages, the standard library left out; one that fails has none."""
    assert site_packages(None) == site_packages(tmp_path / "nothing") == ()
    assert site_packages(_interpreter(tmp_path, "print('hello')")) == ()
    found = site_packages(Path(sys.executable))
    assert Path(pytest.__file__).parents[1] in found
    assert Path(os.__file__).parent not in found


def test_slow_interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter that does not say in time where it keeps packages has none."""
    monkeypatch.setattr("asyncapi.services.interpreters.PATIENCE", 0.5)
    assert site_packages(_interpreter(tmp_path, "time.sleep(30)")) == ()
