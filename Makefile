# `make help` lists what can be done. The same commands serve on a desk and in CI.
PYTHON := .venv/bin/python
STAMP := .venv/.installed

.PHONY: run test check format bench train lock clean help

##@ Everyday
run: $(STAMP) ## set everything up and serve on http://127.0.0.1:8080
	@$(PYTHON) -m bot up

test: $(STAMP) ## set everything up and run the tests (T=path for some of them)
	@$(PYTHON) -m pytest $(T)

check: $(STAMP) ## look for mistakes without changing anything: style, types, layers, catalogue, Rasa's files
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@$(PYTHON) -m bot check

format: $(STAMP) ## put the code in its form
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

train: $(STAMP) ## train a model into models/
	@$(PYTHON) -m bot train

bench: $(STAMP) ## measure speed, memory and understanding, beside plain Rasa
	@$(PYTHON) -m tests.benchmarks.bench
	@$(PYTHON) -m tests.benchmarks.search

##@ Upkeep
lock: $(STAMP) ## renew requirements.lock from pyproject.toml
	@.venv/bin/uv pip compile pyproject.toml --group engine --group dev --python-version 3.10 --upgrade \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements.lock

clean: ## remove what was installed and built; the data in var/ stays
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .rasa build

help: ## show this help
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

$(STAMP): requirements.lock pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh
	@touch $(STAMP)
