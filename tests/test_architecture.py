"""The shape of the code: who may import whom, what nobody may know, and how long a function may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from asyncapi.extensions import NAMES

ROOT = Path(__file__).parents[1]
PACKAGES = ("asyncapi", "portal")
CODE = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
PRODUCT = CODE + sorted(
    path
    for folder in ("portal", "static")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".html", ".js", ".css"}
)
WEB = {"fastapi", "starlette", "uvicorn", "jinja2", "portal", "markdown_it", "nh3", "pygments"}
LONGEST_FUNCTION = 60


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_documents_know_nothing_of_the_web() -> None:
    """`asyncapi` imports neither the portal nor anything that serves or draws pages."""
    wrong = {
        (_name(path), name)
        for path in CODE
        if path.is_relative_to(ROOT / "asyncapi")
        for name in _imports(_tree(path))
        if name.partition(".")[0] in WEB
    }
    assert wrong == set()


PLAIN = {"errors", "sources", "findings", "topics", "pointers", "delivery", "names", "rules", "extensions", "sites"}
SHARED = ("schemas", "workspace")
TO_DOCUMENT = ("contracts", "machine", "mqtt", "services", "scan", "resolve", "emit", "exporting")
FROM_DOCUMENT = ("documents", "view", "payload", "reports", "checks", "compare")
"""The rooms of `asyncapi` in the order of the data; both halves may take from the plain words and the shared rooms."""

REVISIONS = ("asyncapi.compare.revisions", "asyncapi.exporting.export")
"""A revision in git is exported before it is compared: the one place where the halves meet behind the document."""

COMPOSE = ("asyncapi.services.deployments", "asyncapi.documents.yaml12")
"""A compose file is YAML, and there is one bounded reader of it: that of documents, which knows nothing of them."""


def _may_take_from(room: str) -> set[str]:
    """Return the rooms from which one may take: the plain words, and those above it in its own half."""
    if room in PLAIN:
        return PLAIN
    for half in (SHARED, (*SHARED, *TO_DOCUMENT), (*SHARED, *FROM_DOCUMENT)):
        if room in half:
            return PLAIN | set(half[: half.index(room) + 1])
    raise AssertionError(f"{room} is no room")


def test_rooms_take_from_those_above() -> None:
    """Each room of `asyncapi` imports plain words and rooms above it, and the two halves meet only in the document."""
    wrong = {
        (name, other)
        for name, others in _graph().items()
        if name.startswith("asyncapi.")
        for other in others
        if other.startswith("asyncapi.") and _room(other) not in _may_take_from(_room(name))
    }
    assert wrong == {REVISIONS, COMPOSE}


def test_every_room_is_in_the_list() -> None:
    """The folders and loose modules of `asyncapi` are those of the list, and no more."""
    standing = {path.stem for path in (ROOT / "asyncapi").iterdir() if path.suffix == ".py" or _holds_code(path)}
    assert standing - {"__init__"} == {*PLAIN, *SHARED, *TO_DOCUMENT, *FROM_DOCUMENT}


def _holds_code(path: Path) -> bool:
    return path.is_dir() and any(path.glob("*.py"))


def _room(module: str) -> str:
    return module.split(".")[1]


def test_imports_have_no_circles() -> None:
    """No module imports itself through others, counting imports inside of functions and those for types alone.

    The evaluator in `asyncapi.scan` is one knot and stands aside: it goes as a whole.
    """
    graph = {
        name: {other for other in others if not other.startswith("asyncapi.scan.")}
        for name, others in _graph().items()
        if not name.startswith("asyncapi.scan.")
    }
    while leaves := {name for name, others in graph.items() if not others & graph.keys()}:
        graph = {name: others for name, others in graph.items() if name not in leaves}
    assert {name: others & graph.keys() for name, others in graph.items()} == {}


def _graph() -> dict[str, set[str]]:
    """Return every module with the modules it imports, wherever in it the import stands."""
    modules = {_module(path): path for path in CODE}
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        named = {other for node in ast.walk(_tree(path)) for other in _named(node, package)}
        known = {other if other in modules else other.rpartition(".")[0] for other in named}
        graph[name] = {other for other in known if other in modules and other != name}
    return graph


def _module(path: Path) -> str:
    return _name(path.with_suffix("")).removesuffix("/__init__").replace("/", ".")


def _named(node: ast.AST, package: str) -> Iterator[str]:
    """Yield what an import may mean: of `from a import b` the module `a.b`, or `a` where there is no such module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
        start = ".".join((*above, *([node.module] if node.module else [])))
        yield from (f"{start}.{alias.name}" for alias in node.names)


