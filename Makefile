# `make demo` shows what sheetsync does, `make test` that it works. Both need Python 3.11 or newer and make.

PYTHON ?= python3
DIR ?= demo
N ?= 2000
FIRST ?= 0
KILLS ?= 5000
CASES ?= 1000000
BIN := .venv/bin
INSTALLED := .venv/.installed
TOOLS := build/tools
PEERS := build/bench

.DEFAULT_GOAL := help
.PHONY: help demo test lint types bench simulate kills cases mutants pictures docs site constraints clean

help: ## List what make can do here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A folder that is there stays as it is: people have been at work in it. The next free name is taken.
demo: $(INSTALLED) ## The whole main job on sample data, in ./demo (or DIR=another)
	@folder="$(DIR)"; number=1; \
	while [ -e "$$folder" ]; do number=$$((number + 1)); folder="$(DIR)-$$number"; done; \
	$(BIN)/sheetsync demo "$$folder"
	@echo 'For the command "sheetsync" in this terminal, first type:  . $(BIN)/activate'

test: $(INSTALLED) ## Run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: $(INSTALLED) ## Check style and layout of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED) ## Check the types
	$(BIN)/mypy

bench: $(INSTALLED) ## Measure, as docs/benchmarks.md describes
	@test -e $(PEERS) || { $(PYTHON) -m venv $(PEERS) && \
		$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt; \
	} || { echo "The libraries to compare with cannot be installed; they are left out."; rm -rf $(PEERS); }
	$(BIN)/python benchmarks/run.py

simulate: $(INSTALLED) ## Play N histories of edits and crashes (N=100000; FIRST=seed)
	PYTHONPATH=tests PYTHONHASHSEED=0 $(BIN)/python -m simulator.fleet $(N) --first $(FIRST)

kills: $(INSTALLED) ## Kill passes over real files at every durable step (KILLS=5000)
	PYTHONPATH=tests PYTHONHASHSEED=0 $(BIN)/python -m simulator.kills $(KILLS)

# Under CI, Hypothesis would try the same cases in each part.
cases: $(INSTALLED) ## Merge what people do in so many rounds, thrown by Hypothesis (CASES=1000000)
	env -u CI SHEETSYNC_EXAMPLES=$$(($(CASES) / 6)) \
		$(BIN)/python -m pytest --numprocesses auto --dist worksteal tests/core/merge/test_rounds.py

mutants: $(INSTALLED) ## Break what keeps edits safe, line by line, and see that the tests notice
	$(BIN)/python scripts/mutants.py

pictures: $(INSTALLED) ## Make the README's pictures anew (needs LibreOffice, Poppler, Chromium)
	$(BIN)/python scripts/readme_pictures.py

docs: $(INSTALLED) ## Write the pages of the reference that come from the code
	$(BIN)/python scripts/make_docs.py

site: $(INSTALLED) ## Build the documentation site in build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# Each version that PyPI has, with the hashes of its files for every system; no index is named.
constraints: ## Choose the newest versions that fit, for requirements/*.txt
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet "pip-tools>=7.4,<8"
	CUSTOM_COMPILE_COMMAND="make constraints" $(TOOLS)/bin/pip-compile $(COMPILE) \
		--output-file requirements/runtime.txt pyproject.toml requirements/everywhere.in
	CUSTOM_COMPILE_COMMAND="make constraints" $(TOOLS)/bin/pip-compile $(COMPILE) \
		--constraint requirements/runtime.txt \
		--output-file requirements/dev.txt pyproject.toml requirements/everywhere.in requirements/dev.in
	CUSTOM_COMPILE_COMMAND="make constraints" $(TOOLS)/bin/pip-compile $(COMPILE) \
		--constraint requirements/dev.txt --output-file requirements/bench.txt requirements/bench.in

COMPILE := --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-emit-options \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

clean: ## Remove what make made, the demo apart
	rm -rf .venv build dist sheetsync.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A half-made environment is not taken for a whole one: the stamp comes last.
$(INSTALLED): pyproject.toml requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "sheetsync needs Python 3.11 \
	or newer; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 demo")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
