# `make help` lists the targets. Everything installs into .venv and node_modules; nothing else on the machine changes.
.DEFAULT_GOAL := help
.PHONY: help demo test check check-infra bench package deploy up clean

BIN := .venv/bin

# Where the environment forbids it, each of the hundreds of processes of a test run would compile every module anew.
export PYTHONDONTWRITEBYTECODE :=

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(BIN)/.ready node_modules/.ready ## an invented tenant: back up, damage, compare, restore; prints what it did
	@$(BIN)/python -m local demo

test: $(BIN)/.ready node_modules/.ready ## every test, on the real storage emulator and the local Functions host
	@$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder  # the files with many small tests come last

check: $(BIN)/.ready ## format, lint, types, direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check-infra: .venv-checkov/.ready ## the policy checks of checkov on the Bicep files
	@.venv-checkov/bin/python infra/check.py

bench: $(BIN)/.ready node_modules/.ready ## backup, its peers, restore, requests of Graph; writes bench/results.json, docs/costs.md
	@$(BIN)/python -m bench $(if $(OBJECTS),--objects $(OBJECTS))

package: $(BIN)/.ready ## dist/lifeboat.zip for Azure, the same bytes every time; its size, its import time, the limits
	@$(BIN)/python -m release package

deploy: ## into the subscription that az is signed in to: make deploy PARAMS=infra/params/small.bicepparam
	@infra/scripts/deploy.sh $(or $(PARAMS),$(error make deploy PARAMS=infra/params/small.bicepparam; infra/scripts/deploy.sh --help)) $(ARGS)

up: $(BIN)/.ready node_modules/.ready ## the whole stack on http://127.0.0.1:7071 until Ctrl-C
	@$(BIN)/python -m local up --port 7071

clean: ## remove what was installed, what was built and what local runs left
	@rm -rf .venv .venv-checkov node_modules .lifeboat dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/.ready: requirements.txt requirements-dev.txt constraints.txt local/install.sh
	@local/install.sh python

.venv-checkov/.ready: $(BIN)/.ready
	@$(BIN)/python -m venv --clear .venv-checkov  # apart: what checkov needs would not go together with the app's packages
	@.venv-checkov/bin/pip install -qq --disable-pip-version-check checkov==3.3.30
	@touch .venv-checkov/.ready

node_modules/.ready: package.json package-lock.json local/install.sh $(BIN)/.ready
	@local/install.sh node
