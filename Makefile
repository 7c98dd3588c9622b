# Every target does all of its own set-up in .venv; git, make and Python >= 3.11 are all that is needed.
#
#   make run                 make an example company and check all of it, write antkey-report/index.html
#   make run TARGET=path     scan a folder or file, write antkey-report/index.html
#   make test [ARGS=...]     all tests, in as many processes as there are cores (JOBS=n); ARGS go to pytest
#   make clients             install the HTTP clients and SDKs that egress tests use, into .clients
#   make lint                ruff, ruff format, mypy, lint-imports
#   make bench [ARGS=...]    measure against other scanners, write benchmarks/RESULTS.md
#   make clean               remove what the others made
#
# PYTHON=/path/to/python chooses the interpreter that a new .venv is made from.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

# What the caller's shell points Python and pip at must not leak into .venv.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV
export PIP_DISABLE_PIP_VERSION_CHECK := 1

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
PY := $(BIN)/python

# They reach the recipes through the environment, so that no character in them can end a quote.
TARGET ?=
PYTHON ?=
JOBS ?= auto
ANTKEY_CLIENTS ?= $(CURDIR)/.clients
HERE := $(CURDIR)
export TARGET PYTHON ANTKEY_CLIENTS HERE

.PHONY: help run test clients lint bench clean

help:
	@sed -n 's/^#   //p' Makefile

# Findings are what a look is for: only antkey's own failures make `make run` fail. A code without a
# report is such a failure too, since a Python that cannot even start also ends with 1.
run: .venv/installed
	@mkdir -p antkey-report && rm -rf antkey-report/company antkey-report/index.html antkey-report/results.json; \
	if [ -z "$$TARGET" ]; then \
	    echo "An example company: two customers on keys of their own, and four things wrong (examples/README.md)"; \
	    $(PY) examples/company/build.py antkey-report/company --past || exit 70; \
	    antkey=$$(cd $(BIN) && pwd)/antkey; \
	    (cd antkey-report/company && "$$antkey" check --report-dir ..); \
	else \
	    case $$TARGET in "~") TARGET=$$HOME ;; "~/"*) TARGET=$$HOME/$${TARGET#"~/"} ;; esac; \
	    $(BIN)/antkey scan --report html=antkey-report/index.html --report json=antkey-report/results.json -- "$$TARGET"; \
	fi; \
	code=$$?; \
	case $$code in \
	    0) verdict="nothing found" ;; \
	    1) verdict="there are findings" ;; \
	    3) verdict="no findings, but not everything could be read" ;; \
	    4) verdict="no findings, but evidence is missing" ;; \
	    *) verdict= ;; \
	esac; \
	if [ -z "$$verdict" ] || [ ! -s antkey-report/index.html ]; then \
	    echo "antkey failed with exit code $$code; there is no report" >&2; exit $$(( code ? code : 70 )); \
	fi; \
	printf '\n%s\n%s\n' "antkey: $$verdict (exit code $$code)" "Open the report in a browser: $$HERE/antkey-report/index.html"

test: .venv/installed-dev
	@$(PY) -m pytest --numprocesses $(JOBS) --dist loadfile $(ARGS)

# Those that are there and up to date are left alone. `rm -r .clients` for the newest versions of today.
clients: .venv/installed-dev
	@$(PY) -m tests.clients.install "$$ANTKEY_CLIENTS"

lint: .venv/installed-dev
	@failed=; \
	$(PY) -m ruff check . || failed="$$failed ruff-check"; \
	$(PY) -m ruff format --check . || failed="$$failed ruff-format"; \
	$(PY) -m mypy || failed="$$failed mypy"; \
	$(BIN)/lint-imports --no-logo || failed="$$failed lint-imports"; \
	if [ -n "$$failed" ]; then echo "lint failed:$$failed" >&2; exit 1; fi

bench: .venv/installed-dev
	@$(PY) -m benchmarks $(ARGS)

clean:
	rm -rf .venv .clients antkey-report dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# pip runs again only when pyproject.toml has changed or .venv is new.
.venv/installed: pyproject.toml .venv/made-in
	@echo "Installing antkey into .venv ..."
	@$(PY) -m pip install --quiet --editable .
	@touch $@

.venv/installed-dev: pyproject.toml .venv/made-in
	@echo "Installing antkey and its development tools into .venv ..."
	@$(PY) -m pip install --quiet --editable '.[dev]'
	@touch .venv/installed $@

# An installation knows its folder: after a move, or when its Python is gone, it is made anew.
MADE_IN := $(shell $(PY) -c 'print(open(".venv/made-in").read())' 2>/dev/null)
ifneq ($(MADE_IN),$(HERE))
.PHONY: .venv/made-in
endif
.venv/made-in:
	@if [ -n "$$PYTHON" ]; then set -- "$$PYTHON"; \
	else set -- python3 python3.14 python3.13 python3.12 python3.11 python py; fi; \
	for python in "$$@"; do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    "$$python" -c 'import ensurepip, venv' 2>/dev/null || { incomplete=$$python; continue; }; \
	    echo "Making .venv with $$("$$python" --version)"; \
	    "$$python" -m venv --clear .venv || exit 1; \
	    printf '%s' "$$HERE" > $@; \
	    exit 0; \
	done; \
	if [ -n "$$incomplete" ]; then \
	    echo "$$incomplete cannot make virtual environments; install its venv module (Debian: apt install python3-venv)" >&2; \
	else \
	    echo "none of these is Python 3.11 or newer: $$*; install one, or name it: make PYTHON=/path/to/python3" >&2; \
	fi; \
	exit 1
