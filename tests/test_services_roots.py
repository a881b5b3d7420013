"""Where processes of a service start, who says so, and what no start reaches."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from support.workspaces import service_files, write

from asyncapi.services import deployments, tops
from asyncapi.services.files import SharedFiles
from asyncapi.services.roots import Root, importers, roots
from asyncapi.services.shell import simple_commands

GUARDED = 'def main(): ...\n\n\nif __name__ == "__main__":\n    setup()\n    main()\n'
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\ndef make(): ...\n"
PLAIN = "def main(): ...\n"


def _told(root: Root) -> str:
    """Return a root on one line: kind, file, module, what is called, where that is said."""
    what = f"{root.call or '-'}{'()' if root.factory else ''}{' as main' if root.main else ''}"
    places = " ".join(f"{place.file}:{place.line}" for place in (root.evidence, *root.also))
    return f"{root.kind} {root.file} {root.module} {what} <- {places}{' imported' if root.imported else ''}"


def _roots(root: Path, path: str) -> list[str]:
    found = service_files(root, path)
    return [_told(item) for item in roots(found.service, found)]


def _started(root: Path, texts: dict[str, str], path: str = "s") -> list[str]:
    """Return what starts, without the places: where commands are the only thing that a test is about."""
    write(root, texts)
    return [line.partition(" <-")[0] for line in _roots(root, path)]


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        pytest.param(
            {
                "s/pyproject.toml": '[project]\nname = "s"\n\n'
                '[project.scripts]\none = "p.cli:main"\n"t.wo" = "p.cli:App.run"\n'
            },
            [
                "script s/p/cli.py p.cli main <- s/pyproject.toml:5",
                "script s/p/cli.py p.cli App.run <- s/pyproject.toml:6",
            ],
            id="project.scripts",
        ),
        pytest.param(
            {"pyproject.toml": '[project.gui-scripts]\none = "p.cli:main [extra]"\n'},
            ["script s/p/cli.py p.cli main <- pyproject.toml:2"],
            id="by the name of a package",
        ),
        pytest.param(
            {"s/pyproject.toml": '[x]\none = "x"\n[project.gui-scripts]\none = "p.cli:main [extra]"\n'},
            ["script s/p/cli.py p.cli main <- s/pyproject.toml:4"],
            id="gui-scripts",
        ),
        pytest.param(
            {
                "s/pyproject.toml": '[tool.poetry.scripts]\none = { reference = "p.cli:main", type = "console" }\n'
                'two = { callable = "p.cli:other" }\nthree = { type = "file", reference = "bin/x.sh" }\n'
            },
            [
                "script s/p/cli.py p.cli main <- s/pyproject.toml:2",
                "script s/p/cli.py p.cli other <- s/pyproject.toml:3",
            ],
            id="poetry",
        ),
        pytest.param(
            {
                "s/setup.cfg": "[metadata]\nname = one\n\n"
                "[options.entry_points]\nconsole_scripts =\n    one = p.cli:main\n"
            },
            ["script s/p/cli.py p.cli main <- s/setup.cfg:6"],
            id="setup.cfg",
        ),
        pytest.param(
            {
                "s/setup.py": "from setuptools import setup\n\nsetup(\n    entry_points={\n"
                "        'console_scripts': [\n            'one = p.cli:main',\n"
                "            f'two=p.cli:main2',\n        ],\n"
                "        'plugins': ['x = p.cli:plugin'],\n    }\n)\n"
            },
            ["script s/p/cli.py p.cli main <- s/setup.py:6", "script s/p/cli.py p.cli main2 <- s/setup.py:7"],
            id="setup.py",
        ),
        pytest.param(
            {"s/setup.py": "S = ['one = p.cli:main']\nsetup(entry_points=dict(x=1) | {'console_scripts': S})\n"},
            ["script s/p/cli.py p.cli main <- s/setup.py:1"],
            id="setup.py with a name",
        ),
        pytest.param(
            {"s/setup.py": "setup(entry_points='''\n[console_scripts]\none = p.cli:main\n[other]\nx = p.cli:x\n''')\n"},
            ["script s/p/cli.py p.cli main <- s/setup.py:3"],
            id="setup.py with one text",
        ),
        pytest.param(
            {"s/pyproject.toml": "[project\n", "s/setup.cfg": "]\n", "s/setup.py": "def (:\n"}, [], id="broken files"
        ),
        pytest.param(
            {"s/pyproject.toml": "[project]\nscripts = 3\n[tool]\npoetry = []\n", "s/setup.py": "open('ran', 'w')\n"},
            [],
            id="of other kinds",
        ),
        pytest.param({"s/pyproject.toml": '[project.scripts]\none = "no.such:main"\ntwo = 3\n'}, [], id="to nowhere"),
    ],
)
def test_declared_programs(tmp_path: Path, declaration: dict[str, str], expected: list[str]) -> None:
    """A project's scripts start what they name, at the line that says so; nothing of it is run."""
    write(tmp_path, {"s/p/__init__.py": "", "s/p/cli.py": PLAIN, **declaration})
    assert _roots(tmp_path, "s") == expected
    assert not (tmp_path / "ran").exists()


