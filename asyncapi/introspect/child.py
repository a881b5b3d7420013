"""Look at a contracts package from inside the team's own interpreter; answer with plain JSON over a private pipe.

One file on purpose: any Python from 3.9 runs it by path with nothing but the standard library and Pydantic.
It reports what is written and what the imported objects say; what counts as a topic is decided by the parent.
"""

# os.path: a thousand file names in a tenth of the time that pathlib takes.
# ruff: noqa: PTH100, PTH110, PTH118, PTH119, PTH120, PTH122, SIM905

from __future__ import annotations

import sys

_SAFE = getattr(sys.flags, "safe_path", False) or sys.flags.isolated  # then this file's folder is not on the path
_HERE = sys.path.pop(0) if __name__ == "__main__" and sys.path and not _SAFE else ""

import ast  # noqa: E402
import gc  # noqa: E402
import importlib  # noqa: E402
import importlib.util  # noqa: E402
import inspect  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import types  # noqa: E402
import typing  # noqa: E402

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Taken before anybody's contracts can put something else in their place.
_dumps, _loads, _write, _leave, _open = json.dumps, json.loads, os.write, os._exit, open

Json = typing.Any
_MISSING: typing.Any = object()
_SKIPPED = re.compile(r"^(__main__|__pycache__|conftest|tests?_.*|tests)$")
_SAFE_TEXT = 4096
_FOREIGN = frozenset(
    "builtins typing typing_extensions abc enum dataclasses collections pydantic pydantic_core".split()
)

# ── the pipe ──────────────────────────────────────────────────────────────────────────────────────────────────


class Channel:
    """The answering end of the pipe; frames carry a secret of this run, so stray writes cannot be mistaken for them."""

    def __init__(self, descriptor: int, secret: str) -> None:
        self.descriptor = _move_away(descriptor)
        self.secret = secret
        self.process = os.getpid()

    def send(self, kind: str, value: Json) -> None:
        """Write one frame; a forked copy of this process stays silent."""
        if os.getpid() != self.process:
            return
        body = _text_of(value).encode("ascii")
        data = memoryview(f"\n{self.secret} {kind} {len(body)}\n".encode("ascii") + body)
        while data:
            data = data[_write(self.descriptor, data) :]


def _text_of(value: Json) -> str:
    """Return JSON text; numbers that JSON cannot spell are left out of objects and null in lists."""
    try:
        return _dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return _dumps(_finite(value), separators=(",", ":"), allow_nan=False)


def _finite(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items() if _finite(item) is not None or item is None}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and value - value != 0 else value


def _move_away(descriptor: int) -> int:
    """Return a copy of the descriptor far from those that programs count on, not inherited by other programs."""
    try:
        import fcntl

        copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 700)
    except (ImportError, OSError, ValueError):
        copy = os.dup(descriptor)
    os.close(descriptor)
    return copy


def main() -> None:
    """Read the request, look, answer, and leave without waiting for anybody's threads."""
    gc.set_threshold(200_000, 50, 50)  # nearly everything that importing makes stays until the end
    descriptor, secret = int(sys.argv[1]), sys.argv[2]
    with os.fdopen(0, "rb", closefd=False) as stream:
        request = _loads(stream.read())
    _empty_stdin()
    _bound(request["seconds"])
    channel = Channel(descriptor, secret)
    del sys.argv[1:]
    try:
        channel.send("answer", look(request, channel))
    except Refusal as refusal:
        channel.send("refusal", {"message": str(refusal), "hint": refusal.hint, "source": refusal.source})
    except OSError:
        _leave(74)
    _leave(0)


def _empty_stdin() -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


class Refusal(Exception):  # noqa: N818
    """The package cannot be looked at, in one sentence, with a remedy."""

    def __init__(self, message: str, hint: str = "", source: str = "") -> None:
        super().__init__(message)
        self.hint, self.source = hint, source


# ── modules ───────────────────────────────────────────────────────────────────────────────────────────────────


class Module(typing.NamedTuple):
    """One imported file: dotted name, path as the document spells it, namespace and parsed outline."""

    name: str
    file: str
    namespace: typing.Any
    outline: Outline


class Places:
    """Spells files relative to the workspace, or to the import path where they lie outside."""

    def __init__(self, root: str, paths: list[str]) -> None:
        self.root = root
        self.bases = [os.path.realpath(base) for base in (root, *paths, *sys.path) if base]

    def spell(self, file: str) -> str:
        real = os.path.realpath(file)
        for base in self.bases:
            if real.startswith(base.rstrip(os.sep) + os.sep):
                return os.path.relpath(real, base).replace(os.sep, "/")
        return os.path.basename(real)

    def own(self, file: str) -> bool:
        """Say whether a file belongs to the workspace rather than to something installed."""
        if file.startswith("<"):
            return False
        real = os.path.realpath(file)
        return real.startswith(self.bases[0].rstrip(os.sep) + os.sep) and "site-packages" not in real


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


def look(request: Json, channel: Channel) -> Json:
    """Import every module of the packages, then report constants, rows, models and schemas in source order."""
    sys.path[:0] = request["paths"]
    if request["root"] not in sys.path:
        sys.path.append(request["root"])
    places = Places(request["root"], request["paths"])
    channel.send("at", "pydantic")
    pydantic = _pydantic()
    known = list(sys.path)
    loader = Loader(places, channel)
    packages = [found for name in request["packages"] if (found := loader.load(name))]
    if not loader.modules and loader.refusals:
        raise loader.refusals[0]
    loader.tell_losses()
    channel.send("at", "")
    sys.path += [entry for entry in known if entry not in sys.path]
    loader.modules.sort(key=lambda module: module.file.split("/"))
    return Survey(loader, pydantic, frozenset(request["generics"])).answer(packages)


def _pydantic() -> types.ModuleType:
    try:
        import pydantic
    except ImportError as error:
        raise Refusal(
            f"{sys.executable} cannot import pydantic: {error}",
            "install the contracts' dependencies there, or name another interpreter with --python",
        ) from None
    if pydantic.VERSION.startswith("1."):
        raise Refusal(f"{sys.executable} has Pydantic {pydantic.VERSION}; 2.4 or later is needed", "upgrade pydantic")
    return pydantic


class Loader:
    """Imports modules one by one in file order and keeps what went wrong as findings."""

    def __init__(self, places: Places, channel: Channel) -> None:
        self.places, self.channel = places, channel
        self.modules: list[Module] = []
        self.findings: list[Json] = []
        self.losses: dict[tuple[str, int | None, str], tuple[list[str], BaseException]] = {}
        self.refusals: list[Refusal] = []
        self.outlines: dict[str, Outline | None] = {}
        self.seen: set[str] = set()

    def load(self, package: str) -> Json:
        """Import a package and everything below it; nothing comes of one that cannot be imported at all.

        Raises Refusal where there is no such package.
        """
        self.channel.send("at", package)
        top = self._top(package)
        if top is None:
            return None
        file = _own(top, "__file__")
        folders = [os.path.abspath(folder) for folder in _own(top, "__path__") or ()]
        if file:
            self._add(package, file)
        for folder in folders:
            self._below(package, folder)
        anchor = os.path.dirname(os.path.abspath(file)) if file else folders[0] if folders else ""
        depth = package.count(".") + (1 if folders else 0)
        for _ in range(depth):
            anchor = os.path.dirname(anchor)
        return {"name": package, "doc": inspect.cleandoc(_own(top, "__doc__") or ""), "root": anchor}

    def _top(self, package: str) -> types.ModuleType | None:
        try:
            return importlib.import_module(package)
        except ModuleNotFoundError as error:
            if error.name and (package == error.name or package.startswith(error.name + ".")):
                raise Refusal(
                    f"there is no package {package} to be imported (no module named {error.name})",
                    "check the name, and name the folder that holds it with --path",
                ) from None
            return self._without(package, error)
        except BaseException as error:
            return self._without(package, error)

    def _without(self, package: str, error: BaseException) -> types.ModuleType | None:
        """Go on without a module that fails: in its place stands an empty one, through which its parts are found."""
        self.refusals.append(self._refuse(package, error))
        self._lost(package, "", error)
        try:
            spec = importlib.util.find_spec(package)
        except BaseException:
            return None
        folders = spec.submodule_search_locations if spec else None
        return self._stand_in(package, list(folders)) if folders else None

    def _stand_in(self, name: str, folders: list[str]) -> types.ModuleType:
        module = types.ModuleType(name)
        module.__path__ = folders
        for known, part in list(sys.modules.items()):
            if known.startswith(name + ".") and "." not in known[len(name) + 1 :]:
                setattr(module, known[len(name) + 1 :], part)
        sys.modules[name] = module
        above, _, last = name.rpartition(".")
        if above in sys.modules:
            setattr(sys.modules[above], last, module)
        return module

    def _refuse(self, package: str, error: BaseException) -> Refusal:
        file, line = _place(error, self.places)
        return Refusal(
            f"{package} could not be imported: {_say(error)}", _remedy(error), f"{file}:{line}" if line else file
        )

    def _below(self, package: str, folder: str) -> None:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            stem, extension = os.path.splitext(entry.name)
            if _SKIPPED.match(stem) or not stem.isidentifier():
                continue
            if entry.is_dir() and not extension and _holds_python(entry.path):
                if not self._import(f"{package}.{stem}", os.path.join(entry.path, "__init__.py")):
                    self._stand_in(f"{package}.{stem}", [entry.path])
                self._below(f"{package}.{stem}", entry.path)
            elif extension == ".py" and stem != "__init__":
                self._import(f"{package}.{stem}", entry.path)

    def _import(self, name: str, file: str) -> bool:
        self.channel.send("at", name)
        try:
            importlib.import_module(name)
        except BaseException as error:
            self._lost(name, file, error)
            return False
        self._add(name, file)
        return True

    def _lost(self, name: str, file: str, error: BaseException) -> None:
        place, line = _place(error, self.places)
        key = (place or (self.places.spell(file) if file else ""), line, _say(error))
        self.losses.setdefault(key, ([], error))[0].append(name)

    def tell_losses(self) -> None:
        """Make a finding of each thing that went wrong, whatever number of modules it took along."""
        for (place, line, said), (names, error) in self.losses.items():
            told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            self.findings.append(
                {
                    "rule": "module-not-importable",
                    "severity": "error",
                    "message": f"{told} could not be imported: {said}; the rest is exported without it",
                    "subject": names[0],
                    "remedy": _remedy(error),
                    "file": place,
                    "symbol": "",
                    "line": line,
                }
            )

    def _add(self, name: str, file: str) -> None:
        module = sys.modules.get(name)
        outline = self.outline(name)
        if module is not None and outline is not None and name not in self.seen:
            self.seen.add(name)
            namespace = getattr(module, "__dict__", {})
            self.modules.append(Module(name, self.places.spell(file), namespace, outline))

    def outline(self, name: str) -> Outline | None:
        """Return the outline of an imported module, parsed once; None when it has no source of its own."""
        if name not in self.outlines:
            self.outlines[name] = None
            if name.partition(".")[0] in _FOREIGN:
                return None
            file = _own(sys.modules.get(name), "__file__")
            if file and file.endswith(".py"):
                try:
                    with _open(file, "rb") as stream:
                        self.outlines[name] = Outline(stream.read())
                except (OSError, SyntaxError, ValueError, RecursionError):
                    return None
        return self.outlines[name]


