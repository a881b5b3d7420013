"""Time, logging, sys, paths, regular expressions, templates and random values on the machine."""

from __future__ import annotations

import pytest
from support.symbolic import emitted, really

ENDING = {
    "paths as texts": """
        import os, os.path
        from pathlib import Path, PurePosixPath
        from rec import emit
        emit(os.path.join("a", "b/", "c", "", "d"))
        emit(os.path.join("a", "/b"))
        emit(os.path.basename("a/b.txt"))
        emit(os.path.dirname("a/b"))
        emit(os.path.splitext("a/b.tar.gz"), os.path.normpath("a/../b"), os.path.split("a/b"))
        path = Path("etc") / "app" / "conf.yml"
        emit(str(path), path.name, path.stem, path.suffix, str(path.parent), str(path.parent.parent))
        emit(str(Path("a", "b")))
        emit(f"{path.with_suffix('.json')}")
        emit(str(path.with_name("x.ini")))
        emit(str("pre" / Path("b")))
        emit(path.parts)
        emit(str(path.joinpath("c", "d")), os.fspath(path))
        """,
    "regular expressions on constants": """
        import re
        from re import compile as build
        from rec import emit
        topic = "site/12/lamp/state"
        match = re.match(r"(?P<site>[^/]+)/(\\d+)/", topic)
        emit(match.group("site"))
        emit(match[2])
        emit(match.group(1, 2))
        emit(match.groups())
        emit(match.groupdict())
        emit(match.start())
        emit(match.end(2))
        emit(match.span())
        emit(re.fullmatch(r"site", topic), bool(re.search("LAMP", topic, re.IGNORECASE)), re.match("x", topic) is None)
        pattern = build(r"/(\\w+)$")
        emit(pattern.search(topic).group(1), pattern.sub("", topic), pattern.pattern, pattern.groups)
        emit(re.split("/", topic))
        emit(re.split("/", topic, maxsplit=1))
        emit(re.findall(r"[a-z]+", topic))
        emit(re.sub(r"(\\d)(\\d)", r"\\2\\1", topic))
        emit([m.group() for m in re.finditer(r"\\d", topic)])
        emit(re.escape("a+b"))
        emit(re.sub("[aeiou]", lambda m: m.group().upper(), "lamp"))
        if found := re.match("site/(.*)", topic):
            emit(found.group(1))
        else:
            emit("not reached")
        emit(re.sub("s", "z", "ssss", count=2), re.compile("A", re.I).match("abc") is not None)
        """,
    "templates": """
        from string import Template, ascii_lowercase
        from rec import emit
        emit(Template("$a/${b}_c/$$x").substitute(a=1, b="two"))
        emit(Template("$a/$b").safe_substitute({"a": "x"}))
        emit(ascii_lowercase[:3])
        emit(Template("$a").template)
        """,
    "pure functions": """
        import math, html, textwrap, statistics
        from urllib.parse import quote, urlparse, urljoin
        from datetime import timedelta
        from rec import emit
        emit(math.floor(2.5))
        emit(math.sqrt(9))
        emit(round(math.pi, 2))
        emit(math.isnan(math.nan))
        emit(html.escape("<a>"))
        emit(textwrap.dedent("  x"))
        url = urlparse("mqtt://user:secret@broker.local:1883/a/b?x=1#f")
        emit(url.scheme, url.hostname, url.port, url.username, url.path, url.query, url.netloc)
        emit(quote("a b/c"))
        emit(quote("a/b", safe=""))
        emit(urljoin("http://a/b", "c"))
        emit(timedelta(minutes=2, seconds=1).total_seconds())
        emit(statistics.mean([1.0, 2.0]))
        """,
    "logging is silent": """
        import logging, warnings, sys
        from rec import emit
        log = logging.getLogger(__name__)
        log.setLevel(logging.CRITICAL)
        class Handler(logging.Handler):
            def __init__(self, topic):
                super().__init__(level=logging.CRITICAL)
                self.topic = topic
            def emit(self, record):
                emit("record")
        handler = Handler("log")
        log.addHandler(handler)
        log.debug("x %s", emit)
        try:
            log.info("no failure")
        except Exception:
            emit("not reached")
        sys.stdout.flush()
        sys.path.insert(0, ".")
        emit(handler.topic, logging.INFO, sys.modules[__name__] is sys.modules["__main__"] or True)
        """,
    "the end of a program": """
        import sys
        from rec import emit
        def stop(flag):
            if flag:
                sys.exit(1)
            emit("goes on")
        stop(False)
        try:
            sys.exit(2)
        except SystemExit:
            emit("caught")
        """,
}


@pytest.mark.parametrize("program", ENDING.values(), ids=ENDING)
def test_same_as_python(program: str) -> None:
    """The machine emits what Python emits, in Python's order."""
    assert emitted(program) == really(program)


