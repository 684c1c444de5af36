# Clickstream. `make` lists the targets; README.md tells what each is for.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MEMBERS := packages/lake packages/secret-settings packages/warehouse services/collector services/etl services/admin-api packages/clickstream packages/deploy
SERVICES := collector etl admin-api
CONTAINER_TOOL ?= docker
R_PACKAGES := r-base-core r-cran-shiny r-cran-bslib r-cran-future r-cran-httr2 r-cran-promises r-cran-rpostgresql
R_DEV_PACKAGES := r-cran-testthat r-cran-lintr
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links \
	$(foreach m,lake secret-settings warehouse collector etl admin-api,--no-emit-package clickstream-$(m))

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

up: setup ## start the whole platform on this machine (ARGS="--no-demo --port-base 9000 …"); Ctrl-C stops it
	@$(BIN)/clickstream up $(ARGS)

setup: $(VENV)/.installed shiny/www/echarts.min.js r-packages ## install what `make up` needs (virtual environment, R packages)

$(VENV)/bin/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "clickstream needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) --version): make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.installed: $(VENV)/bin/uv requirements/dev.txt $(MEMBERS:%=%/pyproject.toml)
	$(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements/dev.txt
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation $(MEMBERS:%=-e %)
	@touch $@

# The machine's npm where there is one, else Node.js from its pinned wheel.
shiny/www/echarts.min.js: shiny/package-lock.json shiny/charts/echarts.js | $(VENV)/.installed
	@command -v npm >/dev/null || $(BIN)/uv pip install --quiet --require-hashes -r requirements/node.txt
	cd shiny && PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --no-audit --no-fund --ignore-scripts && PATH="$$PATH:$(CURDIR)/$(BIN)" npm run --silent build

TRACKER := packages/tracker/node_modules/.package-lock.json
$(TRACKER): packages/tracker/package-lock.json | $(VENV)/.installed
	@command -v npm >/dev/null || $(BIN)/uv pip install --quiet --require-hashes -r requirements/node.txt
	cd packages/tracker && PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --no-audit --no-fund

TRACKER_SCRIPT := packages/tracker/dist/clickstream.js
$(TRACKER_SCRIPT): $(TRACKER) packages/tracker/build.mjs packages/tracker/package.json $(wildcard packages/tracker/src/*.ts*)
	cd packages/tracker && PATH="$$PATH:$(CURDIR)/$(BIN)" npm run --silent build

tracker: $(TRACKER_SCRIPT) ## build the tracker: packages/tracker/dist, with a limit on its size

SHOP := storefront/node_modules/.package-lock.json
$(SHOP): storefront/package-lock.json $(TRACKER_SCRIPT)
	cd storefront && PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --no-audit --no-fund --ignore-scripts

SHOP_BUILD := storefront/.next/BUILD_ID
$(SHOP_BUILD): $(SHOP) $(shell find storefront/src storefront/catalogue storefront/prisma storefront/scripts storefront/*.ts -type f -not -path '*/generated/*' 2>/dev/null | sed 's/ /\\ /g')
	cd storefront && PATH="$$PATH:$(CURDIR)/$(BIN)" NEXT_TELEMETRY_DISABLED=1 npm run --silent build

storefront: $(SHOP_BUILD) ## build the example shop: storefront/.next

shop: setup $(SHOP_BUILD) ## `make up` with the example shop (ARGS as there)
	@$(BIN)/clickstream up --storefront $(ARGS)

r-packages:
	@bin/apt-install "the dashboard" $(R_PACKAGES)

test-tools: setup $(TRACKER_SCRIPT)
	@REQUIRED=1 bin/apt-install "the dashboard's tests" $(R_PACKAGES) $(R_DEV_PACKAGES)
	@command -v chromium >/dev/null || REQUIRED=1 bin/apt-install "the browser tests" chromium

# Two parts of about the same length side by side, and what is short beside them: they wait for a quarter of their time.
# The tracker's have the machine for themselves, as they look at moments.
test: test-tools ## all checks and tests
	@$(MAKE) --no-print-directory --jobs=3 test-parts test-whole check test-tracker-units test-dashboard
	PATH="$$PATH:$(CURDIR)/$(BIN)" $(BIN)/pytest tests/tracker

test-parts: # packages with their commands, collector, admin API
	PATH="$$PATH:$(CURDIR)/$(BIN)" $(BIN)/pytest packages services/collector services/admin-api

test-whole: # ETL, and the whole platform: contracts, browsers, faults, templates, Lambda
	PATH="$$PATH:$(CURDIR)/$(BIN)" $(BIN)/pytest services/etl tests --ignore tests/tracker

test-tracker-units:
	cd packages/tracker && PATH="$$PATH:$(CURDIR)/$(BIN)" npm test --silent

test-dashboard:
	cd shiny && Rscript tests/testthat.R

check: test-tools ## linters, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(MEMBERS:%=%/src)
	$(BIN)/lint-imports
	cd packages/tracker && PATH="$$PATH:$(CURDIR)/$(BIN)" npm run --silent check
	cd shiny && Rscript tests/lint.R

format: $(VENV)/.installed ## format and mend what the linters can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/bin/uv ## pin all dependencies anew into requirements/*.txt
	$(LOCK) requirements/uv.in -o requirements/uv.txt
	$(LOCK) requirements/node.in -o requirements/node.txt
	$(LOCK) requirements/checkov.in -o requirements/checkov.txt
	$(LOCK) requirements/sbom.in -o requirements/sbom.txt
	$(LOCK) requirements/audit.in -o requirements/audit.txt
	$(LOCK) $(MEMBERS:%=%/pyproject.toml) requirements/dev.in -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt requirements/build.in -o requirements/build.txt
	$(LOCK) -c requirements/dev.txt requirements/shop-login.in -o requirements/shop-login.txt
	$(foreach s,$(SERVICES),$(LOCK) -c requirements/dev.txt --extra lambda services/$(s)/pyproject.toml -o requirements/$(s).txt &&) true

generate: $(TRACKER) ## make what is generated: the tracker's types, the transform's SQL, the tables and functions in docs/warehouse.md
	@mkdir -p build && $(BIN)/python -m collector.openapi_document > build/openapi.json
	cd packages/tracker && PATH="$$PATH:$(CURDIR)/$(BIN)" npm run --silent generate -- ../../build/openapi.json
	$(BIN)/python -m etl.transform.expressions
	$(BIN)/python -m warehouse.reference docs/warehouse.md

test-fuzz: test-tools ## thousands of schemathesis' requests, round trips and orders of arrival (about 10 minutes)
	$(BIN)/pytest tests/contract/test_collector_openapi.py tests/contract/test_collector_round_trip.py services/admin-api/tests/test_openapi.py packages/warehouse/tests/test_derived_property.py --hypothesis-profile=fuzz

test-tracker: test-tools ## 1,000 scripted visits with faults in Chromium (about 15 minutes): no event lost or doubled
	$(BIN)/pytest tests/tracker -s --sessions 1000

test-storefront: test-tools $(SHOP_BUILD) ## the shop: its units, buyers at once, a visit from campaign to warehouse, Amplify's build (about 5 minutes)
	cd storefront && PATH="$$PATH:$(CURDIR)/$(BIN)" npm run --silent check && PATH="$$PATH:$(CURDIR)/$(BIN)" npm test --silent
	AMPLIFY_PROOF=1 PATH="$$PATH:$(CURDIR)/$(BIN)" $(BIN)/pytest tests/storefront -s

test-faults: test-tools ## kill everything at every step (hours); ARGS="-k everything_killed --kills 500 --seed 7" one proof (minutes)
	$(BIN)/pytest tests/faults -ra $(or $(ARGS),--points all)

bench-collector: setup ## the collector beside bare ASGI and its cold start (ARGS=--quick); table and bench/results/collector.json
	@REQUIRED=1 bin/apt-install "the collector's benchmark" wrk nghttp2-client
	$(BIN)/python bench/collector/cold_start.py
	$(BIN)/python -m bench.collector.speed $(ARGS)

load-test: setup ## half an hour at 70 % of the collector's peak with ticks and ten dashboard users, then twice the peak (ARGS="--minutes 2")
	$(BIN)/python -m bench.load $(ARGS)

bench-dashboard: setup ## every answer of the admin API over 10 M events (ARGS="--events 1000000 --folder DIR"); bench/results/dashboard.json
	$(BIN)/python -m bench.dashboard.api $(ARGS)

bench-etl: setup ## loading beside a bare COPY of the same rows (ARGS=--quick); table and bench/results/etl.json
	$(BIN)/python -m bench.etl.speed $(ARGS)

images: ## build the container images (CONTAINER_TOOL=docker)
	$(CONTAINER_TOOL) build -f services/collector/Dockerfile -t clickstream-collector .
	$(CONTAINER_TOOL) build -f services/etl/Dockerfile -t clickstream-etl .
	$(CONTAINER_TOOL) build -f services/admin-api/Dockerfile -t clickstream-admin-api .
	$(CONTAINER_TOOL) build -f shiny/Dockerfile -t clickstream-dashboard .

compose-up: images ## start the platform in containers; makes .env with fresh secrets the first time
	docker/new-env
	$(CONTAINER_TOOL) compose up -d

test-images: test-tools ## build the images, run them under compose and as Lambda functions, and test them
	CONTAINER_TOOL=$(CONTAINER_TOOL) $(BIN)/pytest tests/images

ENV ?= dev
DEPLOY = CONTAINER_TOOL=$(CONTAINER_TOOL) $(BIN)/clickstream-deploy

deploy: $(VENV)/.installed ## put the environment ENV=dev on AWS, or bring it up to date (ARGS=--print shows every call)
	$(DEPLOY) deploy $(ENV) $(ARGS)

deploy-plan: $(VENV)/.installed ## show what `make deploy` would change, change nothing
	$(DEPLOY) plan $(ENV) $(ARGS)

destroy: $(VENV)/.installed ## take ENV down; raw events and volumes stay (ARGS=--delete-data takes them too)
	$(DEPLOY) destroy $(ENV) $(ARGS)

tunnel: $(VENV)/.installed ## dashboard and warehouse of ENV on this machine, through Session Manager
	$(DEPLOY) tunnel $(ENV) $(ARGS)

cost: $(VENV)/.installed ## make docs/cost.md from the prices in infra/cost
	$(BIN)/clickstream-deploy cost > docs/cost.md

test-instance: setup ## run the instance's user data for real: chroot, network namespaces, PostgreSQL, with podman the dashboard (root; about 3 minutes)
	INSTANCE_PROOF=1 $(BIN)/pytest tests/instance

CHECKOV := build/checkov/bin/checkov
$(CHECKOV): requirements/checkov.txt | $(VENV)/.installed
	$(PYTHON) -m venv build/checkov
	$(BIN)/uv pip install --quiet --require-hashes --python build/checkov/bin/python -r $<
	@touch $@

check-infra: $(CHECKOV) ## checkov over the templates (in an environment of its own: it pins 100 packages)
	$(CHECKOV) --quiet --compact --skip-download --framework cloudformation -d infra/cloudformation

SBOM := build/sbom-tools/bin/cyclonedx-py
$(SBOM): requirements/sbom.txt | $(VENV)/.installed
	$(PYTHON) -m venv build/sbom-tools
	$(BIN)/uv pip install --quiet --require-hashes --python build/sbom-tools/bin/python -r $<
	@touch $@

sbom: $(SBOM) setup ## what the images are made of and under which licences: build/sbom/
	bin/sbom

AUDIT := build/audit-tools/bin/pip-audit
$(AUDIT): requirements/audit.txt | $(VENV)/.installed
	$(PYTHON) -m venv build/audit-tools
	$(BIN)/uv pip install --quiet --require-hashes --python build/audit-tools/bin/python -r $<
	@touch $@

audit: $(AUDIT) ## all pinned packages against the advisory databases (needs the network; says what it could not audit)
	PATH="$$PATH:$(CURDIR)/$(BIN)" bin/audit

clean: ## remove the virtual environment and build output (data in .clickstream stays)
	rm -rf $(VENV) packages/tracker/node_modules packages/tracker/dist shiny/node_modules shiny/www/echarts.min.js storefront/node_modules storefront/.next build dist

.PHONY: help up setup tracker storefront shop test-storefront r-packages test-tools test test-parts test-whole test-tracker-units test-dashboard check format lock generate test-fuzz test-tracker test-faults bench-collector load-test bench-etl bench-dashboard images compose-up test-images deploy deploy-plan destroy tunnel cost test-instance check-infra sbom audit clean