def test_program_of_another_service(tmp_path: Path) -> None:
    """What is called `main` starts the `main` of its own project or folder only."""
    script = '[project.scripts]\nx = "main:main"\n'
    write(tmp_path, {"a/main.py": PLAIN, "b/main.py": PLAIN, "b/pyproject.toml": script})
    write(tmp_path, {"pyproject.toml": script, "c/run.sh": "python -m main\n"})
    assert _roots(tmp_path, "a") == []
    assert _roots(tmp_path, "b") == ["script b/main.py main main <- b/pyproject.toml:2"]


def test_service_inside_of_its_project(tmp_path: Path) -> None:
    """A service that is the package of a project is started by what the project declares around it."""
    write(tmp_path, {"p/__init__.py": "", "p/cli.py": PLAIN, "pyproject.toml": '[project.scripts]\nx = "p.cli:main"\n'})
    assert _roots(tmp_path, "p") == ["script p/cli.py p.cli main <- pyproject.toml:2"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(
            {"s/a.py": GUARDED, "s/b.py": GUARDED, "s/c.py": PLAIN},
            ["main s/a.py a - as main <- s/a.py:4", "main s/b.py b - as main <- s/b.py:4"],
            id="several guards",
        ),
        pytest.param(
            {"s/p/__init__.py": "", "s/p/__main__.py": '"""Doc."""\nfrom p import x\n\nx.run()\n', "s/a.py": GUARDED},
            ["main s/p/__main__.py p.__main__ - as main <- s/p/__main__.py:4", "main s/a.py a - as main <- s/a.py:4"],
            id="__main__ first",
        ),
        pytest.param({"s/__main__.py": "def main():\n    x()\n"}, [], id="__main__ that does nothing"),
        pytest.param({"s/a.py": 'if __name__ != "__main__":\n    x()\n'}, [], id="the opposite"),
        pytest.param({"s/a.py": 'def f():\n    if __name__ == "__main__":\n        x()\n'}, [], id="inside a function"),
        pytest.param({"s/a.py": '# if __name__ == "__main__":\nx = "__main__"\n'}, [], id="in a comment"),
        pytest.param(
            {"s/a.py": "import sys\nif '__main__' == __name__ and sys.argv:\n    x()\n"},
            ["main s/a.py a - as main <- s/a.py:2"],
            id="turned round",
        ),
        pytest.param(
            {"s/a.py": "import b\n" + GUARDED, "s/b.py": GUARDED, "s/c.py": GUARDED},
            [
                "main s/a.py a - as main <- s/a.py:5",
                "main s/c.py c - as main <- s/c.py:4",
                "main s/b.py b - as main <- s/b.py:4 imported",
            ],
            id="try-outs last",
        ),
        pytest.param(
            {"s/a.py": GUARDED, "s/b.py": "import a\n" + GUARDED, "s/run.sh": "python a.py\n"},
            ["main s/a.py a - as main <- s/a.py:4 s/run.sh:1 imported", "main s/b.py b - as main <- s/b.py:5"],
            id="not a try-out when it is started",
        ),
        pytest.param({"s/a.py": "def (:\n" + GUARDED}, [], id="no Python"),
    ],
)
def test_programs(tmp_path: Path, texts: dict[str, str], expected: list[str]) -> None:
    """Files that are programs are starts, at their guard or first act; a guard in what others import comes last."""
    write(tmp_path, texts)
    assert _roots(tmp_path, "s") == expected


