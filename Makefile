# Two commands: `make build` (the demo portal) and `make test` (everything). Python 3.11+ and make are enough to start.

PYTHON ?= python3
BIN := .venv/bin
CLIENT := generator/client
CLIENT_SOURCES := $(shell find $(CLIENT)/src -name '*.js' 2>/dev/null) $(wildcard $(CLIENT)/*.mjs $(CLIENT)/*.json $(CLIENT)/*.py)

# A browser on a busy machine may miss a moment: what failed must pass by itself, one test after another.
AGAIN := $(BIN)/pytest --last-failed --last-failed-no-failures none -m "not slow"

.PHONY: build test test-all bench lint client browsers lock clean

build: .venv/installed client
	$(BIN)/drportal build
	@echo
	@echo "Open it from disk:  build/site/index.html  (a double click will do)"
	@echo "or serve it:        $(BIN)/drportal serve build/site"

.venv/installed: requirements/build.txt requirements/node.txt pyproject.toml hatch_build.py
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/build.txt
	@$(BIN)/python -c "import sys, hatch_build; sys.exit(hatch_build.system_node() is None)" || \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements/node.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

client: $(CLIENT)/dist/manifest.json

$(CLIENT)/dist/manifest.json: .venv/installed $(CLIENT_SOURCES)
	$(BIN)/python hatch_build.py
	@touch $@

.venv/tested: .venv/installed requirements/test.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/test.txt
	@touch $@

browsers:
	@command -v chromium >/dev/null && command -v firefox-esr >/dev/null && command -v nginx >/dev/null && command -v stilts >/dev/null && command -v xmllint >/dev/null && command -v minisign >/dev/null && command -v wget >/dev/null && command -v xorriso >/dev/null && command -v bsdtar >/dev/null && command -v 7zz >/dev/null && command -v mcopy >/dev/null && command -v mkfs.vfat >/dev/null || \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	   chromium firefox-esr nginx-light fonts-noto-cjk stilts libxml2-utils minisign wget xorriso libarchive-tools 7zip mtools dosfstools >/dev/null)

lint: .venv/tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python hatch_build.py npm run check --silent

test: client lint browsers
	$(BIN)/python hatch_build.py npm test --silent
	$(BIN)/pytest -m "not slow" -n 2 --dist loadfile || $(AGAIN)

test-all: client lint browsers
	$(BIN)/python hatch_build.py npm test --silent
	$(BIN)/pytest -n 2 --dist loadfile

bench: client .venv/tested browsers
	$(BIN)/python -m benchmarks

lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml --group build -o requirements/build.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml --group build --group test -c requirements/build.txt -o requirements/test.txt
	cd $(CLIENT) && npm update --save --ignore-scripts --omit-lockfile-registry-resolved

clean:
	rm -rf build .venv .cache $(CLIENT)/dist $(CLIENT)/node_modules
