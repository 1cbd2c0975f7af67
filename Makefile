# `make` lists the targets. Everything runs in .venv/, built from requirements.lock alone: what flies of it by `make run`,
# all of it by `make setup`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
FLIES := $(VENV)/.flies
# Where the second part of the lock begins, that of development.
BEYOND := \# Beyond a flight: what campaigns, hunts, tests and checks need.
# Rebuilt when the lock, the project file or the wanted interpreter changes; touching a file alone rebuilds nothing.
WANTED = $(shell { cat requirements.lock pyproject.toml; echo '$(PYTHON)'; } | cksum | tr ' ' -)
ARGS ?=
CHROMIUM ?= chromium

# What pip is at: on one line of a terminal; elsewhere its stages only.
define shown
{ n=0; while read -r word next _; do case "$$word $$next" in \
	"Collecting "*) n=$$((n + 1)); [ ! -t 1 ] || printf '\r\033[K  fetching package %d: %s' $$n "$$next" ;; \
	"Installing collected") [ ! -t 1 ] || printf '\r\033[K'; echo "  installing $$n packages" ;; \
	esac; done; }
endef
PIP = $(BIN)/python -m pip install --disable-pip-version-check
# Byte code on all cores, where pip takes one; not of the tests that come with packages. Python makes what fails when it is needed.
BYTES = $(BIN)/python -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib || true
INSTALL = $(PIP) --no-compile --require-hashes -r $(1) | $(shown) && { $(BYTES); } && \
	echo "  installing hoverslam itself" && $(PIP) --quiet --no-deps --no-build-isolation -e .

.PHONY: help setup flying build-setup build-flying interpreter venv run cases test check format docs bench evidence replay picture lock clean tools

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## build .venv/ from the pinned lock, all of it (does nothing when it is up to date)
	@if [ "$$(cat $(STAMP) 2>/dev/null)" != "$(WANTED)" ]; then $(MAKE) --no-print-directory build-setup; fi

flying: ## as setup, but only what a flight needs: no campaigns, no linters, no test tools
	@if [ "$$(cat $(STAMP) 2>/dev/null)" != "$(WANTED)" ] && [ "$$(cat $(FLIES) 2>/dev/null)" != "$(WANTED)" ]; then \
		$(MAKE) --no-print-directory build-flying; fi

interpreter:
	@command -v "$(PYTHON)" >/dev/null || { echo "make: no '$(PYTHON)' on the path; install Python 3.11 to 3.13, or say which to use: make setup PYTHON=/path/to/python3.12" >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else "make: $(PYTHON) is Python %d.%d, hoverslam needs 3.11 to 3.13; say which to use: make setup PYTHON=python3.12" % v)'

venv: interpreter
	@echo "setting up $(VENV)/ with $$("$(PYTHON)" -V) (a minute or two, once)"
	@"$(PYTHON)" -m venv $(VENV) || { echo "make: '$(PYTHON) -m venv $(VENV)' failed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }

build-setup: venv
	@$(call INSTALL,requirements.lock)
	@echo "$(WANTED)" > $(STAMP)

build-flying: venv
	@sed '/^$(BEYOND)/,$$d' requirements.lock > $(VENV)/flying.lock
	@$(call INSTALL,$(VENV)/flying.lock)
	@echo "$(WANTED)" > $(FLIES)

run: flying ## fly the default scenario to a verdict: make run ARGS="--seed 7"
	@$(BIN)/hoverslam run $(ARGS)

cases: flying ## fly the case library against the verdicts written in it, and write docs/cases.md
	@$(BIN)/hoverslam cases --fly --page docs/cases.md $(ARGS)

check: setup ## lint, types (mypy strict) and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Byte code is kept for the tests whatever the environment says: they start some hundreds of processes.
test: export PYTHONDONTWRITEBYTECODE :=
test: interpreter ## everything that CI runs: a browser to look at pages with, what builds C, make check, then the tests
	@"$(PYTHON)" tests/harness/chromium.py --ask
	@"$(PYTHON)" -m tests.harness.c_tools --ask
	@$(MAKE) --no-print-directory -j 2 tools setup
	@echo "checking; beside it, compiling the kernels of the tests, which check the bounds of arrays, where they are not kept"
	@kept=$$(mktemp -d); NUMBA_BOUNDSCHECK=1 $(BIN)/hoverslam run --out $$kept/run >/dev/null 2>&1 & compiling=$$!; \
	$(MAKE) --no-print-directory check || { kill $$compiling; exit 1; }; \
	wait $$compiling || true; rm -rf $$kept
	$(BIN)/pytest -n 3 --no-loadscope-reorder $(ARGS)

tools: interpreter ## what tests take from the system: a browser, compilers for C, libzmq, msgpack-c; Debian's, where they may be installed
	@"$(PYTHON)" tests/harness/chromium.py
	@"$(PYTHON)" -m tests.harness.c_tools

format: setup ## format the sources and fix what ruff can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup ## write the pages of docs/ that follow from the code: ARGS=--check tells which differ
	$(BIN)/python -m hoverslam.harness.docs $(ARGS)

bench: setup ## time lockstep, plant and a whole run on this machine
	@$(BIN)/hoverslam bench $(ARGS)

evidence: setup ## what takes hours, what is missing of it, nothing begun after 55 min: ARGS="c_example hunts campaigns kills live damage first fuzz gate recipes strings two_hosts conform soak coverage_fuzz replay"
	$(BIN)/python -m tests.evidence $(ARGS)

replay: setup ## build the script of the 3-D replay again from its sources (needs npm)
	@$(BIN)/python -m hoverslam.harness.report.replay3d.bundle

picture: setup ## fly the default scenario and draw docs/img/landing.png from its report (needs Chromium)
	@rm -rf runs/picture
	@$(BIN)/hoverslam run --out runs/picture
	@$(CHROMIUM) --headless --no-sandbox --hide-scrollbars --virtual-time-budget=8000 --blink-settings=preferredColorScheme=1 \
		--window-size=1280,788 --screenshot=docs/img/landing.png "file://$(CURDIR)/runs/picture/report.html" 2>/dev/null

RESOLVE = $(BIN)/uv pip compile pyproject.toml --extra build --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header --quiet

lock: setup ## resolve the newest allowed versions again into requirements.lock (names, versions and hashes only)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(RESOLVE) --extra dev --upgrade --output-file $(VENV)/all.lock
	$(RESOLVE) --constraint $(VENV)/all.lock --output-file $(VENV)/flying.lock
	{ echo "# What a flight needs."; cat $(VENV)/flying.lock; echo "$(BEYOND)"; \
		awk 'NR == FNR { if (/==/) flies[$$0]; next } /==/ { new = !($$0 in flies) } new' $(VENV)/flying.lock $(VENV)/all.lock; \
	} > requirements.lock

clean: ## remove caches and run folders, keep .venv/
	rm -rf runs evidence dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