@pytest.mark.parametrize(
    ("main", "same"),
    [
        ("from p.cli import main\nmain()\n", True),
        ("from .cli import main as go\nif __name__ == '__main__':\n    raise SystemExit(go())\n", True),
        ("import sys\nfrom p.cli import main\nif __name__ == '__main__':\n    sys.exit(main(sys.argv))\n", True),
        ("from p.cli import main\nif __name__ == '__main__':\n    prepare()\n    main()\n", False),
        ("from p.cli import main\nif __name__ == '__main__':\n    main()\n    more()\n", False),
        ("from p.cli import other\nif __name__ == '__main__':\n    other()\n", False),
        ("from p.cli import main\nx = main()\nmain()\n", False),
        ("from elsewhere import main\nmain()\n", False),
    ],
)
def test_one_process(tmp_path: Path, main: str, same: bool) -> None:
    """A program that does nothing but call what a script declares is the same process; else both are listed."""
    write(tmp_path, {"s/p/__init__.py": "", "s/p/cli.py": PLAIN + "def other(): ...\n", "s/p/__main__.py": main})
    write(tmp_path, {"s/pyproject.toml": '[project.scripts]\nx = "p.cli:main"\n', "s/run.sh": "python -m p\n"})
    found = service_files(tmp_path, "s")
    result = roots(found.service, found)
    assert [(item.kind, item.file) for item in result] == (
        [("script", "s/p/cli.py")] if same else [("script", "s/p/cli.py"), ("main", "s/p/__main__.py")]
    )
    assert len(result[0].also) == (2 if same else 0)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python a.py", ["command s/a.py a - as main"]),
        ("python3.11 -u -X dev ./a.py --flag", ["command s/a.py a - as main"]),
        ("exec /venv/bin/python /app/a.py", ["command s/a.py a - as main"]),
        ('exec "$PYTHON_HOME/bin/python" "${HERE}/../a.py" &', ["command s/a.py a - as main"]),
        ("cd p && python c.py", ["command s/p/c.py p.c - as main"]),
        ("cd /srv/s\npython p/c.py >log 2>&1 || exit 1", ["command s/p/c.py p.c - as main"]),
        ("python -m p", ["command s/p/__main__.py p.__main__ - as main"]),
        ("python p", ["command s/p/__main__.py p.__main__ - as main"]),
        ("FOO=bar python -um p.c", ["command s/p/c.py p.c - as main"]),
        ("uv run python -m debugpy --listen 5678 -m p.c", ["command s/p/c.py p.c - as main"]),
        ("uv run a.py", ["command s/a.py a - as main"]),
        ("./a.py", ["command s/a.py a - as main"]),
        ("sh -c 'cd p; python c.py'", ["command s/p/c.py p.c - as main"]),
        ("su app -c \"bash -lc 'python a.py'\"", ["command s/a.py a - as main"]),
        ("uvicorn p.web:app --port 80", ["asgi s/p/web.py p.web app"]),
        ("python -m uvicorn p.web:app", ["asgi s/p/web.py p.web app"]),
        ("uvicorn --factory p.web:make", ["asgi s/p/web.py p.web make()"]),
        ("gunicorn 'p.web:make()' -w 4", ["asgi s/p/web.py p.web make()"]),
        ("hypercorn web:app", []),
        ("cd p && hypercorn web:app", ["asgi s/p/web.py p.web app"]),
        ("fastapi run p/web.py --port 80", ["asgi s/p/web.py p.web app"]),
        ("python a.py & python p/c.py", ["command s/a.py a - as main", "command s/p/c.py p.c - as main"]),
        ("if true; then python a.py; fi", ["command s/a.py a - as main"]),
        ("( python \\\n  a.py )", ["command s/a.py a - as main"]),
        ("uvicorn p.web:missing", []),
        ("docker run broker:1883", []),
        ("python - <<EOF\npython a.py\nEOF", []),
        ("# python a.py", []),
        ("true # python a.py", []),
        ("echo 'python a.py'", []),
        ("cp a.py /dev/board", []),
        ("python -c 'import a' a.py", []),
        ("python - a.py", []),
        ('python "$HERE/a.py"', ["command s/a.py a - as main"]),
        ('python "$OPT/venv/a.py"', ["command s/a.py a - as main"]),
        ("python -m pytest", []),
        ("pip install -r requirements.txt", []),
        ("python 'a.py", []),
        ("python ../other.py", []),
        ("python", []),
        ("python -m", []),
        ("cd", []),
    ],
)
def test_commands(tmp_path: Path, command: str, expected: list[str]) -> None:
    """A command line in a script starts the Python it names, whatever stands around it."""
    files = {"s/a.py": PLAIN, "s/p/__init__.py": "", "s/p/__main__.py": PLAIN, "s/p/c.py": PLAIN, "s/p/web.py": APP}
    texts = {**files, "s/scripts/run.sh": f"#!/bin/sh\n{command}\n", "other.py": PLAIN}
    result = _started(tmp_path, texts)
    assert result == (expected or ["asgi s/p/web.py p.web app"])