def _own(module: typing.Any, name: str) -> typing.Any:
    """Return an attribute of a module without asking a `__getattr__` that somebody wrote."""
    return getattr(module, "__dict__", {}).get(name)


def _holds_python(folder: str) -> bool:
    try:
        return any(entry.name.endswith(".py") for entry in os.scandir(folder))
    except OSError:
        return False


def _say(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    text = " ".join(str(error).split())
    if isinstance(error, ImportError) and error.path:
        text = text.replace(f" ({error.path})", "")
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__


def _remedy(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.partition(".")[0] not in sys.modules:
        return f"install {error.name.partition('.')[0]} in {sys.executable}, or name another interpreter with --python"
    if isinstance(error, SyntaxError):
        return "mend the syntax, or name a newer interpreter with --python"
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


def _place(error: BaseException, places: Places) -> tuple[str, int | None]:
    """Return file and line, of the deepest frame in the workspace, where the import failed."""
    if isinstance(error, SyntaxError) and error.filename and os.path.exists(error.filename):
        return places.spell(error.filename), error.lineno
    found: tuple[str, int | None] = ("", None)
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if places.own(file) and os.path.realpath(file) != os.path.realpath(__file__):
            found = places.spell(file), trace.tb_lineno
        trace = trace.tb_next
    return found


# ── outlines: what is written ─────────────────────────────────────────────────────────────────────────────────


_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, *([ast.TypeAlias] if hasattr(ast, "TypeAlias") else ()))


class Binding(typing.NamedTuple):
    """A name that is given a value at module or class level."""

    name: str
    line: int
    doc: str
    comment: str
    value: ast.expr | None
    annotation: ast.expr | None


class ClassOutline:
    """A class as written: bindings by name, methods, nested classes."""

    def __init__(self, node: ast.ClassDef, qualname: str) -> None:
        self.node, self.qualname, self.line = node, qualname, node.lineno
        self.bindings: list[Binding] = []
        self.functions: list[ast.FunctionDef] = []
        self.classes: list[ClassOutline] = []
        self.by_name: dict[str, Binding] = {}

    @property
    def doc(self) -> str:
        return ast.get_docstring(self.node) or ""


class Outline(ClassOutline):
    """A module as written; `index` holds every class by qualified name, `lines` the text for comments."""

    def __init__(self, data: bytes) -> None:
        tree = ast.parse(data)
        self.lines = re.split(r"\r\n|\r|\n", data.decode("utf-8", "replace"))
        self.index: dict[str, ClassOutline] = {}
        self.qualname, self.line = "", 1
        self.bindings, self.functions, self.classes, self.by_name = [], [], [], {}
        self._fill(self, tree.body)

    def _fill(self, scope: ClassOutline, body: list[ast.stmt]) -> None:
        for position, node in enumerate(body):
            if isinstance(node, _ASSIGNMENTS):
                self._bind(scope, node, body[position + 1] if position + 1 < len(body) else None)
            elif isinstance(node, ast.ClassDef):
                inner = ClassOutline(node, f"{scope.qualname}.{node.name}" if scope.qualname else node.name)
                scope.classes.append(inner)
                self.index[inner.qualname] = inner
                self._fill(inner, node.body)
            elif isinstance(node, ast.FunctionDef):
                scope.functions.append(node)
            elif isinstance(node, (ast.If, ast.With)):
                self._fill(scope, node.body)
                self._fill(scope, getattr(node, "orelse", []))
            elif isinstance(node, ast.Try):
                for part in (node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody):
                    self._fill(scope, part)

    def _bind(self, scope: ClassOutline, node: typing.Any, following: ast.stmt | None) -> None:
        annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
        for target in getattr(node, "targets", None) or [getattr(node, "target", None) or node.name]:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts))  # noqa: B905
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    doc, comment = _literal(following), self._comment(node, following)
                    binding = Binding(name.id, name.lineno, doc, comment, value, annotation)
                    scope.bindings.append(binding)
                    scope.by_name[name.id] = binding

    def _comment(self, node: ast.stmt, following: ast.stmt | None) -> str:
        """Return the comment behind a statement, else one above it that can mean no other statement."""
        last = (node.end_lineno or node.lineno) - 1
        behind = self.lines[last].encode()[node.end_col_offset or 0 :].decode("utf-8", "replace").strip()
        if text := _comment_text(behind):
            return text
        above: list[str] = []
        row = node.lineno - 2
        while row >= 0 and self.lines[row].strip().startswith("#"):
            above.insert(0, self.lines[row].strip())
            row -= 1
        marked = bool(above) and all(line.startswith("#:") for line in above)
        alone = following is None or following.lineno > last + 2
        if not above or not (marked or alone):
            return ""
        return "\n".join(filter(None, (_comment_text(line) for line in above)))


def _literal(node: ast.stmt | None) -> str:
    """Return the docstring that a statement is, else nothing."""
    value = node.value.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else None
    return inspect.cleandoc(value) if isinstance(value, str) else ""


def _comment_text(comment: str) -> str:
    if not comment.startswith("#"):
        return ""
    text = comment.lstrip("#:").strip()
    if re.match(r"(type:|noqa|pragma|pylint|mypy:|fmt:|ruff:|pyright)", text) or not re.search(r"\w", text):
        return ""
    return "" if re.match(r"[-=~─━#*_]{3,}|.*[-=~─━#*_]{3,}$", text) else text


# ── the survey: what the imported objects say ─────────────────────────────────────────────────────────────────

_TOPIC_KEYS = ("topic", "address", "channel", "topic_template", "mqtt_topic", "topic_name", "name")
_MODEL_KEYS = frozenset("model models payload payload_model payload_type schema message messages message_type".split())
_INNER_KEYS = frozenset("topic address channel topic_template mqtt_topic topic_name qos retain retained".split())
_ROW_KEYS = _MODEL_KEYS | {"qos", "retain", "retained"}
_PLACEHOLDER = "\0"


