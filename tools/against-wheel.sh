#!/usr/bin/env bash
# Builds the wheel, installs it into a directory of its own and runs pytest so that `asyncapi` and `portal` come from there.
set -euo pipefail
cd "$(dirname "$0")/.."

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet)
"${pip[@]}" wheel --no-deps --no-build-isolation --wheel-dir "$place/dist" .
"${pip[@]}" install --no-deps --no-index --target "$place/site" "$place"/dist/*.whl
PYTHONSAFEPATH=1 PORTAL_WHEEL="$place/site" PYTHONPATH="$place/site" PATH="$place/site/bin:$PATH" .venv/bin/python -m pytest "$@"