DOCKER = "FROM python:3.12 AS base\n"
IN_APP = f"{DOCKER}WORKDIR /app\n"
BUILT = "services:\n  a:\n    build: "
MOUNTED = "services:\n  a:\n    image: python\n    working_dir: /code\n    volumes: ['./s:/code:ro']\n"
WORDS = """services:
  b:
    command: x
  a:
    build:
      context: s
    entrypoint: ["python"]
    command:
      - a.py
"""
CHECKED = """
services:
  a:
    x-check:
      command: python b.py

    command: cd s && python a.py
"""
UNIT = "[Service]\nWorkingDirectory=/opt/s\nExecStartPre=python b.py\nExecStart=-/opt/venv/bin/python \\\n  a.py\n"
HEREDOC = f"{DOCKER}RUN <<EOF\npython b.py\nEOF\nRUN python b.py\nCMD python a.py"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param({"s/Dockerfile": f'{DOCKER}CMD ["python", "a.py"]'}, "s/Dockerfile:2", id="words"),
        pytest.param({"s/Dockerfile": f"{DOCKER}CMD exec \\\n  python a.py"}, "s/Dockerfile:2", id="shell"),
        pytest.param({"s/Dockerfile": f'{DOCKER}ENTRYPOINT ["python"]\nCMD ["a.py"]'}, "s/Dockerfile:2", id="both"),
        pytest.param(
            {"s/Dockerfile": f'{DOCKER}ENTRYPOINT ["tini", "--"]\nCMD ["python", "a.py"]'}, "s/Dockerfile:3", id="tini"
        ),
        pytest.param(
            {"s/Dockerfile": f'{DOCKER}CMD ["python", "b.py"]\nCMD ["python", "a.py"]'}, "s/Dockerfile:3", id="last"
        ),
        pytest.param({"s/Dockerfile": HEREDOC}, "s/Dockerfile:6", id="built"),
        pytest.param(
            {"s/Dockerfile": f"{DOCKER}HEALTHCHECK CMD python b.py\nCMD python a.py"}, "s/Dockerfile:3", id="health"
        ),
        pytest.param({"s/service.Dockerfile": f"{DOCKER}CMD python a.py"}, "s/service.Dockerfile:2", id="name"),
        pytest.param({"deploy/Dockerfile": f"{IN_APP}COPY s ./\nCMD python a.py"}, "deploy/Dockerfile:4", id="copied"),
        pytest.param(
            {"deploy/Dockerfile": f'{DOCKER}COPY ["s/a.py", "/x/"]\nCMD python /x/a.py'},
            "deploy/Dockerfile:3",
            id="file",
        ),
        pytest.param(
            {"deploy/Dockerfile": f"{IN_APP}COPY s .\nFROM base\nCMD python a.py"}, "deploy/Dockerfile:5", id="stages"
        ),
        pytest.param({"deploy/Dockerfile": f"{IN_APP}COPY t .\nCMD python a.py"}, "", id="another's"),
        pytest.param(
            {"Dockerfile": f"{DOCKER}WORKDIR /s\nCOPY . .\nCMD python a.py", "a.py": ""}, "", id="the outer one"
        ),
        pytest.param({"compose.yaml": f"{BUILT}./s\n    command: python a.py\n"}, "compose.yaml:4", id="compose"),
        pytest.param(
            {"docker-compose.yml": WORDS},
            "docker-compose.yml:7",
            id="compose words",
        ),
        pytest.param(
            {"docker-compose.yml": f"{MOUNTED}    command: python a.py\n"},
            "docker-compose.yml:6",
            id="volume",
        ),
        pytest.param(
            {
                "docker-compose.yml": BUILT + "{context: ., dockerfile: deploy/D}\n    command: python a.py\n",
                "deploy/D": f"{IN_APP}COPY s/ /app/\n",
            },
            "docker-compose.yml:4",
            id="compose over image",
        ),
        pytest.param({"compose.yml": "services: [a]\n", "s/compose.yml": "a: b: c\n"}, "", id="compose broken"),
        pytest.param({"s/Procfile": "web: uvicorn x:app\nworker: python a.py\n"}, "s/Procfile:2", id="procfile"),
        pytest.param(
            {"s/systemd/x.service": UNIT},
            "s/systemd/x.service:4",
            id="systemd",
        ),
        pytest.param({"x.service": "[Service]\nExecStart=-/opt/s/a.py\n"}, "x.service:2", id="systemd direct"),
        pytest.param({"s/Dockerfile": f'{DOCKER}CMD ["a.py"]\nENTRYPOINT ["python"]'}, "s/Dockerfile:3", id="turned"),
        pytest.param(
            {"s/Dockerfile": f'{DOCKER}CMD ["-m", "a"]\nFROM base\nENTRYPOINT ["python"]\n'}, "", id="command undone"
        ),
        pytest.param({"compose.yml": CHECKED}, "compose.yml:7", id="compose with another command"),
        pytest.param({"units/x.service": UNIT}, "units/x.service:4", id="systemd elsewhere"),
        pytest.param({"s/bin/run": "#!/usr/bin/env bash\npython ../a.py\n"}, "s/bin/run:2", id="script without ending"),
        pytest.param({"s/bin/run": "python ../a.py\n"}, "", id="no script"),
        pytest.param({"s/tests/run.sh": "python ../a.py\n"}, "", id="of tests"),
    ],
)
def test_deployments(tmp_path: Path, texts: dict[str, str], expected: str) -> None:
    """What images, compose, Procfile, systemd and scripts run is found in the workspace, at the line that names it."""
    write(tmp_path, {"s/a.py": PLAIN, "s/b.py": PLAIN, "t/a.py": PLAIN, **texts})
    assert _roots(tmp_path, "s") == ([f"command s/a.py a - as main <- {expected}"] if expected else [])


