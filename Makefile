# `make build` makes the demo portal, `make test` tests it; docs/testing.md says what `make quick` and `make test-all` are.
# Python 3.11+ and make are enough to start.

PYTHON ?= python3
BIN := .venv/bin
CLIENT := generator/client
CLIENT_SOURCES := $(shell find $(CLIENT)/src -name '*.js' 2>/dev/null) $(wildcard $(CLIENT)/*.mjs $(CLIENT)/*.json $(CLIENT)/*.py)

# Every process of the tests reads hundreds of modules, of which Python shall keep what it has compiled.
unexport PYTHONDONTWRITEBYTECODE

# Browsers wait more than they work, so there are more processes than cores. The summary ends with the processor time
# of all tests: docs/testing.md has the budget.
PYTEST := $(BIN)/pytest -n 3 --dist worksteal
# A test fails after 300 s (pyproject.toml), unless it is in compiled code that keeps Python from running: then its
# process writes where it was and ends, and another one takes its place.
LIMIT := -o faulthandler_timeout=330 -o faulthandler_exit_on_timeout=true

.PHONY: build docs quick test node test-all bench bench-quick bench-compare lint wheel client browsers lock clean

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

# A store that speaks S3, and its client: apart from the rest, whose versions they do not agree with.
.venv/store/installed: .venv/installed requirements/store.txt
	$(PYTHON) -m venv .venv/store
	.venv/store/bin/python -m pip install --quiet --require-hashes -r requirements/store.txt
	@touch $@

# What benchmarks compare with: apart from the rest, for the same reason, and never part of a test.
.venv/bench/installed: .venv/installed requirements/bench.txt
	$(PYTHON) -m venv .venv/bench
	.venv/bench/bin/python -m pip install --quiet --require-hashes -r requirements/bench.txt
	@touch $@

browsers:
	@for tool in chromium firefox-esr nginx sshd stilts xmllint minisign wget rsync apache2 caddy xorriso bsdtar 7zz mcopy mkfs.vfat \
	  genisoimage mkudffs pdftotext; do \
	  command -v $$tool >/dev/null || missing=yes; done; test -z "$$missing" || \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	   chromium firefox-esr nginx-light fonts-noto-cjk stilts libxml2-utils minisign wget rsync apache2-bin caddy \
	   openssh-client openssh-server xorriso libarchive-tools 7zip mtools dosfstools genisoimage udftools poppler-utils >/dev/null)

lint: .venv/tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python -m drportal.formats --check
	$(BIN)/python -m drportal.model --check
	$(BIN)/typer drportal.cli utils docs --name drportal | diff docs/cli.md - || { echo 'docs/cli.md is stale: make docs'; exit 1; }
	$(BIN)/python hatch_build.py npm run check --silent

# No programs, browsers or sites: less than a minute.
quick: client .venv/tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pytest -n 2 --dist worksteal -m quick

# Each feature once, in less than ten minutes on two cores.
test: client browsers .venv/store/installed
	$(MAKE) --jobs 2 --output-sync=target lint node
	$(PYTEST) -m "not slow" --again $(LIMIT)

node: client
	$(BIN)/python hatch_build.py npm test --silent

# Each browser test in every way, all values of parameters, and the tests marked slow.
test-all: client browsers .venv/store/installed
	$(MAKE) --jobs 2 --output-sync=target lint node
	$(BIN)/python -m tests.audit
	$(PYTEST)

# All lines of docs/performance.md, beside their peers: on a machine that does nothing else. LARGE=--large adds 40,000,000 rows.
bench: client .venv/tested .venv/bench/installed browsers
	@command -v hugo >/dev/null || apt-get install -y -qq --no-install-recommends hugo >/dev/null || true
	$(BIN)/python -m benchmarks run --rows 10000000 --runs 3 $(LARGE) --json build/bench.json

# The same with less data, once each; peers that are not installed are shown as missing.
bench-quick: client .venv/tested browsers
	$(BIN)/python -m benchmarks run --rows 1000000 --quick --json build/bench-quick.json

# make bench-compare A=earlier.json B=later.json
bench-compare: .venv/tested
	$(BIN)/python -m benchmarks compare $(A) $(B)

lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml --group build -o requirements/build.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml --extra dask --extra vo --group build --group test -c requirements/build.txt -o requirements/test.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  requirements/store.in -o requirements/store.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  requirements/bench.in -o requirements/bench.txt
	cd $(CLIENT) && npm update --save --ignore-scripts --omit-lockfile-registry-resolved

# What is written in docs/ from the code itself.
docs: .venv/tested
	$(BIN)/python -m drportal.formats
	$(BIN)/python -m drportal.model
	$(BIN)/typer drportal.cli utils docs --name drportal > docs/cli.md
	$(BIN)/python -m tests.interoperability

wheel: client
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir build/wheel .

clean:
	rm -rf build .venv .cache $(CLIENT)/dist $(CLIENT)/node_modules
