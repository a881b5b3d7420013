"""The contracts package of the example workspace passes its own tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from support.example import WORKSPACE

PACKAGE = WORKSPACE / "packages/tars-core"


def test_the_contracts_pass_their_own_tests() -> None:
    """Run as its team runs it, from its own folder, with none of our settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=PACKAGE, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None and int(passed[1]) > 200
    assert "skipped" not in done.stdout


def test_the_contracts_need_pydantic_alone() -> None:
    """Importing every module of the package loads nothing that its pyproject does not name."""
    code = (
        "import sys, importlib; importlib.import_module('tars.contracts.v1'); "
        "importlib.import_module('tars.contracts.registry'); importlib.import_module('tars.contracts.envelope'); "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'aiomqtt', 'paho', 'asyncapi', 'portal'}))"
    )
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE / "src")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
