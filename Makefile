# Everything works from a bare checkout with python3 and make; tools/bootstrap brings the rest into .venv.
# Pass arguments on: make demo ARGS="--port 9000", make test ARGS="-k statements".

SHELL := /bin/sh
BIN := .venv/bin
ARGS ?=
WORKERS ?= auto

# The tests start hundreds of processes; each would compile two thousand modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check bench format bootstrap

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

demo: bootstrap ## a running mall with real data at a printed address
	@$(BIN)/zhanggui demo $(ARGS)

test: bootstrap-tests ## every check and the whole suite of tests
	@$(MAKE) --no-print-directory run-check
	$(BIN)/pytest -n $(WORKERS) --maxprocesses 4 $(ARGS)

check: bootstrap-tests run-check ## style, layout, contracts between packages, types

bench: bootstrap ## how fast, compared with plain PostgreSQL in the same run
	@$(BIN)/zhanggui bench $(ARGS)

format: bootstrap-tests ## put the code into the house's shape
	$(BIN)/ruff check --fix-only --exit-zero
	$(BIN)/ruff format

bootstrap:
	@tools/bootstrap

.PHONY: bootstrap-tests run-check
bootstrap-tests:
	@tools/bootstrap --tests

run-check:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
