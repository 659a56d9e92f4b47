# `make help` lists what can be done. The same commands serve on a desk and in CI.
PYTHON := .venv/bin/python
STAMP := .venv/.installed

.PHONY: run model test test-rooms test-service test-slow mystery check format bench train lock wheels sbom audit clean help

##@ Everyday
run: $(STAMP) ## set everything up and serve on http://127.0.0.1:8080
	@$(PYTHON) -m bot up

test: $(STAMP) ## set everything up and run the tests (T=path for some of them)
ifdef T
	@$(PYTHON) -m pytest $(T)
else
	@$(MAKE) --no-print-directory model
	@$(MAKE) --no-print-directory --jobs 2 --keep-going --output-sync test-rooms test-service
endif

# Two halves side by side: what is asked of a room, and what is asked of the whole service.
SERVICE := tests/browser tests/console tests/durability tests/journeys tests/mystery tests/web
test-rooms: $(STAMP)
	@$(PYTHON) -m pytest -o cache_dir=.pytest_cache/rooms $(addprefix --ignore=,$(SERVICE)) $(AGAIN)

test-service: $(STAMP)
	@$(PYTHON) -m pytest -o cache_dir=.pytest_cache/service $(SERVICE) $(AGAIN)

test-slow: $(STAMP) ## run the tests that take long: the other database, other screens, training
	@$(PYTHON) -m pytest -m slow

mystery: model ## play all mystery clients, print the scores, write var/mystery/report.html
	@$(PYTHON) -m tests.mystery

check: $(STAMP) ## look for mistakes without changing anything: style, types, layers, catalogue, Rasa's files
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@$(PYTHON) -m bot check

format: $(STAMP) ## put the code in its form
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

model: $(STAMP) ## train a model where there is none
	@ls models/*.tar.gz >/dev/null 2>&1 || $(PYTHON) -m bot train

train: $(STAMP) ## train a model into models/
	@$(PYTHON) -m bot train

bench: $(STAMP) ## measure speed, memory and understanding, beside plain Rasa
	@$(PYTHON) -m tests.benchmarks.bench
	@$(PYTHON) -m tests.benchmarks.search
	@$(PYTHON) -m tests.benchmarks.load
	@$(PYTHON) -m tests.benchmarks.queries
	@$(PYTHON) -m tests.benchmarks.pages
	@$(PYTHON) -m tests.benchmarks.turns
	@$(PYTHON) -m tests.benchmarks.harvest
	@$(PYTHON) -m tests.benchmarks.facts
	@$(PYTHON) -m tests.benchmarks.dashboards
	@$(PYTHON) -m tests.benchmarks.learning --linear guichet banking77

##@ Upkeep
lock: $(STAMP) ## renew requirements.lock from pyproject.toml
	@.venv/bin/uv pip compile pyproject.toml --group engine --group dev --python-version 3.10 --upgrade \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements.lock

wheels: $(STAMP) ## fetch all libraries into wheels/, to set up where there is no network
	@$(PYTHON) -m pip download --quiet --no-deps --use-pep517 --ignore-requires-python --require-hashes --dest wheels \
	  --requirement requirements.lock
	@$(PYTHON) -m pip download --quiet --no-deps --dest wheels uv \
	  $$($(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])')

sbom: $(STAMP) ## write var/sbom.json: what is inside, with versions and licences (CycloneDX 1.6)
	@mkdir -p var
	@.venv/bin/cyclonedx-py environment $(PYTHON) --pyproject pyproject.toml --spec-version 1.6 --output-format JSON \
	  --output-reproducible --validate --output-file var/sbom.json

audit: $(STAMP) ## compare the lock with the public database of known faults; needs a network
	@sh scripts/audit.sh

clean: ## remove what was installed and built; the data in var/ stays
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .rasa build

help: ## show this help
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

$(STAMP): requirements.lock pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh
	@touch $(STAMP)