def test_deployments_of_any_size(tmp_path: Path) -> None:
    """A file too large to be written by hand, and one that is no text, are left alone."""
    write(tmp_path, {"s/a.py": PLAIN, "s/run.sh": "python a.py\n" + "#" * deployments.LARGEST})
    (tmp_path / "s" / "go.sh").write_bytes(b"python a.py\n\xff")
    assert _roots(tmp_path, "s") == []


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("from fastapi import FastAPI\napp = FastAPI()\n", ["asgi s/a.py a app <- s/a.py:2"]),
        (
            "import fastapi as f\ntry:\n    api: object = f.FastAPI(title='x')\nfinally: ...\n",
            ["asgi s/a.py a api <- s/a.py:3"],
        ),
        ("import starlette.applications\nx = starlette.applications.Starlette()\n", ["asgi s/a.py a x <- s/a.py:2"]),
        ("from elsewhere import FastAPI\napp = FastAPI()\n", []),
        ("from fastapi import FastAPI\ndef make():\n    app = FastAPI()\n", []),
        ("from fastapi import FastAPI\napp = FastAPI()\n" + GUARDED, ["main s/a.py a - as main <- s/a.py:6"]),
    ],
)
def test_apps(tmp_path: Path, module: str, expected: list[str]) -> None:
    """An app object at the top of a module is a start where nothing else is."""
    write(tmp_path, {"s/a.py": module})
    assert _roots(tmp_path, "s") == expected