class Survey:
    """Walks the modules once and gathers everything the answer holds."""

    def __init__(self, loader: Loader, pydantic: types.ModuleType, generics: frozenset[str]) -> None:
        self.loader, self.pydantic, self.generics = loader, pydantic, generics
        self.modules = loader.modules
        self.findings = loader.findings
        self.names = {module.name for module in self.modules}
        self.strings: list[Json] = []
        self.functions: list[Json] = []
        self.records: list[Json] = []
        self.mappings: list[Json] = []
        self.choices: list[Json] = []
        self.members: dict[str, dict[str, str]] = {}
        self.models: list[tuple[type, Module, ClassOutline | None, Binding | None]] = []
        self.claimed: dict[int, object] = {}
        self.row_classes: set[type] = set()
        self.row_models: list[type] = []
        self.base_model: type = pydantic.BaseModel

    def answer(self, packages: list[Json]) -> Json:
        for module in self.modules:
            self._scope(module, module.outline, module.namespace)
        schemas = Schemas(self)
        models = schemas.models()
        return {
            "python": sys.version.split()[0],
            "pydantic": self.pydantic.VERSION,
            "executable": sys.executable,
            "path": sys.path,
            "packages": packages,
            "strings": self.strings,
            "functions": self.functions,
            "records": self.records,
            "mappings": self.mappings,
            "choices": self.choices,
            "members": self.members,
            "models": models,
            "definitions": schemas.payload,
            "accepted": schemas.accepted,
            "aliased": schemas.aliased,
            "symbols": schemas.symbols,
            "findings": self.findings,
        }

    def _scope(self, module: Module, scope: ClassOutline, namespace: Mapping[str, typing.Any]) -> None:
        owner = self._owner(module, scope)
        places: list[tuple[int, typing.Callable[[], None]]] = []
        if owner is None or not self._is_model(owner):
            for binding in _effective(scope, namespace):
                places.append((binding.line, _call(self._binding, module, scope, owner, namespace, binding)))
            for function in scope.functions:
                places.append((function.lineno, _call(self._function, module, scope, namespace, function)))
        for inner in scope.classes:
            places.append((inner.line, _call(self._class, module, inner, namespace)))
        for line, visit in sorted(places, key=lambda place: place[0]):
            try:
                visit()
            except Exception as error:
                self._odd(module, line, error)

    def _odd(self, module: Module, line: int, error: Exception) -> None:
        self.findings.append(
            {
                "rule": "value-not-readable",
                "severity": "note",
                "message": f"what {module.file}:{line} defines cannot be looked at: {_say(error)}",
                "subject": f"{module.name}:{_say(error)}",
                "remedy": "give it plain attributes, or keep it out of the contracts",
                "file": module.file,
                "symbol": "",
                "line": line,
            }
        )

    @staticmethod
    def _owner(module: Module, scope: ClassOutline) -> type | None:
        value: typing.Any = None
        for step in scope.qualname.split(".") if scope.qualname else ():
            value = module.namespace.get(step) if value is None else inspect.getattr_static(value, step, None)
        return value if isinstance(value, type) else None

    def _class(self, module: Module, scope: ClassOutline, namespace: Mapping[str, typing.Any]) -> None:
        value = namespace.get(scope.node.name)
        if not isinstance(value, type) or value.__module__ != module.name:
            return
        if self._is_model(value):
            if hasattr(value, "__total__") and "__orig_bases__" not in vars(value):
                _restore_bases(value, scope, module.namespace)
            if not self._class_row(module, scope, value) and not self._decorated_row(module, scope, value):
                self._topic_methods(module, scope, value)
                self._inner_rows(module, scope, value)
            self.models.append((value, module, scope, None))
        elif _is_enum(value):
            self._members(scope, value)
        elif id(value) in self.claimed or self._class_row(module, scope, value):
            self.row_classes.add(value)
        self._scope(module, scope, {**vars(value), **_defaults(value, self.base_model)})

    def _is_model(self, value: type) -> bool:
        """Say whether instances can be payloads: Pydantic models, dataclasses and TypedDicts, not settings."""
        if isinstance(value, types.GenericAlias):
            return False
        if _defaults(value, self.base_model) or self._builds_topics(value):
            return False
        if issubclass(value, self.base_model):
            return not any(base.__name__ == "BaseSettings" for base in value.__mro__)
        return "__dataclass_fields__" in vars(value) or hasattr(value, "__total__")

    def _builds_topics(self, value: type) -> bool:
        """Say whether a class is no message but makes topics: `class Topics` with `def state(self): return f"…"`."""
        outline = self.loader.outline(value.__module__) if _names_topics(value) else None
        scope = outline.index.get(value.__qualname__) if outline is not None else None
        texts = _text_defaults(value, self.base_model) if scope is not None else None
        if scope is None or texts is None or len(texts) != len(_fields_of(value, self.base_model)):
            return False
        lookup = {**vars(sys.modules[value.__module__]), **vars(value), **texts}
        made = (_returned_text(function, lookup)[0] for function in scope.functions)
        return any("/" in text and not re.search(r"\s|://", text) for text in made)

    def _members(self, scope: ClassOutline, value: typing.Any) -> None:
        """Keep the name and the docstring of every member, in the order of their values."""
        names = [member.name for member in value]
        if names:
            written = {name: scope.by_name[name].doc for name in names if name in scope.by_name}
            self.members[class_id(value)] = {name: written.get(name, "") for name in names}

    # ── names with values ──

    def _binding(
        self,
        module: Module,
        scope: ClassOutline,
        owner: type | None,
        namespace: Mapping[str, typing.Any],
        binding: Binding,
    ) -> None:
        value = namespace.get(binding.name, _MISSING)
        if owner is not None and _is_enum(owner):
            value = getattr(owner, "__members__", {}).get(binding.name, _MISSING)
            value = getattr(value, "value", _MISSING)
        if value is _MISSING or binding.value is None:
            return
        symbol = f"{scope.qualname}.{binding.name}" if scope.qualname else binding.name
        if isinstance(value, str):
            self._string(module, scope, owner, binding, _text(value))
        elif owner is not None and _is_enum(owner) and (said := _delivered(value)):
            self._record(module, symbol, binding.line, said, [], whole=True, guessed=True)
        elif isinstance(value, type) and not isinstance(value, types.GenericAlias):
            self._assigned_class(module, binding, value)
        elif not self._alias(module, symbol, binding, value):
            self._value(module, symbol, binding.line, value, binding.value)

    def _alias(self, module: Module, symbol: str, binding: Binding, value: typing.Any) -> bool:
        """Keep what a name for a type stands for: a choice of models, or of texts."""
        value = _unaliased(value)
        if typing.get_origin(value) is typing.Literal:
            texts = [_text(item) for item in typing.get_args(value) if isinstance(item, str)]
            items = [[text, text, binding.line] for text in texts]
            entry = {"module": module.name, "file": module.file, "name": symbol, "line": binding.line, "items": items}
            self.mappings.append({**entry, "literal": True})
            return True
        if typing.get_origin(value) is not typing.Union and type(value).__name__ != "UnionType":
            return False
        models = self._models_of(value)
        if models:
            self.choices.append(
                {
                    "module": module.name,
                    "file": module.file,
                    "name": symbol,
                    "line": binding.line,
                    "doc": binding.doc or binding.comment,
                    "models": [class_id(model) for model in models],
                }
            )
        return True

    def _string(self, module: Module, scope: ClassOutline, owner: type | None, binding: Binding, value: str) -> None:
        if len(value) > _SAFE_TEXT:
            return
        metas = self._metadata(module, owner, binding)
        self.strings.append(
            {
                "module": module.name,
                "file": module.file,
                "scope": scope.qualname,
                "kind": "" if owner is None else "enum" if _is_enum(owner) else "class",
                "name": binding.name,
                "line": binding.line,
                "value": value,
                "doc": binding.doc or binding.comment,
                "alias": _is_reference(binding.value),
                "parts": _parts(binding.value),
                "meta": [self._attributes_plain(meta) for meta in metas],
            }
        )

    def _metadata(self, module: Module, owner: type | None, binding: Binding) -> list[typing.Any]:
        """Return the objects that an `Annotated[...]` puts beside a constant."""
        if binding.annotation is None or "Annotated" not in ast.dump(binding.annotation):
            return []
        try:
            code = compile(ast.Expression(binding.annotation), "<annotation>", "eval", dont_inherit=True)
            hint = eval(code, {**module.namespace}, dict(vars(owner)) if owner else {})
        except Exception:
            return []
        while getattr(hint, "__metadata__", None) is None and typing.get_args(hint):
            hint = typing.get_args(hint)[0]
        found = []
        for meta in getattr(hint, "__metadata__", ()):
            if isinstance(meta, type):
                found.append({"model": meta} if self._is_model(meta) else {})
            else:
                found.append(meta)
                self.row_classes.add(type(meta))
        return [meta for meta in found if self._attributes(meta)]

    def _assigned_class(self, module: Module, binding: Binding, value: type) -> None:
        """Keep classes that an assignment makes: `Reading = create_model(…)`, `IntPage = Page[int]`."""
        if value.__module__ not in self.names or not issubclass(value, self.base_model):
            return
        outline = self.loader.outline(value.__module__)
        written = outline is not None and value.__qualname__ in outline.index
        if not written and not any(known is value for known, *_ in self.models):
            self.models.append((value, module, None, binding))

    def _function(
        self, module: Module, scope: ClassOutline, namespace: Mapping[str, typing.Any], node: ast.FunctionDef
    ) -> None:
        owner = self._owner(module, scope)
        defaults = _text_defaults(owner, self.base_model) if owner is not None else {}
        lookup = {**module.namespace, **(dict(namespace) if scope.qualname else {}), **defaults}
        value, returned = _returned_text(node, lookup)
        if returned is None or not re.sub(r"\{[^{}]*\}", "", value).strip("/"):
            return
        self.functions.append(
            {
                "module": module.name,
                "file": module.file,
                "scope": scope.qualname,
                "name": node.name,
                "line": node.lineno,
                "value": value,
                "doc": ast.get_docstring(node) or "",
                "parts": _parts(returned),
                "returns": _source(node.returns),
            }
        )

    def _decorated_row(self, module: Module, scope: ClassOutline, value: type) -> bool:
        """Take what a decorator with arguments says of a model's topic: `@message("a/b", qos=1)`."""
        for node in scope.node.decorator_list:
            if not isinstance(node, ast.Call) or _source(node.func).endswith("deprecated"):
                continue
            said = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            if node.args and not said.keys() & set(_TOPIC_KEYS):
                said = {"topic": node.args[0], **said}
            found = {name: self._known_value(module, inner) for name, inner in said.items()}
            found = {name: inner for name, inner in found.items() if inner is not _MISSING}
            if self._has_topic(found):
                row = {**found, "models": [value]}
                self._record(module, scope.qualname, node.lineno, row, [value], whole=True, guessed=True)
                return True
        return False

    @staticmethod
    def _known_value(module: Module, node: ast.expr) -> typing.Any:
        """Return a literal, or what a name of the module or an attribute of one stands for."""
        if isinstance(node, ast.Name):
            return module.namespace.get(node.id, _MISSING)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return _own(module.namespace.get(node.value.id), node.attr)
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return _MISSING

    def _topic_methods(self, module: Module, scope: ClassOutline, value: type) -> None:
        """Take what a model says of its topic in a method: `def topic(self): return f"devices/{self.device}/state"`."""
        holds_class = any("ype[" in str(kind) for kind in vars(value).get("__annotations__", {}).values())
        for node in scope.functions:
            if "topic" in node.name.lower() and not holds_class:
                text, returned = _returned_text(node, {**module.namespace, **vars(value)}, _field_names(value))
                if returned is not None and self._has_topic({"topic": text}):
                    symbol = f"{scope.qualname}.{node.name}"
                    said = {"topic": text, "models": [value]}
                    self._record(module, symbol, node.lineno, said, [value], whole=True, guessed=True)

    def _inner_rows(self, module: Module, scope: ClassOutline, value: type) -> None:
        """Take what a plain class inside of a model says of the model's topic: `class Meta: topic = "a/b"`."""
        for inner in scope.classes:
            found = vars(value).get(inner.node.name)
            if isinstance(found, type) and not self._is_model(found) and not _is_enum(found):
                said = {k: v for k, v in vars(found).items() if k.lower().strip("_") in _INNER_KEYS}
                if self._has_topic(said):
                    self.claimed[id(found)] = found
                    self._record(module, inner.qualname, inner.line, {**said, "models": [value]}, [value], whole=True)

    # ── rows and tables ──

    def _value(self, module: Module, symbol: str, line: int, value: typing.Any, node: ast.expr | None) -> None:
        """Look for declaration rows and for tables of them in whatever a name holds."""
        if isinstance(value, types.MappingProxyType):
            value = dict(value)
        if self._row(module, symbol, line, value):
            return
        if texts := _named_texts(value):
            items = [[name, _text(text), line] for name, text in texts.items()]
            entry = {"module": module.name, "file": module.file, "name": symbol, "line": line, "items": items}
            self.mappings.append({**entry, "attributes": True})
        elif isinstance(value, dict):
            self._mapping(module, symbol, line, value, node)
        elif isinstance(value, (list, tuple, set, frozenset)):
            lines = _element_lines(node, len(value), line)
            for item, at in zip(value, lines):  # noqa: B905
                self._row(module, symbol, at, item, inside=True)
        elif type(value).__module__ in self.names:
            self._holder(module, symbol, line, value)

    def _holder(self, module: Module, symbol: str, line: int, value: typing.Any) -> None:
        """Look inside an object of the package's own that holds a table in one of its attributes."""
        attributes = {} if isinstance(value, type) else getattr(value, "__dict__", {})
        for held in list(attributes.values())[:50] if isinstance(attributes, dict) else ():
            if isinstance(held, (list, tuple)):
                for item in held:
                    self._row(module, symbol, line, item, inside=True)
            elif isinstance(held, dict):
                self._mapping(module, symbol, line, held, None)

    def _mapping(self, module: Module, symbol: str, line: int, value: dict[typing.Any, typing.Any], node: Json) -> None:
        lines = _element_lines(node, len(value), line)
        by_topic = "topic" in symbol.lower()
        texts, places = [], []
        for (key, item), at in zip(list(value.items()), lines):  # noqa: B905
            key = _text(key) if isinstance(key, str) else key
            if self._row(module, symbol, at, item, key=key, inside=True):
                continue
            models = self._models_of(item)
            if isinstance(key, str) and models:
                self._record(module, symbol, at, {"topic": key, "models": models}, models, guessed=not by_topic)
            elif isinstance(key, type) and self._is_model(key) and isinstance(item, str):
                said = {"topic": _text(item), "models": [key]}
                self._record(module, symbol, at, said, [key], guessed=not by_topic)
            elif isinstance(key, str) and isinstance(item, str):
                texts.append([key, _text(item)])
                places.append(at)
            elif isinstance(key, str) and type(item) is dict and symbol.count("[") < 3:
                self._mapping(module, f"{symbol}[{key}]", at, item, None)
            elif isinstance(key, str) and (type(item).__name__ == "TypeAdapter" or typing.get_origin(item)):
                self._record(module, symbol, at, {"topic": key}, [], guessed=True)
        if texts and len(texts) == len(value):
            items = [[*pair, at] for pair, at in zip(texts, places)]  # noqa: B905
            self.mappings.append(
                {"module": module.name, "file": module.file, "name": symbol, "line": line, "items": items}
            )

    def _models_of(self, item: typing.Any) -> list[type]:
        """Return the models in a class, a union or a sequence of them; nothing when others are among them."""
        found: list[type] = []
        for part in _flatten(item):
            if not isinstance(part, type) or isinstance(part, types.GenericAlias) or not self._is_model(part):
                return []
            found.append(part)
        return found

    def _row(
        self, module: Module, symbol: str, line: int, item: typing.Any, *, key: Json = None, inside: bool = False
    ) -> bool:
        if isinstance(item, (str, bytes, int, float, type(None), type)):
            return False
        if id(item) in self.claimed:
            return True
        attributes = self._attributes(item) or self._positions(item)
        named = {name.lower().strip("_") for name, value in attributes.items() if value is not None}
        if isinstance(key, str) and not named & set(_TOPIC_KEYS[:-1]) and "/" in key:
            attributes = {"topic": key, **attributes}
        if not self._declares(attributes):
            return False
        guessed = not self._has_topic(attributes)
        attributes = self._with_address(attributes, type(item)) if guessed else attributes
        if guessed and not self._has_topic(attributes):
            return False
        if isinstance(item, dict) and not inside and not self._models_of(attributes.get("model")):
            return False
        self.claimed[id(item)] = item
        if type(item).__module__ in self.names:
            self.row_classes.add(type(item))
        self._record(module, symbol, line, attributes, [], guessed=guessed)
        return True

    def _with_address(self, attributes: dict[str, typing.Any], kind: type) -> dict[str, typing.Any]:
        """Call the one attribute with levels the topic, whatever its name.

        The row must hold a model's class, or be of a class of topics.
        """
        model = any(k.lower().strip("_") in _MODEL_KEYS and self._models_of(v) for k, v in attributes.items())
        if not model and not _names_topics(kind):
            return attributes
        levels = [v for v in attributes.values() if isinstance(v, str) and re.fullmatch(r"[^\s/:?]+(/[^\s/:?]+)+/?", v)]
        return {**attributes, "topic": levels[0]} if len(levels) == 1 else attributes

    def _positions(self, item: typing.Any) -> dict[str, typing.Any]:
        """Name the parts of a plain tuple that holds a model, by their types: topic, models, QoS, retained."""
        if type(item) is not tuple or not any(self._models_of(part) for part in item):
            return {}
        found: dict[str, typing.Any] = {"models": [model for part in item for model in self._models_of(part)]}
        for part in item:
            name = {str: "topic", int: "qos", bool: "retain"}.get(type(part))
            if name:
                found.setdefault(name, part)
        return found

    def _declares(self, attributes: Mapping[str, typing.Any]) -> bool:
        """Say whether attributes hold what only a declaration has: a model, a QoS or a retain flag."""
        for name, value in attributes.items():
            plain = name.lower().strip("_")
            value = getattr(value, "value", value) if plain == "qos" else value
            if plain == "qos" and type(value) is int and 0 <= value <= 2:
                return True
            if plain in ("retain", "retained") and isinstance(value, bool):
                return True
            if plain in _MODEL_KEYS and (self._models_of(value) or _names_class(value)):
                return True
        return False

    @staticmethod
    def _has_topic(attributes: Mapping[str, typing.Any]) -> bool:
        lowered = {name.lower().strip("_"): value for name, value in attributes.items()}
        for name in _TOPIC_KEYS:
            value = lowered.get(name)
            if isinstance(value, str) and re.fullmatch(r"(?! )[^\t-\r\\^()|'\"]{1,1000}(?<! )", value):
                return name != "name" or "/" in value
        return False

    def _class_row(self, module: Module, scope: ClassOutline, value: type) -> bool:
        """Take a class whose own attributes form a row: a topic beside qos, retain or model; a model with a topic."""
        fields = getattr(value, "__dataclass_fields__", {})
        if issubclass(value, self.base_model):
            fields = getattr(value, "__pydantic_fields__", None) or vars(value).get("model_fields") or {}
        attributes: dict[str, typing.Any] = {}
        for base in reversed(value.__mro__):
            if base.__module__ in self.names:
                attributes.update({k: v for k, v in vars(base).items() if k not in fields})
        plain = {k.lower().strip("_"): v for k, v in attributes.items() if not callable(v) or isinstance(v, type)}
        model = self._is_model(value)
        if model and (extra := _schema_extra(value)):
            self._record(module, scope.qualname, scope.line, {**extra, "models": [value]}, [value], whole=True)
            return True
        topic = next((plain[key] for key in _TOPIC_KEYS[:-1] if isinstance(plain.get(key), str)), None)
        own = {k.lower().strip("_") for k in vars(value)}
        if topic is None or not own & set(_TOPIC_KEYS) or not (model or set(plain) & _ROW_KEYS):
            return False
        if not self._has_topic({"topic": topic}):
            return False
        if model:
            plain = {**{k: v for k, v in plain.items() if k not in ("schema", "message")}, "models": [value]}
        plain = {k: v for k, v in plain.items() if k not in ("module", "doc", "annotations", "qualname", "dict")}
        line = next((b.line for b in scope.bindings if b.name.lower().strip("_") in _TOPIC_KEYS), scope.line)
        self._record(module, scope.qualname, line, plain, [value] if model else [], whole=True)
        return True

    def _record(
        self,
        module: Module,
        symbol: str,
        line: int,
        attributes: Mapping[str, typing.Any],
        models: list[type],
        *,
        whole: bool = False,
        guessed: bool = False,
    ) -> None:
        self.records.append(
            {
                "module": module.name,
                "file": module.file,
                "symbol": symbol,
                "line": line,
                "whole": whole,
                "guessed": guessed,
                "attributes": {name: self._plain(value, 3) for name, value in attributes.items()},
            }
        )
        for value in models:
            self._mention(value)

    def _mention(self, value: type) -> None:
        if value not in self.row_models:
            self.row_models.append(value)

    def _attributes(self, item: typing.Any) -> dict[str, typing.Any]:
        """Return the named values of a mapping, named tuple, dataclass, model, attrs or plain object of the package."""
        if isinstance(item, dict):
            return {key: value for key, value in item.items() if isinstance(key, str)}
        kind = type(item)
        names: Iterable[str] = ()
        for declared in ("_fields", "__dataclass_fields__", "__pydantic_fields__", "model_fields"):
            if not names and isinstance(getattr(kind, declared, None), (tuple, dict)):
                names = tuple(getattr(kind, declared))
        if not names and hasattr(kind, "__attrs_attrs__"):
            names = tuple(attribute.name for attribute in kind.__attrs_attrs__)
        if not names and (kind.__module__ in self.names or kind is types.SimpleNamespace):
            slots = [slot for base in kind.__mro__ for slot in _slots(base)]
            names = (*getattr(item, "__dict__", {}), *slots)
        found = {}
        for name in names:
            try:
                found[name] = getattr(item, name)
            except Exception:
                continue
        if kind.__module__ in self.names and any(self._models_of(value) for value in found.values()):
            found.update(_worked_out(item, found))
        return found

    def _attributes_plain(self, item: typing.Any) -> Json:
        return {name: self._plain(value, 3) for name, value in self._attributes(item).items()}

    def _plain(self, value: typing.Any, depth: int) -> Json:
        """Return a value as JSON; classes become `{"$class": id}`, enum members `{"$enum": [name, value]}`."""
        if _is_enum(type(value)) and not isinstance(value, (str, int)):
            return {"$enum": [value.name, self._plain(value.value, 0)]}
        if isinstance(value, str):
            return _text(value)
        for plain in (bool, int, float):
            if isinstance(value, plain):
                return plain(value)
        if isinstance(value, type) and not isinstance(value, types.GenericAlias):
            if self._is_model(value):
                self._mention(value)
                return {"$class": class_id(value)}
            return None
        if models := self._models_of(value):
            for model in models:
                self._mention(model)
            return [{"$class": class_id(model)} for model in models]
        if depth and isinstance(value, (list, tuple, set, frozenset)) and not hasattr(value, "_fields"):
            items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
            return [self._plain(item, depth - 1) for item in items]
        if hasattr(value, "isoformat"):
            return str(value.isoformat())
        if depth and (attributes := self._attributes(value)):
            self.row_classes.add(type(value))
            return {"$object": {name: self._plain(item, depth - 1) for name, item in attributes.items()}}
        return None


