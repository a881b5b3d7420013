"""An nginx of one's own in front of something, on a free port, with nothing kept."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from support.broker import HOST, free_port

PROGRAMS = ("nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx")
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
LIMIT = 20


@contextmanager
def running_nginx(folder: Path, locations: str) -> Iterator[str]:
    """Start nginx with these locations and its files in `folder`; give its address, stop it after."""
    port = free_port()
    (folder / "nginx.conf").write_text(_settings(folder, port, locations), encoding="utf-8")
    program = next(found for name in PROGRAMS if (found := shutil.which(name)))
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _wait(process, port)
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=LIMIT)


def _settings(folder: Path, port: int, locations: str) -> str:
    temporary = "\n".join(f"    {name}_temp_path {folder}/{name};" for name in TEMPORARY)
    return f"""{"user root;" if os.geteuid() == 0 else ""}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
{temporary}
    server {{
        listen {HOST}:{port};
{locations}
    }}
}}
"""


def _wait(process: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        with closing(socket.socket()) as asked:
            if asked.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx does not listen")
