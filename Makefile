# Clausewalk 现场审核. On a machine with Python 3.11 or newer, make and a network: `make run`, `make test`.
DATA ?= data
ARGS ?=
PYTHON ?= python3
export PYTHON

.PHONY: help setup run test-setup test check lint bench suggest-eval screenshots lock wheel clean
.DEFAULT_GOAL := help

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | column -t -s '	'

setup: ## make .venv with the program `clausewalk` in it
	@scripts/setup.sh

run: setup ## load the sample audit, serve over HTTPS on the LAN and plain HTTP on localhost
	@scripts/run.sh "$(DATA)"

test-setup: setup ## fetch what the tests need: browser, fonts, tools
	@scripts/setup-tests.sh

test: test-setup ## all tests (ARGS="-k name" for some)
	@scripts/test.sh $(ARGS)

check: lint ## linters and the fast tests
	@.venv/bin/pytest -q -m "not browser and not fault and not slow" $(ARGS)

lint: test-setup ## style, types, direction of imports, templates, scripts
	@scripts/lint.sh

bench: test-setup ## each figure beside its comparator
	@.venv/bin/python -m benchmarks $(ARGS)

suggest-eval: setup ## how often suggested clauses are right, by scheme and language
	@.venv/bin/python -m server.criteria.suggest.evaluate tests/suggest/labelled.jsonl

screenshots: test-setup ## pictures of the main pages, into docs/screens
	@.venv/bin/python scripts/screenshots.py

lock: setup ## pin the dependencies of pyproject.toml and package.json (ARGS=--upgrade: the newest)
	@scripts/lock.sh $(ARGS)

wheel: setup ## one wheel with everything in it, in dist/
	@.venv/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean: ## remove what was set up; data stays
	rm -rf .venv node_modules static/vendor build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