def _named_texts(value: typing.Any) -> dict[str, str]:
    """Return the attributes of a namespace or named tuple of texts alone: `T = SimpleNamespace(UP="a/{x}/up")`."""
    held = vars(value) if type(value) is types.SimpleNamespace else None
    if isinstance(value, tuple) and isinstance(names := getattr(type(value), "_fields", None), tuple):
        held = dict(zip(names, value))  # noqa: B905
    return held if held and all(isinstance(item, str) for item in held.values()) else {}


def _schema_extra(value: typing.Any) -> dict[str, typing.Any]:
    """Return what a model's own configuration adds to its schema about its topic: `topic`, `x-mqtt-topic`, `x-qos` …"""
    own, *inherited = [_declared(getattr(base, "model_config", {})) for base in (value, *value.__bases__)]
    return {} if own in inherited else own


def _declared(config: Json) -> dict[str, typing.Any]:
    return {name: config["json_schema_extra"][key] for key, name in _declaring(config).items()}


def _declaring(config: typing.Any) -> dict[str, str]:
    """Return the keys of a schema that say where a message travels, and what each stands for; none without a topic."""
    extra: Json = config.get("json_schema_extra") if isinstance(config, dict) else None
    found = {}
    for key, said in extra.items() if isinstance(extra, dict) else ():
        name = re.sub(r"^(x-)?(mqtt-)?", "", str(key).lower().replace("_", "-")).replace("-", "_")
        if name in ("topic", "address", "channel", "qos", "retain", "retained") and isinstance(said, (str, int)):
            found[key] = name
    topics = [key for key, name in found.items() if name in _TOPIC_KEYS and isinstance(extra[key], str)]
    return found if topics else {}


def _defaults(value: type, base_model: type) -> dict[str, str]:
    """Return the defaults of a dataclass or model that is no message but a holder of topics; else nothing."""
    if not _names_topics(value):
        return {}
    fields, found = _fields_of(value, base_model), _text_defaults(value, base_model)
    texts = [text for text in found.values() if "/" in text and not re.search(r"\s|://", text)]
    return found if found and len(found) == len(fields) and 2 * len(texts) > len(found) else {}


def _names_topics(value: type) -> bool:
    return "topic" in value.__name__.lower() or "channel" in value.__name__.lower()


def _fields_of(value: type, base_model: type) -> Mapping[str, typing.Any]:
    """Return the fields of a dataclass or model by name; of anything else none."""
    if issubclass(value, base_model):
        return getattr(value, "__pydantic_fields__", None) or getattr(value, "model_fields", None) or {}
    return vars(value).get("__dataclass_fields__") or {}


def _text_defaults(value: type, base_model: type) -> dict[str, str]:
    """Return the fields of a dataclass or model that have a text for a default."""
    fields = _fields_of(value, base_model)
    return {name: field.default for name, field in fields.items() if isinstance(field.default, str)}