def test_git_is_started_in_one_place() -> None:
    """No module but that of the workspace starts git."""
    starting = {
        _name(path)
        for path in CODE
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.List) and node.elts and isinstance(node.elts[0], ast.Constant)
        if node.elts[0].value == "git"
    }
    assert starting == {"asyncapi/workspace/git.py"}


def test_portal_imports_nobodys_contracts() -> None:
    """`portal` imports no module by a name that it was given, except its own commands."""
    found = {
        (_name(path), node.lineno)
        for path in CODE
        if path.is_relative_to(ROOT / "portal") and path.name != "cli.py"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__", "run_path"))
    }
    assert found == set()


def test_nothing_knows_the_example() -> None:
    """No name of the bundled workspace stands in the code, the templates or the assets."""
    words = re.compile(r"\btars\b|stt/|tts/|\bstt\b|llm/|wake/|movement/|utt_id", re.IGNORECASE)
    found = {
        (_name(path), match.group()) for path in PRODUCT for match in words.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_functions_are_short() -> None:
    """No function is longer than sixty lines, those of functions and classes defined inside of it aside."""
    long = {
        (_name(path), node.name, _length(node))
        for path in CODE
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > LONGEST_FUNCTION
    }
    assert long == set()


def _length(node: ast.AST) -> int:
    inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, DEFINITIONS)]
    return _lines(node) - sum(_lines(child) for child in inner)


def _lines(node: ast.AST) -> int:
    return (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0) + 1


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def test_one_name_means_one_thing() -> None:
    """No two classes share a name, but for those that run in other interpreters, and the evaluator that goes."""
    homes: dict[str, set[str]] = {}
    for path in CODE:
        if not any(_name(path).startswith(aside) for aside in ("asyncapi/scan/", "asyncapi/contracts/child/")):
            for node in _tree(path).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    homes.setdefault(node.name, set()).add(_name(path))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


def test_modules_say_what_they_are_for() -> None:
    """Every module that holds code opens with a docstring."""
    assert {_name(path) for path in CODE if (tree := _tree(path)).body and not ast.get_docstring(tree)} == set()


def test_extensions_are_listed() -> None:
    """Every `x-` name written in the code is described in `asyncapi.extensions`."""
    name = re.compile(r"x-[a-z]+(-[a-z]+)*")
    written = {
        (_name(path), node.value)
        for path in CODE
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and name.fullmatch(node.value)
    }
    assert {(place, value) for place, value in written if value not in NAMES | HEADERS | PRIVATE} == set()


PRIVATE = {"x-callable-discriminator", "x-default-lost"}  # marks that the introspecting child takes off again
HEADERS = {
    "x-ratelimit-remaining",
    "x-content-type-options",
    "x-frame-options",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-host",
}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["export", "--help"]])
def test_command_line_starts_light(arguments: list[str]) -> None:
    """Asking the command line what it can do loads no web stack, no Pydantic and no validator."""
    command = [sys.executable, "-X", "importtime", "-m", "portal.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT.parent, timeout=60)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert loaded & {"fastapi", "starlette", "uvicorn", "jinja2", "pydantic", "jsonschema_rs", "rich", "yaml"} == set()


@pytest.mark.parametrize("package", ["asyncapi", "asyncapi.compare"])
def test_the_library_loads_nothing_by_itself(package: str) -> None:
    """Importing the library costs nothing that is not used: its functions load what they need."""
    program = f"import sys; import {package}; print(*sorted(name for name in sys.modules if 'asyncapi' in name))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    assert done.stdout.split() == (["asyncapi"] if package == "asyncapi" else ["asyncapi", "asyncapi.compare"])


def test_exporting_loads_no_comparison(tmp_path: Path) -> None:
    """A workspace that grades changes is exported without the rules that find them, which take long to load."""
    example = ROOT / "examples" / "py-tars"
    assert "[diff.severity]" in (example / "portal.toml").read_text(encoding="utf-8")
    command = [sys.executable, "-X", "importtime", "-m", "portal.cli", "export", str(example), "-o"]
    done = subprocess.run(
        [*command, str(tmp_path / "out.json")], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}
    assert {name for name in loaded if name.startswith("asyncapi.compare.rules")} == set()


def test_no_addresses_of_machines_in_files() -> None:
    """No committed file names a place on somebody's machine or the host of a package registry."""
    hosts = ("pythonhosted" + ".org", "pypi" + ".org", "registry." + "npmjs", "/ro" + "ot/")
    wrong = re.compile("|".join(map(re.escape, hosts)))
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60)
    found = set()
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".ico", ".woff2"}:
            found |= {
                (name, match.group()) for match in wrong.finditer(path.read_text(encoding="utf-8", errors="replace"))
            }
    assert found == set()
