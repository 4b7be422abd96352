# make build   set up what is needed, build the campaign into out/
# make test    the quick tests
# make help    the rest
#
# Each target sees to its own set-up: setup/prepare.py, which does nothing where all is in place.
# ARGS goes to the command: make build ARGS="-p nspcc", make test ARGS="-k plan".

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; done; echo python3)
RUN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
# Another lock file, for a test of the lowest versions: make test LOCK=requirements-lowest.lock
LOCK ?= requirements.lock
ARGS ?=
PYTEST := $(RUN)/python -m pytest -q -n auto
# The corpus is planned while it is collected, which takes seconds: only its own stage looks at it.
NOT_CORPUS := --ignore=tests/corpus

.DEFAULT_GOAL := build
.PHONY: build quick test readers commands campaign corpus faults coverage wording lint types fix bench soak docs lock \
	setup setup-test setup-readers setup-docs help

build: setup
	@$(RUN)/assetgen build $(ARGS)

test: setup-test
	@$(PYTEST) $(NOT_CORPUS) -m "not commands and not campaign and not faults and not readers" $(ARGS)

# The pure tests alone, in one process: what can be tried after each edit. At most 40 processor seconds.
quick: setup-test
	@$(RUN)/python -m pytest -q tests/unit -m quick $(ARGS)

# The command as a user calls it: whole builds, each in a small campaign of its own.
commands: setup-test
	@$(PYTEST) $(NOT_CORPUS) -m commands $(ARGS)

# Read finished files with programs that did not write them: poppler, Ghostscript, unzip, bsdtar.
readers: setup-readers
	@$(PYTEST) $(NOT_CORPUS) -m readers $(ARGS)

# Line coverage of the quick tests, as a table.
coverage: setup-test
	@$(PYTEST) $(NOT_CORPUS) -m "not commands and not campaign and not faults and not readers" \
		--cov=assetgen --cov-report=term:skip-covered $(ARGS)

# Reads what `make build` made; builds it first where nothing is there.
campaign: setup-readers
	@test -f out/manifest.json || $(RUN)/assetgen build
	@$(PYTEST) $(NOT_CORPUS) -m campaign $(ARGS)

# Builds killed, starved, cut, spoilt: one more gives exactly the clean tree.
faults: setup-test
	@$(PYTEST) $(NOT_CORPUS) -m faults $(ARGS)

# Some 370 faulty files and 550 sound ones, made and proved: both rates stand at the end.
corpus: setup-test
	@$(PYTEST) tests/corpus $(ARGS)

# Writes the snapshots of what users read again: see `git diff` before you commit them.
wording: setup-test
	@$(PYTEST) $(NOT_CORPUS) -m "not campaign and not faults" --snapshot-update $(ARGS)

lint: setup-test
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/lint-imports
	@$(RUN)/typos
	@$(RUN)/python setup/plain_english.py

types: setup-test
	@$(RUN)/mypy

fix: setup-test
	@$(RUN)/ruff check --fix .
	@$(RUN)/ruff format .

bench: setup-test
	@PYTHONPATH=setup $(RUN)/python -m bench $(ARGS)

# Endurance, half an hour: each writes its table into benchmarks/RESULTS.md, and fails where it misses a goal.
soak: setup-test
	@$(RUN)/python setup/bench_incremental.py
	@$(RUN)/python setup/bench_long.py
	@$(RUN)/python setup/bench_packs.py

# make lock keeps the versions that are in the lock; make lock ARGS=--upgrade takes the newest.
lock:
	@$(PYTHON) setup/lock.py $(ARGS)

# The generated pages of docs/reference/, then the site in docs/_build/html: offline, every warning an error.
docs: setup-docs
	@$(RUN)/python setup/reference_pages.py
	@$(RUN)/python -m sphinx -b html --fresh-env --quiet -W --keep-going -n docs docs/_build/html
	@echo "docs/_build/html/index.html"

setup:
	@$(PYTHON) setup/prepare.py build $(LOCK)

setup-test:
	@$(PYTHON) setup/prepare.py test $(LOCK)

setup-readers:
	@$(PYTHON) setup/prepare.py readers $(LOCK)

setup-docs:
	@$(PYTHON) setup/prepare.py docs $(LOCK)

help:
	@echo "make build      set up what is needed, build the campaign into out/ (ARGS=\"-p nspcc\")"
	@echo "make test       the quick tests (ARGS=\"-k plan\")"
	@echo "make quick      the pure tests alone, in less than a minute"
	@echo "make readers    finished files, read by poppler, Ghostscript, unzip and bsdtar"
	@echo "make coverage   line coverage of the quick tests"
	@echo "make commands   the command as a user calls it, in small campaigns"
	@echo "make campaign   the properties of the whole built campaign"
	@echo "make corpus     faulty files are caught, sound ones are not: both rates of the proofs"
	@echo "make faults     builds killed at any moment, out of disk, spoilt: the next makes all good"
	@echo "make wording    update the snapshots of what users read, after a message was reworded"
	@echo "make lint       ruff: rules and form        make types   mypy, strict"
	@echo "make fix        let ruff mend what it can   make bench   speed, as ratios"
	@echo "make soak       endurance: little to do among 10,000, one long build, 1,000 packs"
	@echo "make docs       the generated pages of docs/reference/, and the site in docs/_build/html"
	@echo "make lock       requirements.in into requirements.lock (ARGS=--upgrade: newest versions)"