def test_starts_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Services of one workspace share what its command lines say."""
    write(tmp_path, {"a/m.py": PLAIN, "b/m.py": PLAIN, "a/run.sh": "python m.py\n", "b/run.sh": "python m.py\n"})
    read: list[str] = []
    original = deployments.read_small
    monkeypatch.setattr(deployments, "read_small", lambda path: read.append(path.parent.name) or original(path))
    shared = SharedFiles()
    found = [service_files(tmp_path, path, shared=shared) for path in ("a", "b")]
    assert [[item.file for item in roots(each.service, each)] for each in found] == [["a/m.py"], ["b/m.py"]]
    assert read == ["a", "b"]


UNREACHED = {
    "s/main.py": "import used\nfrom p import inner\ndef late():\n    import lazy\n" + GUARDED,
    "s/used.py": "import importlib\nimportlib.import_module('named')\n"
    "if TYPE_CHECKING:\n    import typed\nelse:\n    import both",
    "s/p/__init__.py": "from . import sibling",
    "s/p/inner.py": "from ..nowhere import x",
    "s/p/sibling.py": "import shared",
    "shared.py": "import plugin",
    **dict.fromkeys(["s/lazy.py", "s/named.py", "s/both.py", "s/plugin.py"], "x = 1"),
    "s/typed.py": "import deep.below",
    "s/deep/__init__.py": "",
    "s/deep/below.py": "x = 1",
    "s/round_a.py": "import round_b",
    "s/round_b.py": "import round_a",
    "s/empty.py": "",
    "s/broken.py": "def (:",
}


def test_importers(tmp_path: Path) -> None:
    """What no start reaches through imports is started by the modules at the top of it, one of each circle."""
    write(tmp_path, UNREACHED)
    found = service_files(tmp_path, "s")
    assert [_told(item) for item in importers(found)] == [
        "module s/typed.py typed - <- s/typed.py:1",
        "module s/round_a.py round_a - <- s/round_a.py:1",
    ]
    assert importers(found) == importers(found, roots(found.service, found))
    assert [item.file for item in importers(found, ())][:1] == ["s/main.py"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1 python x.py arg>out 2>&1;python y.py", [("python x.py arg 2", 1, ""), ("python y.py", 1, "")]),
        ("python x.py \\\n  more\npython y.py", [("python x.py more", 1, ""), ("python y.py", 3, "")]),
        ("cat <<-'END'\npython no\nEND\npython y", [("python y", 4, "")]),
        ("cd a\ncd b && python x\ncd /c; python y", [("python x", 2, "a/b"), ("python y", 3, "/c")]),
        ("python x \\", [("python x", 1, "")]),
        ("python 'x", []),
    ],
)
def test_shell(text: str, expected: list[tuple[str, int, str]]) -> None:
    """Shell text is split into commands with line and folder, here-documents and comments left out."""
    assert [(" ".join(item.words), item.line, item.folder) for item in simple_commands(text)] == expected


def test_defined_names() -> None:
    """The names of a module are those its top binds, in conditions too, and not those of functions inside."""
    text = """
import a.b, c as d
from e import f as g
if d:
    h, [i] = 1, [2]
try:
    class J: k = 1
except E:
    def l(): m = 1
n: int = 3
"""
    assert tops.defined_names(ast.parse(text)) == {"a", "d", "g", "h", "i", "J", "l", "n"}
