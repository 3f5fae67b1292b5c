# Everything a person runs. Needs Python 3.11+ with pip and venv, and make; the rest it fetches itself.
PYTHON ?= python3
PY := .venv/bin/python
BEAT_SCHEDULE ?= .local/celerybeat-schedule
export DJANGO_SETTINGS_MODULE ?= livefest.settings.development

.DEFAULT_GOAL := help
.PHONY: help demo screenshots setup worker beat test test-cluster test-failures lint format lock bench bench-large stop

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

# The stamp is newer than the lock exactly when .venv holds what the lock says.
.venv/installed: requirements-dev.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name another one: make PYTHON=python3.12 setup")'
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch .venv/installed

setup: .venv/installed ## virtual environment, PostgreSQL and Valkey, database tables
	$(PY) manage.py migrate --verbosity 0

demo: .venv/installed ## everything at once: a fest under way, with simulated traffic; Ctrl-C ends it
	$(PY) -m demo $(ARGS)

screenshots: .venv/installed ## pictures of every page of a demo of its own: README's, and all in .local/screenshots/
	$(PY) -m demo.screenshots $(ARGS)

worker: .venv/installed ## a Celery worker, which ranks
	$(PY) -m celery --app livefest worker --loglevel WARNING --concurrency 2

beat: .venv/installed ## Celery's clock, which tells workers when
	$(PY) -m celery --app livefest beat --loglevel WARNING --schedule $(BEAT_SCHEDULE)

test: .venv/installed ## all tests, on every core, against their own databases and their own Valkey
	DJANGO_SETTINGS_MODULE=livefest.settings.test $(PY) -m pytest --numprocesses logical --dist worksteal -m "not cluster and not failures" $(ARGS)

test-cluster: .venv/installed ## tests with several servers of each kind, which fail over: two to four minutes
	DJANGO_SETTINGS_MODULE=livefest.settings.test $(PY) -m pytest -m cluster tests/cluster $(ARGS)

test-failures: .venv/installed ## tests that kill, fill, cut and step what everything lives on: ten minutes, as root
	DJANGO_SETTINGS_MODULE=livefest.settings.test $(PY) -m pytest -m failures tests/failures $(ARGS)

stop: ## stop this checkout's PostgreSQL and Valkey
	@if [ -e .venv/installed ]; then $(PY) -m livefest.engines stop; fi

lint: .venv/installed ## style, types, direction of imports, missing migrations, templates
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	DJANGO_SETTINGS_MODULE=livefest.settings.lint $(PY) -m mypy .
	.venv/bin/lint-imports
	DJANGO_SETTINGS_MODULE=livefest.settings.lint $(PY) -W ignore manage.py makemigrations --check --dry-run
	$(PY) -m djlint --quiet --check --lint templates

format: .venv/installed ## rewrites the code in the project's style
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) -m djlint --quiet --reformat templates

lock: .venv/installed ## writes the lock files anew from pyproject.toml
	$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --output-file requirements.lock
	$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev --output-file requirements-dev.lock

bench: .venv/installed ## measured figures beside their limits (a quarter of an hour; "make bench ARGS=pages" one part)
	$(PY) -m bench $(ARGS)

bench-large: .venv/installed ## the same with a million creators and ten million facts (an hour or two, 20 GB of disk)
	$(PY) -m bench --creators 100000 1000000 $(ARGS)
