# Everything this repository can do, by name: `make help`.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
HOST ?= 127.0.0.1
PORT ?= 8000
WORKSPACE ?= examples/py-tars
WORKERS ?= 2
FUZZ ?= 50
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUN := $(VENV)/.run-stamp
DEV := $(VENV)/.dev-stamp
NODE := node_modules/.stamp

export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run test test-wheel check lint types fresh format bench fuzz export docs demo tour screenshots build lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(RUN) ## serve the bundled workspace at http://127.0.0.1:8000 (HOST, PORT, WORKSPACE, ARGS)
	$(BIN)/portal serve $(WORKSPACE) --host $(HOST) --port $(PORT) $(ARGS)

test: $(DEV) $(NODE) ## run every test, browser, broker and other readers of AsyncAPI included (ARGS)
	@tools/programs.sh chromium mosquitto mosquitto_pub nginx
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

test-wheel: $(DEV) $(NODE) ## run every test against the built wheel instead of the checkout (ARGS)
	@tools/programs.sh chromium mosquitto mosquitto_pub nginx
	tools/against-wheel.sh -n $(WORKERS) --dist loadfile $(ARGS)

check: lint types fresh ## lint, types, and whether everything generated is fresh

lint: $(DEV) ## find style errors without changing anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV) ## check types strictly
	$(BIN)/mypy

fresh: $(DEV) ## fail when the example document or the reference pages differ from what the code makes
	$(BIN)/python docs/generate.py --check

format: $(DEV) ## repair style errors and layout
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV) ## measure against the floors and budgets
	$(BIN)/python -m bench $(ARGS)

fuzz: $(DEV) ## run the property tests with FUZZ times their usual number of examples and fresh seeds
	PORTAL_FUZZ=$(FUZZ) $(BIN)/python -m pytest -n $(WORKERS) -m fuzz --timeout 0 $(ARGS)

export: $(RUN) ## make examples/py-tars/asyncapi.yaml anew from the contracts beside it
	$(BIN)/portal export $(WORKSPACE) -o $(WORKSPACE)/asyncapi.yaml

docs: $(DEV) ## write the generated reference pages and the example document anew
	$(BIN)/python docs/generate.py

demo: $(DEV) ## start a broker and every service of the example, and follow one sentence through them (ARGS)
	$(BIN)/python examples/py-tars/demo.py $(ARGS)

tour: $(DEV) ## hold what the portal says of eight typical changes against services on a real broker (ARGS)
	@tools/programs.sh mosquitto mosquitto_pub git
	$(BIN)/python examples/tour/tour.py $(ARGS)

screenshots: $(DEV) ## take the pictures of the documentation anew
	@tools/programs.sh chromium
	$(BIN)/python docs/screenshots.py

build: $(RUN) ## build the wheel into dist/
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

lock: $(DEV) ## choose new versions of all Python dependencies (LOCK=--upgrade) and write them with their hashes
	tools/lock.sh $(LOCK)

clean: ## remove everything that the other targets made
	rm -rf $(VENV) node_modules dist build site .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .portal-cache

# The stamps make a second run instant; each is renewed when what it was made from changes.

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN): requirements.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

$(NODE): package.json package-lock.json .npmrc | $(DEV)
	@tools/programs.sh --look node npm || $(PIP) install --require-hashes -r requirements-node.txt
	npm ci --no-progress --loglevel=error
	@touch $@