def _effective(scope: ClassOutline, namespace: Mapping[str, typing.Any]) -> Iterator[Binding]:
    """Yield one binding a name: where it is bound in several places, the one that gave it its value."""
    if len(scope.by_name) == len(scope.bindings):
        yield from scope.bindings
        return
    for name, last in scope.by_name.items():
        same = [binding for binding in scope.bindings if binding.name == name]
        value = namespace.get(name)
        literal = (b for b in same if isinstance(b.value, ast.Constant) and b.value.value == value)
        yield next(literal, last)


def _restore_bases(value: typing.Any, scope: ClassOutline, namespace: Mapping[str, typing.Any]) -> None:
    """Tell a typed dict its bases, which Python before 3.12 forgets and Pydantic asks for."""
    names = [base.id for base in scope.node.bases if isinstance(base, ast.Name)]
    value.__orig_bases__ = tuple(namespace[name] for name in names if name in namespace)


def _call(function: typing.Callable[..., None], *arguments: typing.Any) -> typing.Callable[[], None]:
    return lambda: function(*arguments)


def _is_enum(value: type) -> bool:
    import enum

    return issubclass(value, enum.Enum)


def _worked_out(item: typing.Any, known: Mapping[str, typing.Any]) -> dict[str, str]:
    """Return the topic that a row works out in a property, where none of its fields is called so."""
    for name in _TOPIC_KEYS[:-1]:
        if name not in known and isinstance(getattr(type(item), name, None), property):
            try:
                value = getattr(item, name)
            except Exception:
                continue
            if isinstance(value, str):
                return {name: value}
    return {}


def _delivered(value: typing.Any) -> Json:
    """Return topic, QoS and retained flag of a member such as `("mine/{level}/gas", 1, False)`; nothing for others."""
    if type(value) is not tuple or len(value) < 2 or not isinstance(value[0], str) or "/" not in value[0]:
        return {}
    flags = [part for part in value[1:] if isinstance(part, bool)]
    levels = [part for part in value[1:] if type(part) is int and 0 <= part <= 2]
    if len(flags) + len(levels) != len(value) - 1 or len(flags) > 1 or len(levels) != 1:
        return {}
    return {"topic": _text(value[0]), "qos": levels[0], **({"retain": flags[0]} if flags else {})}


def _text(value: str) -> str:
    """Return the characters of a string, free of enum or other subclasses."""
    return str.__str__(getattr(value, "value", value) if type(value) is not str else value)


def _names_class(value: typing.Any) -> bool:
    """Say whether a text is the name of a class, as rows spell models that are defined further down."""
    last = value.rpartition(".")[2] if isinstance(value, str) else ""
    return last.isidentifier() and last[:1].isupper() and not last.isupper()


def _slots(base: type) -> tuple[str, ...]:
    slots = vars(base).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _unaliased(item: typing.Any) -> typing.Any:
    """Return the type that a name for one, with whatever is annotated on it, stands for."""
    for _ in range(20):
        if type(item).__name__ == "TypeAliasType":
            item = item.__value__
        elif hasattr(item, "__metadata__"):
            item = item.__origin__
        else:
            break
    return item


def _flatten(item: typing.Any) -> Iterator[typing.Any]:
    """Yield the arms of unions and the members of sequences of classes."""
    item = _unaliased(item)
    if isinstance(item, (list, tuple, set, frozenset)) and not hasattr(item, "_fields"):
        for part in item:
            yield from _flatten(part)
    elif typing.get_origin(item) is typing.Union or type(item).__name__ == "UnionType":
        yield from (arm for part in typing.get_args(item) if part is not type(None) for arm in _flatten(part))
    elif type(item).__name__ == "TypeAdapter":
        yield from _flatten(getattr(item, "_type", None))
    else:
        yield item


def _element_lines(node: ast.expr | None, count: int, line: int) -> list[int]:
    """Return the line of each element of a literal; the line of the whole where they cannot be told apart."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return _element_lines(node.args[0], count, line)
    elements: list[ast.expr | None] = []
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        elements = list(node.elts)
    elif isinstance(node, ast.Dict):
        elements = list(node.keys)
    if len(elements) != count or any(item is None or isinstance(item, ast.Starred) for item in elements):
        return [line] * count
    return [item.lineno for item in elements if item is not None]


def _is_reference(node: ast.expr | None) -> bool:
    """Say whether a value is another name and nothing more: a rebinding."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _parts(node: ast.expr | None) -> list[str]:
    """Return the last names that a built text is made from."""
    if node is None or isinstance(node, ast.Constant):
        return []
    found = [item.id for item in ast.walk(node) if isinstance(item, ast.Name)]
    return found + [item.attr for item in ast.walk(node) if isinstance(item, ast.Attribute)]


def _source(node: ast.expr | None) -> str:
    return ast.unparse(node) if node is not None else ""


def _returned_text(
    node: ast.FunctionDef, namespace: Mapping[str, typing.Any], fields: Iterable[str] = ()
) -> tuple[str, ast.expr | None]:
    """Return the text that a function of one statement returns, and its expression; None when it is no such function.

    What stands in `fields` are attributes of the instance with a value of its own.
    """
    body = [item for item in node.body if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))]
    if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        return "", None
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    names = {argument.arg for argument in every} - {"self", "cls"}
    try:
        return Template(names, namespace, fields).text(body[0].value), body[0].value
    except (AttributeError, LookupError, TypeError, ValueError):
        return "", None


