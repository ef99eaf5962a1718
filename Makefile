.PHONY: setup demo lint types check test test-slow test-gpu bench clean
PYTHON ?= python3
BIN := .venv/bin
NATIVE := $(wildcard native/*)
# the pinned torch first: a range would take the newest build, with gigabytes for GPUs
INSTALL := $(BIN)/pip install -q --disable-pip-version-check -c constraints.txt

setup: .venv/dev.stamp

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/dev.stamp: pyproject.toml constraints.txt $(NATIVE) | .venv/bin/python
	$(INSTALL) -r constraints.txt
	$(INSTALL) -e '.[dev]'
	touch $@

.venv/demo.stamp: pyproject.toml constraints.txt $(NATIVE) | .venv/bin/python
	$(INSTALL) -r constraints.txt
	$(INSTALL) -e '.[demo]'
	touch $@

demo: .venv/demo.stamp
	$(BIN)/python examples/demo.py

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pydoclint -q src

types: setup
	$(BIN)/mypy

check: lint types

test: setup
	$(BIN)/pytest -q -m "not slow and not gpu"

test-slow: setup
	$(BIN)/pytest -q -m slow

test-gpu: setup
	$(BIN)/pytest -q -m gpu

bench: setup
	$(BIN)/cellwise bench

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache
