"""`portal serve` as a process: what it says, when it stops, and what a broken edit does to it."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from support.registries import greenhouse
from support.serving import LIMIT, get, serving, waited


def _failed(*arguments: str | Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "portal.cli", "serve", "--port", "0", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    return done.returncode, done.stderr


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Return a file with the greenhouse."""
    path = tmp_path / "greenhouse.json"
    path.write_text(json.dumps(greenhouse()), encoding="utf-8")
    return path


def test_document_is_served_until_told_to_stop(document: Path) -> None:
    """The command serves a document, says where, and ends cleanly on SIGTERM."""
    with serving(document) as (process, address):
        assert "Greenhouse" in get(f"{address}/")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=LIMIT) in (0, -signal.SIGTERM)


def test_nothing_pasted_is_kept(document: Path, tmp_path: Path) -> None:
    """What was checked, on the page or by the API, stands in no output, no later answer and no file."""
    secret, place = "hunter2-in-a-payload", tmp_path / "place"
    place.mkdir()
    with serving(document, cwd=place) as (process, address):
        form = urllib.parse.urlencode({"payload": json.dumps({"password": secret, secret: [secret]}), "topic": secret})
        for path, body in (("/check/", form), ("/api/check", json.dumps([secret])), ("/api/check?topic=x", secret)):
            with urllib.request.urlopen(f"{address}{path}", body.encode(), timeout=LIMIT) as answer:
                assert answer.status == 200
        assert secret not in get(f"{address}/check/") + get(f"{address}/search-index.js")
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=LIMIT)[1]
    assert secret not in output
    assert [path for path in place.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("spelled", ["/contracts", "contracts/", "/contracts/"])
def test_prefix_is_announced_as_it_is_served(document: Path, spelled: str) -> None:
    """However the prefix is spelled, the address that is announced leads to the pages."""
    with serving(document, "--root-path", spelled) as (_, address):
        assert address.endswith("/contracts")
        assert "Greenhouse" in get(f"{address}/")


def test_no_request_is_lost_on_the_way_out(document: Path) -> None:
    """Whoever was let in is answered in full; afterwards connections are refused.

    A handshake that TCP finishes in the very moment in which listening ends is reset by the kernel before anybody
    is let in; that counts as refused, once told to stop and before a byte of the answer.
    """
    answers: list[str] = []
    told = threading.Event()

    def ask(address: str) -> None:
        while True:
            try:
                answers.append("ok" if get(f"{address}/").rstrip().endswith("</html>") else "cut")
            except urllib.error.URLError as error:
                reset = isinstance(error.reason, ConnectionResetError) and told.is_set()
                refused = reset or isinstance(error.reason, ConnectionRefusedError)
                answers.append("refused" if refused else f"broken: {error.reason}")
                return
            except ConnectionResetError as error:
                answers.append("refused" if told.is_set() else f"broken: {error}")
                return
            except (OSError, http.client.HTTPException) as error:
                answers.append(f"broken: {error!r}")
                return

    with serving(document) as (process, address):
        threads = [threading.Thread(target=ask, args=(address,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        told.set()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=LIMIT)
        for thread in threads:
            thread.join(timeout=LIMIT)
    assert set(answers) == {"ok", "refused"}


def test_edit_is_shown_and_a_broken_one_is_told(document: Path) -> None:
    """With --reload an edit appears; a broken one keeps the last good version and shows the error; so does removal."""
    with serving(document, "--reload") as (_, address):
        assert 'data-version="' in get(f"{address}/")
        changed = greenhouse()
        changed["info"]["title"] = "Glasshouse"
        document.write_text(json.dumps(changed), encoding="utf-8")
        assert waited(lambda: "Glasshouse" in get(f"{address}/"))
        document.write_text('{"asyncapi": "3.1.0", ', encoding="utf-8")
        assert waited(lambda: 'role="alert"' in get(f"{address}/topics/valve/command/"))
        assert "Glasshouse" in get(f"{address}/")
        document.unlink()
        assert waited(lambda: "no such file" in get(f"{address}/"))
        document.write_text(json.dumps(greenhouse()), encoding="utf-8")
        assert waited(lambda: "Greenhouse" in get(f"{address}/") and 'role="alert"' not in get(f"{address}/"))


def test_contracts_are_exported_again(tmp_path: Path) -> None:
    """A workspace is exported at start and again when its contracts change; a syntax error is shown, not fatal."""
    package = tmp_path / "src/house"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (tmp_path / "portal.toml").write_text('title = "House"\ncontracts = ["house"]\npath = ["src"]\n')
    source = (
        "from pydantic import BaseModel\n\nTOPIC_DOOR_OPENED = 'door/opened'\n\n\n"
        "class DoorOpened(BaseModel):\n"
        "    '''A door was opened.\n\n    Published to: door/opened\n    '''\n\n    door: str\n"
    )
    contracts = package / "door.py"
    contracts.write_text(source)
    with serving(tmp_path, "--reload") as (_, address):
        assert "DoorOpened" in get(f"{address}/")
        contracts.write_text(source + "    by: str = 'nobody'\n")
        assert waited(lambda: "nobody" in get(f"{address}/messages/DoorOpened/"))
        contracts.write_text(source + "    by: str = \n")
        assert waited(lambda: "invalid syntax" in get(f"{address}/"))
        assert "nobody" in get(f"{address}/messages/DoorOpened/")
        contracts.write_text(source)
        assert waited(lambda: "nobody" not in get(f"{address}/messages/DoorOpened/"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.yaml"], "portal: nowhere.yaml: no such file or folder\n"),
        (["--port", "70000"], "portal: 70000: --port must be between 0 and 65535\n"),
        (["--host", "two..dots"], "portal: two..dots:0: cannot listen: no such name (choose another --host)\n"),
    ],
)
def test_mistakes_are_told_in_one_line(arguments: list[str], said: str) -> None:
    """What cannot be served is told in one sentence, with exit code 2."""
    assert _failed(*arguments) == (2, said)


@pytest.mark.parametrize(
    ("option", "word", "said"),
    [
        ("--trusted-proxy", "proxy", "'proxy' is no address and no network: say 10.0.0.7 or 10.0.0.0/8"),
        ("--trusted-proxy", "10.0.0.7/8", "'10.0.0.7/8' is no address and no network: say 10.0.0.7 or 10.0.0.0/8"),
        (
            "--allowed-host",
            "https://contracts.example.com",
            "'https://contracts.example.com' is no name: say contracts.example.com, without scheme, port and path",
        ),
    ],
)
def test_names_that_nobody_would_ever_have_are_refused(option: str, word: str, said: str) -> None:
    """A proxy or a name that cannot match anything is told at once, not by requests that are refused later."""
    code, lines = _failed(option, word)
    assert (code, lines.splitlines()[-1]) == (2, f"portal serve: error: argument {option}: {said}")


def test_taken_port_is_told_in_one_line(document: Path) -> None:
    """A port that somebody else has is told in one sentence that says what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = _failed(document, "--port", str(port))
    assert (code, said) == (
        2,
        f"portal: 127.0.0.1:{port}: cannot listen: Address already in use (choose another --port)\n",
    )


def test_other_documents_are_refused_in_one_line(tmp_path: Path) -> None:
    """A file that is not AsyncAPI 3 is refused in one sentence."""
    path = tmp_path / "openapi.yaml"
    path.write_text("openapi: 3.1.0\n")
    code, said = _failed(path)
    assert (code, said.count("\n"), said.startswith(f"portal: {path}: ")) == (2, 1, True)
