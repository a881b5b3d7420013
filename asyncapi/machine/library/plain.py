"""Modules whose work needs few words: time, logging, sys, os, random, uuid, math, and the like.

What a run alone knows is unknown under the name that a reader would give it: "hostname", "uuid", "timestamp". Pure
functions of numbers and texts run for real on constants.
"""

from __future__ import annotations

import base64
import html
import logging
import math
import statistics
import string
import textwrap
import urllib.parse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items, texts
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import each, join, together, united
from asyncapi.machine.library import Outsides
from asyncapi.machine.library.shorthand import (
    Arguments,
    Named,
    failing,
    given,
    make,
    nothing,
    quiet,
    row,
    rows,
    same,
    test,
    unknown,
    waits,
)
from asyncapi.machine.limits import TEXT
from asyncapi.machine.values import ABSENT, Bound, External, HoledText, Instance, Native, NativeCall, Opaque, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

SILENT = External("silent.Object")
"""The class of objects whose every use is without meaning here, such as a logger."""
NAMED: dict[str, tuple[str, str, str]] = {
    "time.time": ("the time", "timestamp", "float"),
    "time.time_ns": ("the time", "timestamp", "int"),
    "time.monotonic": ("the time", "timestamp", "float"),
    "time.monotonic_ns": ("the time", "timestamp", "int"),
    "time.perf_counter": ("the time", "timestamp", "float"),
    "time.process_time": ("the time", "timestamp", "float"),
    "time.ticks_ms": ("the time", "timestamp", "int"),
    "time.ticks_diff": ("a time span", "ticks", "int"),
    "time.strftime": ("the time", "timestamp", "str"),
    "time.ctime": ("the time", "timestamp", "str"),
    "time.localtime": ("the time", "time", ""),
    "time.gmtime": ("the time", "time", ""),
    "time.mktime": ("the time", "timestamp", "float"),
    "socket.gethostname": ("the name of the machine", "hostname", "str"),
    "socket.getfqdn": ("the name of the machine", "hostname", "str"),
    "socket.gethostbyname": ("an address", "address", "str"),
    "platform.node": ("the name of the machine", "hostname", "str"),
    "platform.system": ("the operating system", "system", "str"),
    "platform.machine": ("the kind of the machine", "machine", "str"),
    "platform.platform": ("the operating system", "platform", "str"),
    "platform.python_version": ("the version of Python", "version", "str"),
    "os.uname": ("the name of the machine", "hostname", ""),
    "os.getpid": ("the number of the process", "pid", "int"),
    "os.getppid": ("the number of the process", "pid", "int"),
    "os.getcwd": ("the present folder", "folder", "str"),
    "os.getlogin": ("the name of the user", "user", "str"),
    "os.cpu_count": ("the number of processors", "count", "int"),
    "os.urandom": ("random bytes", "random", "bytes"),
    "getpass.getuser": ("the name of the user", "user", "str"),
    "getpass.getpass": ("a password", "password", "str"),
    "uuid.getnode": ("the number of the machine", "node", "int"),
    "secrets.token_hex": ("a random text", "token", "str"),
    "secrets.token_urlsafe": ("a random text", "token", "str"),
    "secrets.token_bytes": ("random bytes", "token", "bytes"),
    "secrets.randbelow": ("a random number", "random", "int"),
    "random.random": ("a random number", "random", "float"),
    "random.randint": ("a random number", "random", "int"),
    "random.randrange": ("a random number", "random", "int"),
    "random.getrandbits": ("a random number", "random", "int"),
    "random.uniform": ("a random number", "random", "float"),
    "random.gauss": ("a random number", "random", "float"),
    "random.normalvariate": ("a random number", "random", "float"),
    "random.triangular": ("a random number", "random", "float"),
    "shutil.which": ("the path of a program", "path", "str"),
    "tempfile.gettempdir": ("a folder", "folder", "str"),
    "tempfile.mkdtemp": ("a folder", "folder", "str"),
    "traceback.format_exc": ("an error as text", "error", "str"),
    "traceback.format_exception": ("an error as text", "error", ""),
    "locale.getlocale": ("the language", "locale", ""),
    "gc.collect": ("a count", "count", "int"),
    "sys.getsizeof": ("a size", "size", "int"),
    "sys.exc_info": ("an error", "error", ""),
    "sys.stdin.readline": ("what is typed in", "line", "str"),
    "sys.stdin.read": ("what is typed in", "input", "str"),
}
NOTHING = (
    "time.tzset", "random.seed", "random.shuffle", "os.makedirs", "os.mkdir", "os.chdir", "os.chmod", "os.umask",
    "traceback.print_exc", "traceback.print_stack", "faulthandler.enable", "locale.setlocale", "sys.setrecursionlimit",
    "warnings.warn", "warnings.filterwarnings", "warnings.simplefilter", "warnings.catch_warnings", "gc.disable",
    "gc.enable", "gc.freeze", "urllib3.disable_warnings", "sys.stdout.write", "sys.stdout.flush", "sys.stderr.write",
    "sys.stderr.flush", "machine.freq", "logging.config.dictConfig", "logging.config.fileConfig", "time.settimeofday",
)  # fmt: skip
FAILING = (
    "os.remove", "os.unlink", "os.rename", "os.replace", "os.rmdir", "os.kill", "os.utime", "os.symlink",
    "shutil.rmtree", "shutil.copy", "shutil.copyfile", "shutil.copy2", "shutil.copytree", "shutil.move",
)  # fmt: skip
NUMBERS = (
    "floor", "ceil", "sqrt", "sin", "cos", "tan", "atan", "atan2", "asin", "acos", "radians", "degrees", "log", "log2",
    "log10", "exp", "fabs", "hypot", "isnan", "isinf", "isfinite", "isclose", "trunc", "copysign", "fmod", "gcd",
)  # fmt: skip
TEXTS: dict[str, Callable[..., Any]] = {
    "html.escape": html.escape,
    "html.unescape": html.unescape,
    "textwrap.dedent": textwrap.dedent,
    "textwrap.shorten": textwrap.shorten,
    "urllib.parse.quote": urllib.parse.quote,
    "urllib.parse.quote_plus": urllib.parse.quote_plus,
    "urllib.parse.unquote": urllib.parse.unquote,
    "urllib.parse.unquote_plus": urllib.parse.unquote_plus,
    "urllib.parse.urljoin": urllib.parse.urljoin,
    "base64.b64encode": base64.b64encode,
    "base64.b64decode": base64.b64decode,
}


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("__future__", "time", "logging", "loguru", "structlog", "warnings", "sys", "os", "math", "statistics")
    library.own("random", "uuid", "secrets", "hashlib", "socket", "platform", "getpass", "ssl", "string", "subprocess")
    library.own(
        "shutil", "tempfile", "traceback", "textwrap", "html", "urllib", "http", "decimal", "fractions", "ntptime"
    )
    library.aliases.update({"utime": "time", "uos": "os", "ujson": "json", "urandom": "random"})
    for path, (reason, name, kind) in NAMED.items():
        library.functions[path] = unknown(reason, name, kind)
    for path in NOTHING:
        library.functions[path] = nothing
    for path in FAILING:
        library.functions[path] = failing
    for name in ("sleep", "sleep_ms", "sleep_us"):
        library.functions[f"time.{name}"] = waits
    for path, run in TEXTS.items():
        library.functions[path] = for_real(run, "str")
    for name in NUMBERS:
        library.functions[f"math.{name}"] = for_real(getattr(math, name), "bool" if name.startswith("is") else "float")
    library.constants.update({f"math.{name}": getattr(math, name) for name in ("pi", "e", "tau", "inf", "nan")})
    rows(library, "statistics", ("mean", "fmean"), _mean)
    rows(library, "statistics", ("median", "stdev", "pstdev", "variance"), unknown("a statistic", "value", "float"))
    row(library, "decimal.Decimal", "fractions.Fraction").made = _number
    _quiet(library)
    _system(library)
    _identities(library)
    row(library, "string.Template", init=_template, methods={"substitute": _substitute, "safe_substitute": _safe})
    for name in (
        "ascii_letters",
        "ascii_lowercase",
        "ascii_uppercase",
        "digits",
        "hexdigits",
        "punctuation",
        "whitespace",
    ):
        library.constants[f"string.{name}"] = getattr(string, name)
    for name in ("urlparse", "urlsplit"):
        library.functions[f"urllib.parse.{name}"] = _address
    library.function("urllib.parse.urlencode")(unknown("parameters of an address", "query", "str"))


