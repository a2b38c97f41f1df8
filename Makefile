# Needs bash and Python 3.11 or newer; `make run` brings the rest.

SHELL := bash
PORT ?= 8000
COMPILE := .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11

# Where this is set, each of the processes that a run or the tests start would compile every library anew: 4 s for one.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check lock strings clean bench

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: export PORT := $(PORT)
run: ## set up, make a demo database, load the statements, serve on 127.0.0.1:8000 (PORT=… for another)
	@bash .ci/setup run
	@.venv/bin/petition init --demo --keep
	@.venv/bin/petition load statements/ebooksforall
	@exec .venv/bin/petition serve

test: ## set up, then every check and every test
	@bash .ci/setup test
	@$(MAKE) --no-print-directory check
	.venv/bin/pytest -n 3 --dist loadfile --no-loadscope-reorder

check: ## lint and types
	@[ -x .venv/bin/mypy ] || bash .ci/setup test
	.venv/bin/ruff check --quiet .
	.venv/bin/mypy petition bench

bench: ## measure what a signature costs beside bare Flask, a roster beside ReportLab (ARGS=--small only tries it)
	@bash .ci/setup test
	@.venv/bin/python -m bench --out bench.json $(ARGS)

lock: ## pin the dependencies anew (UPGRADE=--upgrade for the newest)
	@[ -x .venv/bin/uv ] || bash .ci/setup run
	$(COMPILE) $(UPGRADE) -o requirements.lock pyproject.toml
	$(COMPILE) $(UPGRADE) --extra test -c requirements.lock -o tests/requirements.lock pyproject.toml

strings: ## gather what the program says, update and compile the translations (NEW=fr begins one)
	@[ -x .venv/bin/python ] || bash .ci/setup run
	@.venv/bin/python -m petition.translations $(NEW)

clean: ## remove what set-up and tests made; the data in var/ stays
	rm -rf .venv dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find petition tests -name __pycache__ -type d -prune -exec rm -rf {} +
