# Nightline: every command that a contributor types. Each sets itself up; all it needs is Python 3.11.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
UV := uv==0.13.9
JOBS ?= 6
ARGS ?=

.PHONY: help demo install test check soak bench format call-flow docs voices map lock clean

help:  ## what can be typed
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.run  ## a caller at three in the morning reaches the engineer (ARGS=--once ends by itself)
	@$(BIN)/nightline demo $(ARGS)

install: $(VENV)/.run  ## Nightline and what it needs, into .venv

test: $(VENV)/.test check  ## the whole test suite
	@# The browser's driver keeps an event loop in its process, in which no paging worker can start: the two run apart.
	status=0; \
	$(BIN)/pytest -n $(JOBS) --dist worksteal --ignore tests/console --ignore tests/guards $(ARGS) || status=1; \
	$(BIN)/pytest -n $(JOBS) --dist worksteal tests/console $(ARGS) || status=1; \
	exit $$status

check: $(VENV)/.test  ## lint, types, guards
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest tests/guards

soak: $(VENV)/.test  ## callers without pause while everything is broken, then the count (ARGS="--minutes 3 --seed 7")
	$(BIN)/python -m tests.faults.soak $(ARGS)

bench: $(VENV)/.test  ## measure speed on this machine, into bench/results/ (ARGS="webhooks --runs 5", ARGS=--quick)
	$(BIN)/python -m bench $(ARGS)

format: $(VENV)/.test  ## let ruff put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

call-flow: $(VENV)/.test  ## draw docs/call-flow.md from the script
	$(BIN)/python -m ivr.voice.flow > docs/call-flow.md

docs: $(VENV)/.test  ## build the documentation as a site, into build/site; a link that leads nowhere fails
	$(BIN)/mkdocs build --strict --quiet

voices: $(VENV)/.test  ## draw docs/voices.md from the catalogue of prompts
	$(BIN)/python -m ivr.prompts.page > docs/voices.md

map: $(VENV)/.test  ## write the map of ARCHITECTURE.md from the modules' own captions
	$(BIN)/python -m tests.guards.draw_map

lock: $(VENV)/.test  ## resolve the lock files anew
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean:  ## remove what the commands above made
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/uv:
	@test -n "$(PYTHON)" || { echo "Nightline needs Python 3.11 or newer. Install it, or: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is older than 3.11. Use: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing (Debian: apt install python3-venv)."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(UV)

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/uv
	@echo "Installing what Nightline needs ..."
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.test: requirements-dev.lock pyproject.toml | $(VENV)/.run
	@echo "Installing what the tests need ..."
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements-dev.lock
	@touch $@