OWN = {
    "names of what only a run knows": (
        """
        import datetime, hashlib, os, platform, random, secrets, socket, time, uuid
        from datetime import datetime as moment
        from rec import emit
        emit(f"{socket.gethostname()}/{platform.node()}/{os.uname().nodename}/{os.getpid()}")
        emit(f"{uuid.uuid4()}/{uuid.uuid4().hex}/{str(uuid.uuid1())}/{secrets.token_hex(4)}/{random.randint(0, 9)}")
        emit(f"{time.time()}/{datetime.date.today()}/{moment.now()}/{moment.now().isoformat()}/{moment.utcnow():%Y-%m-%d}")
        emit(moment.now().strftime("%Y-%m-%d"), moment.now().strftime("%H:%M"), moment.now().timestamp())
        emit(f"{moment.now(datetime.timezone.utc).year}", hashlib.sha256(b"x").hexdigest())
        emit(random.choice(["a", "b"]), time.strftime("%Y"))
        """,
        [
            "{hostname}/{hostname}/{nodename}/{pid}",
            "{uuid}/{uuid}/{uuid}/{token}/{random}",
            "{timestamp}/{date}/{timestamp}/{timestamp}/{timestamp}",
            ("<date>", "<time>", "<timestamp>"),
            ("{year}", "<hash>"),
            ("a | b", "<timestamp>"),
        ],
    ),
    "paths with holes": (
        """
        import os, pathlib, outside
        from rec import emit
        name = f"{outside.name()}.yml"
        emit(os.path.join("conf", name))
        emit(os.path.basename(os.path.join("conf", name)))
        emit(os.path.dirname(os.path.join("a", "b", name)))
        emit(str(pathlib.Path("conf") / name))
        emit((pathlib.Path("conf") / name).name)
        emit(str((pathlib.Path("conf") / name).parent))
        emit(pathlib.Path("x").exists())
        for path in pathlib.Path("conf").glob("*.yml"):
            emit(str(path))
        """,
        [
            "conf/{name}.yml",
            "{name}.yml",
            "a/b",
            "conf/{name}.yml",
            "{name}.yml",
            "conf",
            "<bool>",
            "conf/{path}",
            "conf/{path}",
        ],
    ),
    "matches of what is partly known": (
        """
        import re, outside
        from rec import emit
        topic = f"site/{outside.room()}/lamp"
        match = re.match(r"site/(?P<where>[^/]+)/(?P<what>\\w+)", topic)
        if match:
            emit(match["where"], match.group("what"), match.groups())
        else:
            emit("no match")
        other = re.search(r"(?P<number>\\d+)", outside.text())
        if other is None:
            emit("none")
        else:
            emit(other.group("number"), other.groupdict())
        emit(re.sub(r"[ :]", "_", topic), re.sub("(a|b)+", "_", topic), re.escape(topic))
        """,
        [
            ("{room}", "lamp", ("{room}", "lamp")),
            "no match",
            "none",
            ("<number>", {"number": "<number>"}),
            ("site/{room}/lamp", "<str>", "site/{room}/lamp"),
        ],
    ),
    "patterns that are not tame are not run": (
        """
        import re
        from rec import emit
        emit(re.sub(r"(a+)+$", "", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"))
        emit(bool(re.match(r"(a*)*b", "a" * 50)))
        emit(re.findall(".*.*.*.*.*.*x", "y" * 500))
        emit(re.split(r"(x)\\1", "axxb"))
        """,
        ["<str>", "False | True", ["...", "<str>"], ["...", "<str>"]],
    ),
    "a template with what is not known": (
        """
        from string import Template
        import outside
        from rec import emit
        emit(Template("$site/${room}/x").substitute(site="s", room=outside.room()))
        """,
        ["s/{room}/x"],
    ),
    "loggers of other libraries": (
        """
        import structlog
        from loguru import logger
        from rec import emit
        @logger.catch
        def go():
            logger.bind(a=1).info("x")
            with logger.contextualize(b=2):
                structlog.get_logger().bind(c=3).warning("y")
            emit("done")
        go()
        """,
        ["done"],
    ),
    "what may fail": (
        """
        import requests, subprocess
        from rec import emit
        try:
            answer = requests.get("http://x/y", timeout=3)
            emit(answer.json()["name"], f"a/{answer.json()['name']}")
        except requests.RequestException:
            emit("failed")
        """,
        [("<name>", "a/{name}"), "failed"],
    ),
}


@pytest.mark.parametrize(("program", "expected"), OWN.values(), ids=OWN)
def test_partly_known(program: str, expected: list[object]) -> None:
    """What only the machine can say: what a run alone knows has a good name."""
    assert emitted(program) == expected
