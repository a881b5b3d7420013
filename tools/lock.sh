#!/usr/bin/env bash
# Writes requirements.txt (to run) and requirements-dev.txt (to develop) from pyproject.toml: every version with its hashes,
# for all platforms, and without the address of any index. Arguments go to `uv pip compile`, for example --upgrade.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --quiet "$@"
}

compile --group build --output-file requirements.txt "$@"
compile --group dev --constraints requirements.txt --output-file requirements-dev.txt "$@"
