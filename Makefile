# The two commands: `make chat` and `make test`. Both set up what they need in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# More than cores: much of the tests is waiting for processes.
WORKERS ?= 6

.PHONY: help setup changelog chat run test lint check eval snapshots net bench crash soak ci clean lock

help:
	@echo "make chat   talk to the bot in this terminal (no token needed)"
	@echo "make test   set up and run the tests"
	@echo "make setup  all that a contributor needs, and the check before each commit"
	@echo "make run    the Telegram worker (needs TELEGRAM_TOKEN)"
	@echo "make lint   style, types and import rules"
	@echo "make check  check the knowledge"
	@echo "make snapshots  write the replies of the topics again"
	@echo "make net    train the safety net again, after many new cases"
	@echo "make changelog  move the fragments of changes/ into CHANGELOG.md, at a release"
	@echo "make bench  speed, as ratios against a baseline in the same run"
	@echo "make crash  10,000 messages with kill -9 about every second"
	@echo "make soak   half an hour at 30 messages a second"

$(VENV)/run.ok: requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.ok: requirements-dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/run.ok

setup: $(VENV)/dev.ok
	-$(BIN)/pre-commit install

chat: $(VENV)/run.ok
	@$(BIN)/python -m bot chat

run: $(VENV)/run.ok
	@$(BIN)/python -m bot run

test: $(VENV)/dev.ok
	$(BIN)/python -m pytest tests -n $(WORKERS) --dist worksteal

lint: $(VENV)/dev.ok
	$(BIN)/ruff check bot tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

check: $(VENV)/run.ok
	@$(BIN)/python -m bot check

changelog: $(VENV)/dev.ok
	$(BIN)/towncrier build --yes

snapshots: $(VENV)/dev.ok
	UPDATE_SNAPSHOTS=1 $(BIN)/python -m pytest -q tests/test_replies.py

net: $(VENV)/dev.ok
	$(BIN)/python -m bot.quality.training

bench: $(VENV)/dev.ok
	$(BIN)/python -m pytest benchmarks --benchmark-only -q
	$(BIN)/python -m benchmarks.cost

crash: $(VENV)/dev.ok
	$(BIN)/python -m benchmarks.crash

soak: $(VENV)/dev.ok
	$(BIN)/python -m benchmarks.soak --minutes 30 --out soak.json

ci:
	bash .ci/run

lock:
	uv pip compile --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 --universal -q -o requirements.txt pyproject.toml
	uv pip compile --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 --universal -q --extra dev -o requirements-dev.txt pyproject.toml

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
