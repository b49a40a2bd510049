# Two commands set everything up by themselves: `make run` and `make test`.

SHELL := /bin/sh
STAMP := .venv/.synced
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo .venv-uv/bin/uv)
PYTHONS := python3.12 python3.13 python3.11 python3 python3.14

.DEFAULT_GOAL := help
.PHONY: help setup run test check lint bench bench-quality secrets clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Create .venv from uv.lock (the other targets do it themselves)

run: $(STAMP) ## Start everything, ingest the samples, stay until Ctrl-C
	@.venv/bin/newsdex up

test: $(STAMP) ## Run all tests
	@.venv/bin/pytest

check: lint test ## Lint, type-check, check the layers, then all tests

lint: $(STAMP) ## Lint, type-check and check the layers
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy --strict
	@.venv/bin/lint-imports

bench: $(STAMP) ## Measure rate and memory beside a plain loop (10,000 documents)
	@.venv/bin/python -m bench

bench-quality: $(STAMP) ## Measure quality beside its peers on your labelled sets: SETS=path (bench/README.md)
	@$(UV) sync --locked --quiet --inexact --group bench
	@.venv/bin/python -m bench.quality $(SETS)

secrets: ## Write .env with every password of docker-compose.yml; what is there stays
	@PYTHONPATH=src python3 -B -m newsdex.stack.secrets

clean: ## Remove .venv and caches; the data in var/ stays
	@rm -rf .venv .venv-uv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests dags plugins bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(STAMP): pyproject.toml uv.lock | $(UV)
	@echo "Setting up .venv ..."
	@python=$$($(call find_python)) && $(UV) sync --locked --quiet --python "$$python"
	@touch $@

# uv comes from PyPI into a small environment of its own, where it is not installed already.
.venv-uv/bin/uv:
	@python=$$($(call find_python)) && \
	  { "$$python" -m venv .venv-uv >/dev/null 2>&1 || { rm -rf .venv-uv; \
	    echo "Python's venv module is missing. Install it:  sudo apt-get install python3-venv" >&2; exit 1; }; } && \
	  { .venv-uv/bin/python -m pip install --quiet --disable-pip-version-check uv || { rm -rf .venv-uv; \
	    echo "uv could not be fetched from PyPI; is there a network?" >&2; exit 1; }; }

define find_python
for name in $(PYTHONS); do \
  if "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null; then \
    command -v "$$name"; exit 0; \
  fi; \
done; \
echo "Python 3.11 to 3.14 is missing. Install it:  sudo apt-get install python3 python3-venv, or  brew install python" >&2; \
exit 1
endef
