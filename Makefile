# pvmap: two commands do everything, `make map` and `make test`.
CITY ?= demo
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
API := pvmap.run pvmap.energy.arrays pvmap.energy.chain pvmap.energy.kernel pvmap.energy.sky pvmap.shade.skyline \
	pvmap.planning.money.economics pvmap.planning.money.returns pvmap.sites.base pvmap.findings \
	pvmap.settings.city pvmap.tables

.PHONY: help map plan test lint docs bench bench-quick fuzz mutants clean soak

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

map: $(VENV)/.runtime  ## build the map of CITY (default: demo) into maps/CITY/index.html
	@$(BIN)/pvmap map $(CITY)

plan: $(VENV)/.runtime  ## write workbook, GeoPackage, profiles and PyPSA network of CITY
	@$(BIN)/pvmap plan $(CITY)

# A quarter of the time of two processes goes by in waiting, for clusters, browsers and other programs.
test: $(VENV)/.test  ## run the tests (the slow ones too when CI=true)
	@$(BIN)/pytest -n $(if $(CI),2,3) --dist loadfile --no-loadscope-reorder --ignore tests/benchmarks
	@if [ "$$CI" = true ]; then $(BIN)/pytest tests/benchmarks; fi

lint: $(VENV)/.test  ## format, lint, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: $(VENV)/.test  ## write the pages of the Python interface into build/docs/, without internet
	@$(BIN)/pdoc --docformat numpy --output-directory build/docs $(API)

bench: $(VENV)/.test  ## measure speeds beside the peers that are installed: build/bench.json, build/bench.md
	@$(BIN)/pytest -m benchmark -s tests/benchmarks

bench-quick: $(VENV)/.test  ## measure the ratios that a regression would spoil, in two minutes
	@$(BIN)/pytest -m quick -s tests/benchmarks

soak: $(VENV)/.test  ## kill N (default: 200) runs at random places and see that nothing is lost
	@$(BIN)/python tests/soak/soak.py $(or $(N),200)

mutants: $(VENV)/.test  ## change siting, shade and energy in 200 small ways, and count what the tests notice (half an hour)
	@PIP_CONSTRAINT=requirements.lock $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[mutants]'
	@$(BIN)/python tests/mutants/run.py --count 200 --seed 1

fuzz: $(VENV)/.test  ## spoil N inputs at random (SEED=1) and count what ends otherwise than in a sentence
	@$(BIN)/python tests/fuzz/fuzz.py $(or $(N),300) --seed $(or $(SEED),1)

clean:  ## remove what was computed; inputs, outputs in maps/ and the environment stay
	@rm -rf build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find pvmap tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("pvmap needs Python 3.11 or newer, found " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is not installed; install it (Debian and Ubuntu: apt-get install python3-venv) and try again."; exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml requirements.lock | $(VENV)/bin/python
	@echo "Installing pinned dependencies ..."
	@PIP_CONSTRAINT=requirements.lock $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: pyproject.toml requirements.lock | $(VENV)/bin/python
	@echo "Installing pinned dependencies and test tools ..."
	@PIP_CONSTRAINT=requirements.lock $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/.runtime
