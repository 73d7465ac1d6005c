# Everything a person or a machine runs here. `make help` lists it.
# Needs Python 3.11 or newer and make; everything else goes into .venv, pinned by constraints.txt.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
SERVE ?= 1
SIZES ?= 1000 10000 100000
TEXTS ?=
ARGS ?=
# As many processes as there are cores, four at the most; a file of tests stays with one, so that what it sets up is set up once.
JOBS ?= $(shell cores=$$(nproc 2>/dev/null || echo 1); echo $$((cores > 4 ? 4 : cores)))

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$name"; break; }; done)
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# The model for searching by meaning (90 MB): a site runs without it, so a machine that cannot have it goes on.
INSTALL_SEMANTIC = $(PIP_INSTALL) --no-build-isolation --editable '.[semantic]' 2>$(VENV)/semantic.log || \
	echo "内置语义模型没有装上（原因见 $(VENV)/semantic.log），检索按字词进行，其余不受影响。" >&2

.PHONY: help
help: ## What can be run
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

# --- the environment -------------------------------------------------------------------------------------------------

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "需要 Python 3.11 或更新的版本，本机是：$$(python3 --version 2>/dev/null || echo 没有 Python)。" >&2; \
		echo "装好后再运行一次；装在别处时写明：make demo PYTHON=/路径/python3.11" >&2; exit 1; fi
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "没能建立虚拟环境。Debian、Ubuntu 上先运行：apt-get install python3-venv" >&2; exit 1; }

# The stamps spare a second run the installation; they are older than pyproject or constraints when something changed.
# What builds the packages that ship no wheel (haystack, jieba) comes first and pinned: nothing unpinned is fetched.
$(VENV)/.stamp-run: pyproject.toml constraints.txt | $(BIN)/python
	@echo "安装运行所需的包（constraints.txt 固定了版本）……"
	@$(PIP_INSTALL) setuptools setuptools-scm
	@$(PIP_INSTALL) --no-build-isolation --editable '.[fast]'
	@$(INSTALL_SEMANTIC)
	@touch $@

$(VENV)/.stamp-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what tests and checks need ..."
	@$(PIP_INSTALL) setuptools setuptools-scm
	@$(PIP_INSTALL) --no-build-isolation --editable '.[dev,fast,postgres,semantic,assistant]'
	@touch $@ $(VENV)/.stamp-run

$(VENV)/.stamp-site: pyproject.toml constraints.txt | $(BIN)/python
	@echo "安装正式站所需的包（constraints.txt 固定了版本）……"
	@$(PIP_INSTALL) setuptools setuptools-scm
	@$(PIP_INSTALL) --no-build-isolation --editable '.[fast,postgres]'
	@$(INSTALL_SEMANTIC)
	@touch $@ $(VENV)/.stamp-run

.PHONY: install-site
install-site: $(VENV)/.stamp-site ## Install what a real site runs on into .venv, without the tools of tests and checks

.PHONY: install
install: $(VENV)/.stamp-dev ## Install everything for development into .venv

# --- running ---------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.stamp-run ## A site to try: starter library, index, sign-ins, then serve on PORT (SERVE=0: all but serve)
	@PORT='$(PORT)' SERVE='$(SERVE)' deploy/demo.sh

# --- checking --------------------------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.stamp-dev ## The suite without browsers (ARGS="-k text" is handed to pytest)
	@$(BIN)/python -m pytest --numprocesses=$(JOBS) --dist=loadfile $(ARGS)

.PHONY: test-slow
test-slow: $(VENV)/.stamp-dev ## What kills processes by the dozen: before a release, and after a change of what it kills
	@$(BIN)/python -m pytest -m slow --numprocesses=$(JOBS) --dist=loadfile $(ARGS)

.PHONY: test-browser
test-browser: $(VENV)/.stamp-dev ## The journeys in a real browser
	@command -v chromium >/dev/null || { \
		echo "chromium is missing. Debian: apt-get install chromium fonts-noto-cjk" >&2; exit 1; }
	@$(BIN)/python -m pytest tests/browser --numprocesses=$(JOBS) --dist=loadfile $(ARGS)

.PHONY: test-postgres
test-postgres: $(VENV)/.stamp-dev ## The suite on a PostgreSQL of its own in a temporary folder
	@deploy/with_postgres.sh $(BIN)/python -m pytest $(ARGS)

.PHONY: check
check: $(VENV)/.stamp-dev ## Lint, format, import contracts, templates, missing migrations, deployment settings
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.contracts.source_rules
	@$(BIN)/python -m tests.contracts.template_rules
	@deploy/with_temporary_site.sh $(BIN)/python manage.py makemigrations --check --dry-run
	@deploy/with_temporary_site.sh env DJANGO_SETTINGS_MODULE=caselib.settings.prod CASELIB_ALLOWED_HOSTS=library.example \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

.PHONY: format
format: $(VENV)/.stamp-dev ## Put the code into the form that `make check` asks for
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(VENV)/.stamp-dev ## Speed beside SQLite FTS5 and tantivy (SIZES="1000 10000", TEXTS=folder with corpus.jsonl)
	@$(BIN)/python -m tests.bench --sizes $(SIZES) $(if $(TEXTS),--texts '$(TEXTS)')