def silent() -> Instance:
    """Return an object whose every use does nothing; it is never written to, so that all machines can share it."""
    return Instance(0, 0, SILENT)


def for_real(run: Callable[..., Any], kind: str) -> NativeCall:
    """Return a row that runs a pure function on constants, and gives an unknown value for anything else."""

    def one(m: Machine, a: tuple[Value, ...], k: Named, at: CallSite) -> Value:
        plain = [*a, *k.values()]
        if all(value is None or isinstance(value, (str, bytes, int, float)) for value in plain) and _small(plain):
            try:
                return items.lifted(m, run(*a, **k), at)
            except (TypeError, ValueError, ArithmeticError, LookupError):
                m.fails()
        return Opaque(
            "the result of a function", name=next((n for n in (getattr(v, "name", "") for v in a) if n), ""), kind=kind
        )

    return lambda m, a, k, at: united((one(m, values, k, at), guards) for values, guards in together(a))


def _small(values: list[Value]) -> bool:
    return all(len(value) <= TEXT.most if isinstance(value, (str, bytes)) else True for value in values)


def _mean(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found = items.listed(m, a[0], at) if a else []
    if found and all(certain and isinstance(value, (int, float)) for value, certain in found):
        return float(statistics.fmean([value for value, _ in found]))
    return Opaque("a mean", name="mean", kind="float")


def _number(m: Machine, cls: Value, a: Arguments, k: Named, at: CallSite) -> Value:
    return m.library.functions["builtins.float"](m, a[:1], {}, at)


# Logging and warnings.


def _quiet(library: Outsides) -> None:
    row(
        library, SILENT.path, methods={"__enter__": same, "__getitem__": unknown("an element"), "__setitem__": nothing}
    ).attribute = quiet
    logger = row(library, "logging.Logger")
    logger.attribute = _of_logger
    for name in ("getLogger", "getLoggerClass", "getChild"):
        library.functions[f"logging.{name}"] = lambda m, a, k, at: Instance(0, 0, External("logging.Logger"))
    rows(library, "structlog", ("get_logger", "getLogger", "stdlib.get_logger"), library.functions["logging.getLogger"])
    library.constants["loguru.logger"] = Instance(0, 0, External("logging.Logger"))
    library.constants["logging.root"] = library.constants["loguru.logger"]
    for name in ("debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log", "basicConfig"):
        library.functions[f"logging.{name}"] = nothing
    rows(library, "logging", ("disable", "shutdown", "captureWarnings", "addLevelName", "setLoggerClass"), nothing)
    library.function("logging.getLevelName")(unknown("a level", "level", "str"))
    rows(library, "structlog", ("configure", "configure_once"), nothing)
    for name in ("DEBUG", "INFO", "WARNING", "WARN", "ERROR", "CRITICAL", "FATAL", "NOTSET"):
        library.constants[f"logging.{name}"] = getattr(logging, name)
    handlers = ("StreamHandler", "FileHandler", "NullHandler", "handlers.RotatingFileHandler", "handlers.SysLogHandler")
    for name in ("Handler", "Formatter", "Filter", "LoggerAdapter", *handlers, "handlers.TimedRotatingFileHandler"):
        row(library, f"logging.{name}", init=lambda m, owner, a, k, at: None).attribute = _of_handler


def _of_handler(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    if name == "format":
        return Native(name, unknown("a line of a log", "message", "str"))
    return ABSENT if name.startswith("__") else Native(name, nothing)


def _of_logger(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    """Return a method of a logger: most do nothing; some give a logger, `catch` decorates."""
    if name in ("bind", "opt", "getChild", "new", "patch", "contextualize", "unbind", "try_unbind"):
        return Bound(Native(name, same), owner)
    if name == "catch":
        return Bound(Native(name, lambda m_, a, k, at_: a[1] if len(a) > 1 else silent()), owner)
    if name in ("isEnabledFor", "hasHandlers"):
        return Native(name, test)
    return Opaque("a part of a logger", name=name) if name in ("handlers", "level", "name") else Native(name, nothing)


# sys and os.


def _system(library: Outsides) -> None:
    library.function("sys.exit", "os._exit", "os.abort")(
        lambda m, a, k, at: library.functions["builtins.exit"](m, a, k, at)
    )
    library.constants["sys.argv"] = Opaque("the arguments of the command line", name="argument")
    library.constants["sys.platform"] = Opaque("the operating system", name="platform", kind="str")
    library.constants["os.name"] = Opaque("the operating system", name="system", kind="str")
    library.constants["sys.executable"] = Opaque("the path of Python", name="python", kind="str")
    library.constants["os.sep"], library.constants["os.linesep"] = "/", "\n"
    for name in ("sys.path", "sys.meta_path"):
        library.constants[name] = silent()
    library.constants["sys.modules"] = Instance(0, 0, External("sys.Modules"))
    row(library, "sys.Modules", methods={"__getitem__": _module, "get": _module, "__contains__": test, "pop": nothing})
    rows(library, "random", ("choice", "choices", "sample"), _choice)
    library.function("secrets.choice")(_choice)
    rows(library, "os", ("listdir", "scandir", "walk"), _files)
    rows(
        library,
        "subprocess",
        ("run", "call", "check_call", "check_output", "Popen", "getoutput"),
        unknown("what a program gives", "output", fails=True),
    )
    library.function("os.system", "os.popen")(unknown("what a program gives", "output", fails=True))
    rows(
        library,
        "ssl",
        ("create_default_context", "SSLContext", "_create_unverified_context"),
        lambda m, a, k, at: silent(),
    )
    library.function("tempfile.TemporaryDirectory")(unknown("a folder", "folder", "str"))


def _module(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    name = given(a, k, 1, "key")
    if name == "__main__":
        found = next((module for module in m.modules.values() if module.fields.get("__name__") == "__main__"), None)
    else:
        found = m.modules.get(name) if isinstance(name, str) else None
    return Opaque("a module", name="module") if found is None else found


def _choice(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """One of several: any of them; a list of some for `choices` and `sample`."""
    element = items.element(m, a[0]) if a else Opaque("an element")
    return items.open_list(m, element, at) if len(a) > 1 or k else element


def _files(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.fails()
    return items.open_list(m, Opaque("the name of a file", name="file", kind="str"), at)


# What identifies something.


def _identities(library: Outsides) -> None:
    made = unknown("an identifier", "uuid", "str")
    for name in ("uuid1", "uuid3", "uuid4", "uuid5", "uuid7", "UUID"):
        library.functions[f"uuid.{name}"] = lambda m, a, k, at: make(m, "uuid.Identifier", at)
    known = row(library, "uuid.Identifier", methods={"__str__": made})
    known.attribute = lambda m, owner, name, at: Opaque(
        "an identifier", name="uuid", kind="int" if name == "int" else "str"
    )
    known.text = lambda m, owner: Opaque("an identifier", name="uuid", kind="str")
    for name in ("sha1", "sha224", "sha256", "sha384", "sha512", "md5", "blake2b", "blake2s", "new"):
        library.functions[f"hashlib.{name}"] = lambda m, a, k, at: make(m, "hashlib.Hash", at)
    digest = {
        "hexdigest": unknown("a hash", "hash", "str"),
        "digest": unknown("a hash", "hash", "bytes"),
        "update": nothing,
    }
    row(library, "hashlib.Hash", methods={**digest, "copy": same})
    library.function("hmac.new")(lambda m, a, k, at: make(m, "hashlib.Hash", at))
    library.function("hmac.compare_digest", "secrets.compare_digest")(test)


# string.Template.


def _template(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    m.write(owner, "template", given(a, k, 0, "template"))


def _substitute(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _filled(m, a, k, at, keep=False)


def _safe(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _filled(m, a, k, at, keep=True)


def _filled(m: Machine, a: Arguments, k: Named, at: CallSite, *, keep: bool) -> Value:
    template = m.attribute(a[0], "template", at)
    if not isinstance(template, str):
        return template if isinstance(template, HoledText) else Opaque("a text made of a template", kind="str")
    known = {**(items.keywords(m, a[1]) if len(a) > 1 else {}), **k}
    pieces: list[Value] = []
    end = 0
    for match in string.Template.pattern.finditer(template):
        pieces.append(template[end : match.start()])
        end = match.end()
        name = match["named"] or match["braced"]
        if name is None:
            pieces.append("$" if match["escaped"] is not None else match[0])
        elif name in known:
            pieces.append(texts.shown(m, known[name], name, None, -1, at))
        else:
            m.fails()
            pieces.append(
                match[0]
                if keep
                else texts.shown(m, Opaque("a value that is not passed", name=name), name, None, -1, at)
            )
    pieces.append(template[end:])
    return texts.joined(m, [piece for piece in pieces if piece != ""] or [""])


# Addresses.


def _address(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`urlparse` on a known text; the parts of any other are unknown under their names."""
    found = []
    for value in each(a[0] if a else None):
        fields: dict[str, Value] = {}
        parsed = _parsed(value) if isinstance(value, str) else None
        for name in ("scheme", "netloc", "path", "query", "fragment", "hostname", "port", "username", "password"):
            fields[name] = Opaque("a part of an address", name=name) if parsed is None else parsed[name]
        found.append(make(m, "urllib.parse.Parts", at, **fields))
    return join(found)


def _parsed(text: str) -> dict[str, Value] | None:
    try:
        found = urllib.parse.urlparse(text)
        parts = {
            name: getattr(found, name) for name in ("scheme", "netloc", "path", "query", "fragment", "hostname", "port")
        }
        return {**parts, "username": found.username, "password": found.password}
    except ValueError:
        return None
