# make demo   a desk with demo articles, its feeds and its digest        make test   every test
# make check  lint, format, types        make fast  tests that take seconds        make lock  new versions
# make bench  every figure of the documentation, beside its peer; NAMES=publishing for some

PYTHON ?= python3
UV ?= uv
BIN := .venv/bin

.PHONY: demo test fast check bench lock clean
.DELETE_ON_ERROR:

demo: .venv/installed
	@$(BIN)/newsdesk demo

test: check
	@$(BIN)/pytest

fast: .venv/tools
	@$(BIN)/pytest -m "not slow"

check: .venv/tools
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy

bench: .venv/tools
	@$(BIN)/python benchmarks/run.py $(NAMES)

.venv/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit(f"newsdesk needs Python 3.11 or newer; this is {v.major}.{v.minor}. Try: make PYTHON=python3.12 demo")'
	@echo "Setting up .venv (once, a minute or so) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/tools: .venv/installed requirements-dev.txt
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# Hashes and versions, but no address: an index is the reader's own choice.
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"
lock:
	$(LOCK) --all-extras pyproject.toml --group build -o requirements.txt
	$(LOCK) --all-extras pyproject.toml --group build --group dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf .venv demo-desk dist .mypy_cache .ruff_cache .pytest_cache