class Template:
    """Evaluates a text expression over parameters and module constants; parameters become `{placeholders}`."""

    def __init__(self, parameters: set[str], namespace: Mapping[str, typing.Any], fields: Iterable[str] = ()) -> None:
        self.parameters, self.namespace, self.fields = parameters, namespace, frozenset(fields)

    def text(self, node: ast.expr) -> str:
        """Return the template; raise LookupError, TypeError or ValueError where it cannot be known."""
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, int)):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(self.text(part) for part in node.values)
        if isinstance(node, ast.FormattedValue):
            return self.text(node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.text(node.left) + self.text(node.right)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return self._percent(self.text(node.left), node.right)
        if isinstance(node, ast.Call):
            return self._call(node)
        name = self._parameter(node)
        return "{" + name + "}" if name else self._constant(node)

    def _parameter(self, node: ast.expr) -> str:
        names: list[str] = []
        while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
            if isinstance(node, ast.Attribute):
                names.insert(0, node.attr)
            node = node.func if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name):
            return ""
        if node.id == "self" and names and names[0] in self.fields:
            first, names = names[0], names[1:]
        elif node.id in self.parameters:
            first = node.id
        else:
            return ""
        plain = {"value", "name", "lower", "upper", "strip", "hex", "format", "casefold"}
        return "_".join([first, *(name for name in names if name not in plain)])

    def _constant(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            value = self.namespace[node.id]
        elif isinstance(node, ast.Attribute):
            value = inspect.getattr_static(self._object(node.value), node.attr)
        else:
            raise ValueError("not a text")
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            raise TypeError("not a text")
        return _text(value) if isinstance(value, str) else str(value)

    def _object(self, node: ast.expr) -> typing.Any:
        if isinstance(node, ast.Name):
            if node.id in ("cls", "self") and node.id not in self.namespace:
                return types.SimpleNamespace(**{k: v for k, v in self.namespace.items() if isinstance(v, str)})
            return self.namespace[node.id]
        if isinstance(node, ast.Attribute):
            return inspect.getattr_static(self._object(node.value), node.attr)
        raise ValueError("not a name")

    def _call(self, node: ast.Call) -> str:
        if name := self._parameter(node):
            return "{" + name + "}"
        if isinstance(node.func, ast.Name) and node.func.id == "str" and len(node.args) == 1:
            return self.text(node.args[0])
        if not isinstance(node.func, ast.Attribute):
            raise ValueError("not a text")
        if node.func.attr == "join" and len(node.args) == 1 and isinstance(node.args[0], (ast.List, ast.Tuple)):
            return self.text(node.func.value).join(self.text(part) for part in node.args[0].elts)
        if node.func.attr == "format":
            return self._format(self.text(node.func.value), node)
        raise ValueError("not a text")

    def _format(self, template: str, node: ast.Call) -> str:
        positional = [self.text(argument) for argument in node.args]
        named = {word.arg: self.text(word.value) for word in node.keywords if word.arg}
        counter = iter(positional)

        def fill(match: re.Match[str]) -> str:
            key = match[1]
            return next(counter) if not key else positional[int(key)] if key.isdigit() else named[key]

        try:
            return re.sub(r"\{([^{}:!.\[]*)[^{}]*\}", fill, template)
        except (StopIteration, RuntimeError, IndexError):
            raise ValueError("too few arguments") from None

    def _percent(self, template: str, node: ast.expr) -> str:
        if isinstance(node, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else "" for key in node.keys]
            named = {str(key): self.text(value) for key, value in zip(keys, node.values)}  # noqa: B905
            return re.sub(r"%\((\w+)\)[sdr]", lambda match: named[match[1]], template)
        values = [self.text(item) for item in (node.elts if isinstance(node, ast.Tuple) else [node])]
        pieces = re.split(r"%[sdr]", template)
        if len(pieces) != len(values) + 1:
            raise ValueError("another number of arguments")
        return "".join(piece + value for piece, value in zip(pieces, [*values, ""]))  # noqa: B905


# ── models and schemas ────────────────────────────────────────────────────────────────────────────────────────


def class_id(value: type) -> str:
    """Return `module.QualifiedName`, with the arguments of a generic by their own ids."""
    generic = getattr(value, "__pydantic_generic_metadata__", None) or {}
    if generic.get("origin") and generic.get("args"):
        arguments = ", ".join(_argument_id(argument) for argument in generic["args"])
        return f"{class_id(generic['origin'])}[{arguments}]"
    return f"{value.__module__}.{value.__qualname__}"


def _argument_id(argument: typing.Any) -> str:
    if isinstance(argument, type) and not typing.get_args(argument):
        return argument.__qualname__ if argument.__module__ == "builtins" else class_id(argument)
    origin, arguments = typing.get_origin(argument), typing.get_args(argument)
    if origin is not None and arguments:
        name = getattr(origin, "__qualname__", None) or getattr(origin, "_name", None) or str(origin)
        name = "Union" if type(argument).__name__ == "UnionType" else name
        return f"{name}[{', '.join(_argument_id(part) for part in arguments)}]"
    return repr(argument)


class Schemas:
    """Generates the schemas of all models in as few runs as are needed to know every difference."""

    def __init__(self, survey: Survey) -> None:
        self.survey, self.loader = survey, survey.loader
        self.payload: dict[str, Json] = {}
        self.accepted: dict[str, Json] = {}
        self.aliased: dict[str, Json] = {}
        self.symbols: dict[str, Json] = {}
        self.classes: dict[str, type] = {}
        self.cores: dict[str, Json] = {}
        self.names: dict[str, str] = {}
        self.generator = _generator()

    def models(self) -> list[Json]:
        entries = self._entries()
        for entry in entries:
            self._core(entry)
        entries = [entry for entry in entries if entry["id"] in self.cores or self._is_meant(entry)]
        usable = [entry for entry in entries if entry["id"] in self.cores]
        self.entries = {entry["id"]: entry for entry in entries}
        affected = self._affected(usable)
        self.payload, deferred = self._generate(usable, "serialization", by_alias=False)
        if affected:
            self._others(affected)
        for entry in entries:
            if entry["id"] not in self.payload:
                self.payload[entry["id"]] = {"x-deferred": entry["id"]}
        for entry in filter(self._only_inside, entries):
            rest = self.payload.get(entry["id"], {}).get("additionalProperties")
            if isinstance(rest, bool):
                entry["extra"] = "allow" if rest else "forbid"
        self._report(deferred)
        for table in (self.payload, self.accepted, self.aliased) if deferred else ():
            _drop_key(table, "x-callable-discriminator")
        self._describe()
        self._locate()
        for entry in entries:
            entry.pop("class")
            entry["accepts"] = entry["id"] in affected and self._differs(entry["id"], self.accepted)
            entry["aliased"] = entry["id"] in affected and self._differs(entry["id"], self.aliased)
        self.accepted = _closure(self.accepted, [entry["id"] for entry in entries if entry["accepts"]])
        self.aliased = _closure(self.aliased, [entry["id"] for entry in entries if entry["aliased"]])
        for identity in self.cores:
            self._add_validators(identity)
        return entries

    # ── the classes ──

    def _entries(self) -> list[Json]:
        """Describe every payload class once, in source order; rows and open generics, unless asked for, are none."""
        survey = self.survey
        found = [item for item in survey.models if item[0] not in survey.row_classes and not self._open(item[0])]
        known = {item[0] for item in found}
        for value in survey.row_models:
            if value not in known and not self._open(value):
                module = self._module(value)
                found.append((value, module, self._outline(value), None))
        entries = []
        for value, module, outline, binding in found:
            entries.append(self._entry(value, module, outline, binding))
        return entries

    def _open(self, value: type) -> bool:
        return _open_generic(value) and class_id(value) not in self.survey.generics

    def _module(self, value: type) -> Module:
        known = next((module for module in self.survey.modules if module.name == value.__module__), None)
        if known is not None:
            return known
        module = sys.modules.get(value.__module__)
        file = _own(module, "__file__") or ""
        return Module(
            value.__module__, self.loader.places.spell(file) if file else "", vars(module), typing.cast("Outline", None)
        )

    def _outline(self, value: type) -> ClassOutline | None:
        outline = self.loader.outline(value.__module__)
        return outline.index.get(value.__qualname__.partition("[")[0]) if outline is not None else None

    def _entry(self, value: type, module: Module, outline: ClassOutline | None, binding: Binding | None) -> Json:
        line = outline.line if outline else binding.line if binding else None
        doc = outline.doc if outline else inspect.cleandoc(vars(value).get("__doc__") or "")
        name = binding.name if binding else value.__name__
        return {
            "class": value,
            "id": class_id(value),
            "name": name,
            "module": module.name,
            "kind": self._kind(value),
            "file": module.file,
            "symbol": outline.qualname if outline else name,
            "line": line,
            "doc": doc or (binding.doc if binding else ""),
            "extra": self._extra(value),
            "deprecated": "__deprecated__" in vars(value),
            "fields": [self._field(name, value, module, line) for name in _field_names(value)],
            "bases": [class_id(base) for base in self._bases(value)],
        }

    def _kind(self, value: type) -> str:
        if issubclass(value, self.survey.base_model):
            return "pydantic"
        return "dataclass" if hasattr(value, "__dataclass_fields__") else "typeddict"

    @staticmethod
    def _extra(value: type) -> str | None:
        config = getattr(value, "model_config", None) or getattr(value, "__pydantic_config__", None) or {}
        extra = config.get("extra") if isinstance(config, dict) else None
        return str(getattr(extra, "value", extra)) if extra else "ignore"

    @staticmethod
    def _bases(value: type) -> list[type]:
        bases = getattr(value, "__orig_bases__", value.__bases__) if hasattr(value, "__total__") else value.__bases__
        ours = (base for base in bases if isinstance(base, type))
        return [base for base in ours if class_id(base).partition(".")[0] not in _FOREIGN]

    def _field(self, name: str, value: type, module: Module, line: int | None) -> Json:
        for base in _lineage(value):
            outline = self._outline(base)
            if outline is not None and name in outline.by_name:
                origin = self._module(base)
                return {
                    "name": name,
                    "declared_by": class_id(base),
                    "file": origin.file,
                    "symbol": f"{outline.qualname}.{name}",
                    "line": outline.by_name[name].line,
                }
        symbol = f"{value.__qualname__}.{name}"
        return {"name": name, "declared_by": class_id(value), "file": module.file, "symbol": symbol, "line": line}

    def _add_validators(self, identity: str) -> None:
        """Name the functions of the team that check what is read; nobody else can say what these reject."""
        if found := _validators(self.cores.get(identity, {})):
            for table in (self.payload, self.aliased):
                if "properties" in table.get(identity, {}):
                    table[identity]["x-validators"] = found

    # ── their schemas ──

    def _core(self, entry: Json) -> None:
        try:
            self.cores[entry["id"]] = _core_schema(entry["class"])
        except Exception as error:
            text = " ".join(str(error).split("\n\n")[0].split())
            if self._is_meant(entry):
                self._find(entry, "model-without-schema", f"{entry['id']} has no schema: {text[:300]}")

    def _is_meant(self, entry: Json) -> bool:
        """Say whether a class is meant to be sent: a model, or named by a declaration; a dataclass may be a tool."""
        return entry["kind"] == "pydantic" or entry["class"] in self.survey.row_models

    def _find(self, entry: Json, rule: str, message: str, field: str = "", remedy: str = "") -> None:
        place = next((item for item in entry["fields"] if item["name"] == field), entry)
        self.survey.findings.append(
            {
                "rule": rule,
                "severity": "warning",
                "message": message,
                "subject": f"{entry['id']}.{field}" if field else entry["id"],
                "remedy": remedy or "define every type that it names, or call model_rebuild() once they are",
                "file": place["file"],
                "symbol": place["symbol"],
                "line": place["line"],
            }
        )

    def _generate(self, entries: list[Json], mode: str, *, by_alias: bool) -> tuple[dict[str, Json], list[str]]:
        run = self.generator(mode, by_alias, self.names)
        for entry in sorted(entries, key=self._only_inside):
            identity = entry["id"]
            try:
                result = run.generate_inner(self.cores[identity])
            except Exception as error:
                run.definitions[identity] = {"x-deferred": identity}
                if mode == "serialization" and not by_alias:
                    self._find(entry, "model-without-schema", f"{identity} has no schema: {_say(error)}")
                continue
            reference = result.get("$ref", "")
            if reference != _reference(identity):
                run.definitions.setdefault(identity, result)
        definitions = {_unescaped(name): schema for name, schema in run.definitions.items()}
        _untitle(definitions)
        return definitions, run.deferred

    def _only_inside(self, entry: Json) -> bool:
        """Say whether a class takes its settings from the model around it: that one has to come first."""
        own = entry["kind"] == "pydantic" or hasattr(entry["class"], "__pydantic_config__")
        return not own and entry["class"] not in self.survey.row_models

    def _affected(self, entries: list[Json]) -> set[str]:
        """Return the ids of models whose modes, or dumps by alias, could differ."""
        walk = Differences()
        affected = {entry["id"] for entry in entries if _or_true(walk.possible, self.cores[entry["id"]])}
        self.names = walk.names
        return affected

    def _others(self, affected: set[str]) -> None:
        entries = [self.entries[identity] for identity in self.entries if identity in affected]
        self.accepted, _ = self._generate(entries, "validation", by_alias=True)
        self.aliased, _ = self._generate(entries, "serialization", by_alias=True)

    def _differs(self, identity: str, others: dict[str, Json]) -> bool:
        seen, todo = set(), [identity]
        while todo:
            current = todo.pop()
            if current in seen:
                continue
            seen.add(current)
            if repr(others.get(current)) != repr(self.payload.get(current)):  # NaN is not equal to itself
                return True
            todo += _references(others.get(current))
        return False

    def _report(self, deferred: list[str]) -> None:
        if not deferred:
            return
        for identity, schema in self.payload.items():
            entry = self.entries.get(identity)
            if entry is None or not isinstance(schema, dict):
                continue
            for name, part in (schema.get("properties") or {"": schema}).items():
                self._report_part(entry, name, part)

    def _report_part(self, entry: Json, name: str, part: Json) -> None:
        field = name if any(item["name"] == name for item in entry["fields"]) else ""
        label = f"{entry['id']}.{name}" if name else entry["id"]
        for kind in _find_key(part, "x-deferred"):
            if kind != entry["id"]:
                message = f"{label} has a type without a JSON Schema: {kind}"
                self._find(
                    entry,
                    "type-without-schema",
                    message,
                    field,
                    "give it a serializer with a return type, or WithJsonSchema",
                )
        for _ in _find_key(part, "x-callable-discriminator"):
            message = f"{label} is told apart by a function; other programs can only try the arms"
            self._find(entry, "callable-discriminator", message, field, "discriminate by a field that holds a literal")

    def _describe(self) -> None:
        """Give properties without a description the docstring that follows the attribute in source."""
        for table in (self.payload, self.accepted, self.aliased):
            for identity, schema in table.items():
                value = self._class(identity)
                if value is None or not isinstance(schema, dict):
                    continue
                self._clean_description(value, schema)
                for key in _declaring(getattr(value, "model_config", None)):
                    schema.pop(key, None)
                properties = schema.get("properties")
                if isinstance(properties, dict):
                    self._describe_fields(value, properties)

    def _clean_description(self, value: type, schema: Json) -> None:
        """Keep a dataclass's own docstring and not the signature that Python makes for it; Pydantics differ here."""
        outline = self._outline(value)
        if "__dataclass_fields__" not in vars(value) or outline is None:
            return
        if str(schema.get("description", "")).startswith(f"{value.__name__}("):
            del schema["description"]
        if outline.doc and "properties" in schema:
            schema.setdefault("description", outline.doc)

    def _describe_fields(self, value: type, properties: Json) -> None:
        for base in _lineage(value):
            outline = self._outline(base)
            for binding in outline.bindings if outline is not None else ():
                if binding.doc and binding.annotation is not None:
                    for name in _spellings(value, binding.name):
                        part = properties.get(name)
                        if isinstance(part, dict) and "description" not in part:
                            part["description"] = binding.doc

    def _class(self, identity: str) -> type | None:
        if identity in self.entries:
            return typing.cast("type", self.entries[identity]["class"])
        found = self._find_class(identity)
        return found[1] if found else None

    def _find_class(self, identity: str) -> tuple[Module, type] | None:
        """Return module and class of a definition id; a generic's own class for its parametrised forms."""
        steps = identity.partition("[")[0].split(".")
        for cut in range(len(steps) - 1, 0, -1):
            module = sys.modules.get(".".join(steps[:cut]))
            if module is None:
                continue
            value: typing.Any = module
            for step in steps[cut:]:
                value = inspect.getattr_static(value, step, None)
            return (self._module(value), value) if isinstance(value, type) else None
        return None

    def _locate(self) -> None:
        """Say where each definition is written, for those of the packages and of the workspace."""
        for identity in {**self.payload, **self.accepted, **self.aliased}:
            if identity in self.entries:
                entry = self.entries[identity]
                self.symbols[identity] = [entry["file"], entry["symbol"], entry["line"]]
            elif found := self._find_class(identity):
                module, value = found
                file = _own(sys.modules.get(module.name), "__file__") or ""
                if module.name in self.survey.names or (file and self.loader.places.own(file)):
                    outline = self._outline(value)
                    if outline is not None:
                        self.symbols[identity] = [module.file, outline.qualname, outline.line]
                        if _is_enum(value) and identity not in self.survey.members:
                            self.survey._members(outline, value)


def _open_generic(value: type) -> bool:
    generic = getattr(value, "__pydantic_generic_metadata__", None)
    return bool(generic and generic.get("parameters")) or bool(getattr(value, "__parameters__", ()) and generic is None)


def _field_names(value: type) -> list[str]:
    for declared in ("__pydantic_fields__", "model_fields", "__dataclass_fields__", "__annotations__"):
        fields = getattr(value, declared, None)
        if isinstance(fields, dict):
            if declared == "__dataclass_fields__":
                return [name for name, field in fields.items() if str(field._field_type) == "_FIELD"]
            return list(fields)
    return []


def _lineage(value: type) -> list[type]:
    """Return a class and its ancestors in resolution order; typed dicts remember theirs in another place."""
    if not hasattr(value, "__total__"):
        return list(value.__mro__)
    found = [value]
    for base in getattr(value, "__orig_bases__", ()):
        if isinstance(base, type) and hasattr(base, "__total__"):
            found += _lineage(base)
    return found


def _spellings(value: type, name: str) -> list[str]:
    """Return every key under which a field can stand in a schema."""
    fields = getattr(value, "__pydantic_fields__", None) or getattr(value, "model_fields", None) or {}
    field = fields.get(name) if isinstance(fields, dict) else None
    found = [name]
    for alias in (
        getattr(field, "alias", None),
        getattr(field, "serialization_alias", None),
        getattr(field, "validation_alias", None),
    ):
        for choice in getattr(alias, "choices", [alias]):
            if isinstance(choice, str):
                found.append(choice)
    return found


def _core_schema(value: typing.Any) -> Json:
    """Return the core schema of a class, built first where that was put off."""
    import pydantic

    if "__pydantic_core_schema__" in vars(value):
        core = value.__pydantic_core_schema__
        if not isinstance(core, dict):
            if issubclass(value, pydantic.BaseModel):
                value.model_rebuild(force=True)
            else:
                from pydantic.dataclasses import rebuild_dataclass

                rebuild_dataclass(value, force=True)
            core = value.__pydantic_core_schema__
        if isinstance(core, dict):
            return core
        raise TypeError("its schema is not built yet")
    _allow_typing_typeddict()
    core = pydantic.TypeAdapter(value).core_schema
    if isinstance(core, dict):
        return core
    raise TypeError("its schema is not built yet")


def _allow_typing_typeddict() -> None:
    """Let Pydantic read `typing.TypedDict` on Python before 3.12, where only odd uses of it go wrong."""
    from pydantic._internal import _generate_schema

    if hasattr(_generate_schema, "_SUPPORTS_TYPEDDICT"):
        _generate_schema._SUPPORTS_TYPEDDICT = True


def _or_true(ask: typing.Callable[[Json], bool], value: Json) -> bool:
    """Return an answer, or yes where the question cannot be asked."""
    try:
        return ask(value)
    except Exception:
        return True


class Differences:
    """Walks core schemas and says where the two modes, or field names and aliases, could come apart.

    Errs on the side of yes: what is not known to be the same in both modes counts as a difference.
    """

    KEYS = frozenset(
        "serialization validation_alias serialization_alias serialization_exclude serialization_exclude_if "
        "json_schema_input_schema alias init_only init".split()
    )
    TYPES = frozenset("decimal fraction json chain complex missing-sentinel custom-error callable".split())
    CONFIG = ("json_schema_mode_override", "json_schema_serialization_defaults_required")

    def __init__(self) -> None:
        self.known: dict[str, bool] = {}
        self.names: dict[str, str] = {}

    def possible(self, node: Json) -> bool:
        """Walk all of a schema; on the way, note the ids of parametrised generics by their references."""
        reference = node.get("ref")
        if not isinstance(reference, str):
            return self._inside(node)
        if reference not in self.known:
            self.known[reference] = False
            self.known[reference] = self._inside(node)
            if "cls" in node and "[" in node["cls"].__name__:
                self.names[reference] = class_id(node["cls"])
        return self.known[reference]

    def _inside(self, node: Json) -> bool:
        found = self._here(node)
        for key, value in node.items():
            if key in ("fields", "choices") and isinstance(value, dict):  # keys of the team's choosing
                for part in value.values():
                    found |= isinstance(part, dict) and self.possible(part)
            elif isinstance(value, dict):
                if key not in ("metadata", "config", "default"):
                    found |= self.possible(value)
            elif isinstance(value, (list, tuple)) and key not in ("expected", "default"):
                for item in value:
                    for part in item if isinstance(item, tuple) else (item,):
                        if isinstance(part, dict):
                            found |= self.possible(part)
        return found

    def _here(self, node: Json) -> bool:
        if not self.KEYS.isdisjoint(node) or str(node.get("type")) in self.TYPES or node.get("computed_fields"):
            return True
        if "metadata" in node and _custom(node["metadata"]):
            return True
        owner = node.get("cls")
        config = getattr(owner, "model_config", None) or getattr(owner, "__pydantic_config__", None) or {}
        return isinstance(config, dict) and any(config.get(key) for key in self.CONFIG)


def _validators(core: Json) -> dict[str, list[str]]:
    """Return the functions that check a model when it is read, each with the fields that it is about; none for all."""
    found: dict[str, list[str]] = {}
    inner = core.get("schema") if core.get("type") == "definitions" else None
    if isinstance(inner, dict) and "schema_ref" in inner:  # a model that contains itself
        core = next((part for part in core["definitions"] if part.get("ref") == inner["schema_ref"]), core)
    todo: list[tuple[typing.Any, str]] = [(core, "")]
    while todo:
        node, field = todo.pop()
        if not isinstance(node, dict):
            continue
        if field and node.get("type") in ("model", "dataclass", "typed-dict"):
            continue
        if str(node.get("type")).startswith("function-") and (name := _own_function(node.get("function"))):
            about = found.setdefault(name, [])
            about += [field] if field and field not in about else []
        for key, value in node.items():
            if key == "fields" and isinstance(value, dict) and not field:
                todo += [(part, name) for name, part in value.items()]
            elif key in ("choices", "items_schema") and isinstance(value, list):
                todo += [(part[0] if isinstance(part, tuple) else part, field) for part in value]
            elif key not in ("serialization", "metadata", "config", "function", "default"):
                todo.append((value, field))
    return {name: sorted(about) for name, about in sorted(found.items())}


def _own_function(function: typing.Any) -> str:
    """Return the name of a validator that is not Pydantic's own, empty for any other."""
    plain = function.get("function") if isinstance(function, dict) else function
    plain = getattr(plain, "func", plain)
    top = str(getattr(plain, "__module__", None) or "builtins").partition(".")[0]
    library = top.startswith("pydantic") or (top in getattr(sys, "stdlib_module_names", ()) and top != "builtins")
    return "" if library else str(getattr(plain, "__name__", type(plain).__name__))


def _custom(metadata: Json) -> bool:
    """Say whether somebody's own function has a hand in the JSON schema, and so could look at the mode."""
    if not isinstance(metadata, dict):
        return False
    functions = [
        *(metadata.get("pydantic_js_functions") or ()),
        *(metadata.get("pydantic_js_annotation_functions") or ()),
    ]
    for function in functions:
        plain = getattr(function, "func", function)
        module = getattr(plain, "__module__", "") or ""
        if not module.startswith(("pydantic._internal", "pydantic.main")):
            return True
        bound = getattr(function, "keywords", None) or {}
        if any(
            getattr(part, "__module__", "pydantic.")
            and callable(part)
            and not isinstance(part, type)
            and not str(getattr(part, "__module__", "")).startswith("pydantic")
            for part in bound.values()
        ):
            return True
    return False


def _generator() -> typing.Any:
    """Build the schema generator class: our ids, no automatic titles, nothing that ends a whole run."""
    from pydantic.json_schema import GenerateJsonSchema

    class Generator(GenerateJsonSchema):
        ignored_warning_kinds = {"skipped-choice", "non-serializable-default", "skipped-discriminator"}  # noqa: RUF012

        def __init__(self, mode: str, by_alias: bool, names: dict[str, str]) -> None:
            super().__init__(by_alias=True, ref_template="#/$defs/{model}")
            if not isinstance(getattr(GenerateJsonSchema, "mode", None), property):
                self.mode = mode  # type: ignore[misc,assignment]
            self._mode = mode  # type: ignore[assignment]
            self.wanted, self.dump_by_alias = mode, by_alias
            self.deferred: list[str] = []
            self.owners: dict[str, str] = {}
            self.extras: dict[str, str] = {}
            self.moved: dict[str, str] = {}
            self.names = names

        def generate_inner(self, schema: typing.Any) -> Json:
            """Give a plain class, which has its settings from the model around it, a definition for each of these."""
            if schema.get("type") in ("typed-dict", "dataclass") and "ref" in schema:
                extra = (schema.get("config") or {}).get("extra_fields_behavior") or "ignore"
                reference = schema["ref"]
                self.moved.pop(reference, None)
                if self.extras.setdefault(reference, extra) != extra:
                    self.moved[reference] = f"{_plain_reference(reference)}-{extra}"
                    schema = {**schema, "ref": self.moved[reference]}
            return super().generate_inner(schema)

        def get_cache_defs_ref_schema(self, core_ref: typing.Any) -> typing.Any:
            return super().get_cache_defs_ref_schema(self.moved.get(core_ref, core_ref))

        def get_defs_ref(self, core_mode_ref: typing.Any) -> typing.Any:
            reference, mode = core_mode_ref
            name = self.names.get(reference) or _plain_reference(reference)
            if mode != self.wanted:
                name = f"{name}-{mode}"
            unique, count = name, 1
            while self.owners.setdefault(unique, reference) != reference:
                count += 1
                unique = f"{name}__{count}"
            self._prioritized_defsref_choices[unique] = [unique]  # type: ignore[index,list-item]
            return unique.replace("~", "~0").replace("/", "~1")

        def sort(self, value: Json, parent_key: str | None = None) -> Json:  # noqa: ARG002
            return value

        def field_title_should_be_set(self, schema: typing.Any) -> bool:  # noqa: ARG002
            return False

        def field_is_present(self, field: typing.Any) -> bool:
            """Leave out what a dataclass only takes when it is built, or never takes."""
            if field.get("init_only") if self.wanted == "serialization" else field.get("init") is False:
                return False
            return super().field_is_present(field)

        def handle_invalid_for_json_schema(self, schema: typing.Any, error_info: str) -> Json:
            name = _type_name(schema, error_info)
            self.deferred.append(name)
            return {"x-deferred": name}

        def tagged_union_schema(self, schema: typing.Any) -> Json:
            result = super().tagged_union_schema(schema)
            if callable(schema["discriminator"]) and "oneOf" in result:
                self.deferred.append("discriminator")
                result["anyOf"] = result.pop("oneOf")
                result["x-callable-discriminator"] = True
            return result

        def decimal_schema(self, schema: typing.Any) -> Json:
            """Say what text a decimal is, which Pydantic does in some versions only, and what digits it may have."""
            result = super().decimal_schema(schema)
            for arm in result.get("anyOf", [result]):
                if arm.get("type") == "string":
                    arm["format"] = "decimal"
                    arm["pattern"] = _ANY_DECIMAL if schema.get("allow_inf_nan") else _DECIMAL
                    _limit(arm, schema, (*_BOUNDS, "multiple_of", *_DIGITS))
                elif arm.get("type") == "number":
                    _limit(arm, schema, _DIGITS)
            return result

        def date_schema(self, schema: typing.Any) -> Json:
            """Say the bounds of a date, which Pydantic keeps to itself; those of other times below."""
            return _limit(super().date_schema(schema), schema)

        def time_schema(self, schema: typing.Any) -> Json:
            return _limit(super().time_schema(schema), schema)

        def datetime_schema(self, schema: typing.Any) -> Json:
            return _limit(super().datetime_schema(schema), schema)

        def timedelta_schema(self, schema: typing.Any) -> Json:
            result = super().timedelta_schema(schema)
            return _limit(result, schema) if result.get("type") == "string" else result

        def dict_schema(self, schema: typing.Any) -> Json:
            result = super().dict_schema(schema)
            if key := _key_type(schema.get("keys_schema")):
                result["x-key-type"] = key
            if "keys_schema" in schema and "propertyNames" not in result and "patternProperties" not in result:
                self._name_keys(result, schema["keys_schema"])
            return result

        def _name_keys(self, result: Json, keys_schema: typing.Any) -> None:
            """Say what keys may be, which Pydantic does only since 2.10."""
            names = {key: value for key, value in self.generate_inner(keys_schema).items() if key != "title"}
            if "$ref" in names or (names.pop("type", None) == "string" and names):
                result["propertyNames"] = names

        def dataclass_schema(self, schema: typing.Any) -> Json:
            """Say that unknown fields are rejected, also where a plain dataclass has that from the model around it."""
            result = super().dataclass_schema(schema)
            extra = (schema.get("config") or {}).get("extra_fields_behavior")
            if extra == "forbid" and "properties" in result:
                result["additionalProperties"] = False
            return result

        def p_arguments_schema(self, arguments: typing.Any, var_args_schema: typing.Any) -> Json:
            """Give every position of a NamedTuple its name: before Pydantic 2.14 it is a call."""
            result = super().p_arguments_schema(arguments, var_args_schema)
            return _named_positions(result, [argument["name"] for argument in arguments])

        def named_tuple_schema(self, schema: typing.Any) -> Json:
            """Give every position of a NamedTuple its name."""
            return _named_positions(super().named_tuple_schema(schema), [field["name"] for field in schema["fields"]])

        def _get_alias_name(self, field: typing.Any, name: str) -> str:
            dumping = self.wanted == "serialization" and not self.dump_by_alias
            if dumping and not getattr(self._config, "serialize_by_alias", None):
                return name
            return super()._get_alias_name(field, name)

        def _named_required_fields_schema(self, named_required_fields: typing.Any) -> Json:
            result = super()._named_required_fields_schema(named_required_fields)
            if self.wanted == "validation":
                Spellings(self._config, result).widen(named_required_fields, self._get_alias_name)
            return result

    return Generator


_DECIMAL = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_ANY_DECIMAL = r"^[+-]?((\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|Infinity|NaN)$"


_BOUNDS = ("gt", "ge", "lt", "le")
_DIGITS = ("max_digits", "decimal_places")


def _limit(result: Json, schema: typing.Any, words: tuple[str, ...] = _BOUNDS) -> Json:
    """Write down the limits of a scalar for which JSON Schema has no keyword."""
    from pydantic import TypeAdapter

    said = {word: schema[word] for word in words if schema.get(word) is not None}
    plain = TypeAdapter(typing.Any).dump_python(said, mode="json") if said else {}
    said = {word: value if word in _DIGITS else str(plain[word]) for word, value in said.items()}
    if schema.get("tz_constraint") in ("aware", "naive"):
        said["offset"] = "required" if schema["tz_constraint"] == "aware" else "forbidden"
    if schema.get("now_op"):
        said["now"] = schema["now_op"]
    if said:
        result["x-limits"] = said
    return result


class Spellings:
    """Widens an acceptance schema until every spelling of a field that Pydantic reads is accepted."""

    def __init__(self, config: typing.Any, schema: Json) -> None:
        self.by_name = bool(getattr(config, "populate_by_name", None) or getattr(config, "validate_by_name", None))
        self.by_alias = getattr(config, "validate_by_alias", None) is not False
        self.closed = getattr(config, "extra", None) == "forbid"
        self.properties: Json = schema["properties"]
        self.schema = schema

    def widen(self, fields: typing.Any, spelled: typing.Callable[[Json, str], str]) -> None:
        """Rewrite properties and required; two spellings at once are one too many for a closed model."""
        required = self.schema.get("required", [])
        choices: list[Json] = []
        for name, needed, field in fields:
            paths, main = self._paths(name, field), spelled(field, name)
            if paths == [[main]] or main not in self.properties:
                continue
            part = self.properties.pop(main)
            for path in paths:
                self._offer(path, part)
            if main in required:
                required.remove(main)
            arms = [_present(path, part) if path[1:] else {"required": path} for path in paths]
            choices += self._choice(arms, needed=needed)
        if choices:
            self.schema["allOf"] = choices
        if not required:
            self.schema.pop("required", None)

    def _choice(self, arms: list[Json], *, needed: bool) -> list[Json]:
        if needed:
            return [arms[0] if len(arms) == 1 else {"oneOf" if self.closed else "anyOf": arms}]
        if self.closed:
            pairs = [(one, other) for index, one in enumerate(arms) for other in arms[index + 1 :]]
            return [{"not": {"allOf": [one, other]}} for one, other in pairs]
        return []

    def _paths(self, name: str, field: typing.Any) -> list[list[typing.Any]]:
        alias = field.get("validation_alias") if self.by_alias else None
        if alias is None:
            return [[name]]
        single = isinstance(alias, str) or isinstance(alias[0], str)
        paths = [[alias] if isinstance(alias, str) else list(alias)] if single else [list(path) for path in alias]
        if self.by_name and [name] not in paths:
            paths.append([name])
        return paths

    def _offer(self, path: list[typing.Any], part: Json) -> None:
        if len(path) == 1:
            self.properties[path[0]] = part
        else:
            self.properties.setdefault(path[0], {})


def _present(path: list[typing.Any], part: Json) -> Json:
    """Return the schema that asks for a value at the end of a path of keys and positions."""
    step, rest = path[0], path[1:]
    inner = {"type": "array" if isinstance(rest[0], int) else "object", **_present(rest, part)} if rest else part
    if not isinstance(step, int):
        return {"required": [step], "properties": {step: inner}}
    if step < 0:
        return {"minItems": -step}
    return {"minItems": step + 1, "prefixItems": [{}] * step + [inner]}


def _named_positions(schema: Json, names: list[str]) -> Json:
    for item, name in zip(schema.get("prefixItems", []), names):  # noqa: B905 - the child may run on Python 3.9
        if isinstance(item, dict):
            item["title"] = name
    return schema


def _key_type(keys: typing.Any) -> str:
    while (
        isinstance(keys, dict)
        and keys.get("type") not in ("int", "float", "bool", "literal", "enum")
        and "schema" in keys
    ):
        keys = keys["schema"]
    kind = keys.get("type") if isinstance(keys, dict) else None
    values: list[typing.Any] = []
    if kind == "literal":
        values = list(keys["expected"])
    elif kind == "enum":
        values = [member.value for member in keys["members"]]
    if values and all(type(value) is int for value in values):
        return "integer"
    return {"int": "integer", "float": "number", "bool": "boolean"}.get(str(kind), "")


def _type_name(schema: typing.Any, text: str) -> str:
    if isinstance(schema.get("cls"), type):
        return str(schema["cls"].__qualname__)
    function = schema.get("function")
    function = function.get("function") if isinstance(function, dict) else function
    if function is not None:
        return f"{getattr(function, '__qualname__', type(function).__qualname__)}()"
    return re.sub(r" at 0x[0-9a-f]+|core_schema\.|\s*\(.*\)|Schema$", "", text)[:200]


def _plain_reference(reference: str) -> str:
    """Return a core reference without the object ids in it, spelled as `class_id` spells it."""
    plain = re.sub(r":\d+(?=[\[\],]|$)", "", reference)
    return re.sub(r",\s*", ", ", re.sub(r"(?<![\w.])builtins\.", "", plain))


def _reference(identity: str) -> str:
    return "#/$defs/" + identity.replace("~", "~0").replace("/", "~1")


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _references(schema: typing.Any) -> list[str]:
    """Return the definition ids that a schema refers to."""
    return [
        _unescaped(text[8:])
        for text in _find_key(schema, "$ref")
        if isinstance(text, str) and text.startswith("#/$defs/")
    ]


def _find_key(schema: typing.Any, key: str) -> list[typing.Any]:
    found, todo = [], [schema]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            if key in part and not isinstance(part[key], dict):
                found.append(part[key])
            todo += part.values()
        elif isinstance(part, list):
            todo += part
    return found


def _drop_key(schema: typing.Any, key: str) -> None:
    todo = [schema]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            part.pop(key, None)
            todo += part.values()
        elif isinstance(part, list):
            todo += part


def _closure(definitions: dict[str, Json], roots: list[str]) -> dict[str, Json]:
    wanted, todo = set(), list(roots)
    while todo:
        current = todo.pop()
        if current not in wanted:
            wanted.add(current)
            todo += _references(definitions.get(current))
    return {identity: schema for identity, schema in definitions.items() if identity in wanted}


def _untitle(definitions: dict[str, Json]) -> None:
    """Drop the titles that repeat the class name."""
    for identity, schema in definitions.items():
        if isinstance(schema, dict) and isinstance(schema.get("title"), str):
            plain, _, arguments = identity.partition("[")
            name = plain.rpartition(".")[2]
            if schema["title"] == name or (arguments and schema["title"].startswith(name + "[")):
                del schema["title"]


if __name__ == "__main__":
    main()
