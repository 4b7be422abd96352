# make build   set up the machine, then build the campaign into out/
# make test    run the quick tests
# make help    list all targets
#
# Each target does its own set-up with setup/prepare.py, which does nothing if everything is in place.
# ARGS is passed to the command: make build ARGS="-p nspcc", make test ARGS="-k plan".

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; done; echo python3)
RUN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
# Another lock file, for a test of the lowest versions: make test LOCK=requirements-lowest.lock
LOCK ?= requirements.lock
ARGS ?=
PYTEST := $(RUN)/python -m pytest -q -n auto
# pytest plans all assets of the corpus while it collects it, which takes seconds. Only `make corpus` collects it.
NOT_CORPUS := --ignore=tests/corpus --ignore=tests/brands

.DEFAULT_GOAL := build
.PHONY: build quick test readers commands campaign corpus brands faults coverage wording lint types fix bench soak docs pictures lock \
	setup setup-test setup-readers setup-brands setup-docs help

build: setup
	@$(RUN)/assetgen build $(ARGS)

test: setup-test
	@$(PYTEST) $(NOT_CORPUS) -m "not commands and not campaign and not faults and not readers" $(ARGS)

# Only the pure tests, in one process, to run after each edit. At most 40 processor seconds.
quick: setup-test
	@$(RUN)/python -m pytest -q tests/unit -m quick $(ARGS)

# The commands as a user runs them: whole builds, each in its own small campaign.
commands: setup-test
	@$(PYTEST) $(NOT_CORPUS) -m commands $(ARGS)

# Read finished files with programs that did not write them: poppler, Ghostscript, unzip, bsdtar.
readers: setup-readers
	@$(PYTEST) $(NOT_CORPUS) -m readers $(ARGS)

# Line coverage of the quick tests, as a table.
coverage: setup-test
	@$(PYTEST) $(NOT_CORPUS) -m "not commands and not campaign and not faults and not readers" \
		--cov=assetgen --cov-report=term:skip-covered $(ARGS)

# Checks the output of `make build`, and builds first if there is none.
campaign: setup-readers
	@test -f out/manifest.json || $(RUN)/assetgen build
	@$(PYTEST) $(NOT_CORPUS) -m campaign $(ARGS)

# Builds that are killed, run out of disk space, or find damaged files: the next build must repair everything.
faults: setup-test
	@$(PYTEST) $(NOT_CORPUS) -m faults $(ARGS)

# Builds about 370 faulty and 580 correct files, checks them, and prints both error rates at the end.
corpus: setup-test
	@$(PYTEST) tests/corpus $(ARGS)

# Builds twelve brands with nothing in common, in fonts of Debian packages, in every shape.
brands: setup-brands
	@$(PYTEST) tests/brands $(ARGS)

# Updates the snapshots of user-facing text. Read `git diff` before you commit them.
wording: setup-test
	@$(PYTEST) $(NOT_CORPUS) -m "not campaign" --snapshot-update $(ARGS)

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

# Endurance tests, half an hour: each writes its table into benchmarks/RESULTS.md, and fails if it misses a goal.
soak: setup-test
	@$(RUN)/python setup/bench_incremental.py
	@$(RUN)/python setup/bench_long.py
	@$(RUN)/python setup/bench_packs.py

# make lock keeps the locked versions; make lock ARGS=--upgrade takes the newest.
lock:
	@$(PYTHON) setup/lock.py $(ARGS)

# The generated pages of docs/reference/, then the site in docs/_build/html: offline, every warning an error.
docs: setup-docs
	@$(RUN)/python setup/reference_pages.py
	@$(RUN)/python -m sphinx -b html --fresh-env --quiet -W --keep-going -n docs docs/_build/html
	@echo "docs/_build/html/index.html"

# The pictures of README.md, from the finished files in out/.
pictures: setup
	@$(RUN)/python setup/readme_pictures.py

setup:
	@$(PYTHON) setup/prepare.py build $(LOCK)

setup-test:
	@$(PYTHON) setup/prepare.py test $(LOCK)

setup-readers:
	@$(PYTHON) setup/prepare.py readers $(LOCK)

setup-brands:
	@$(PYTHON) setup/prepare.py brands $(LOCK)

setup-docs:
	@$(PYTHON) setup/prepare.py docs $(LOCK)

help:
	@echo "make build      set up the machine, build the campaign into out/ (ARGS=\"-p nspcc\")"
	@echo "make test       run the quick tests (ARGS=\"-k plan\")"
	@echo "make quick      run only the pure tests, in less than a minute"
	@echo "make readers    test finished files with poppler, Ghostscript, unzip and bsdtar"
	@echo "make coverage   print the line coverage of the quick tests"
	@echo "make commands   run the commands as a user does, in small campaigns"
	@echo "make campaign   test every file of the whole built campaign"
	@echo "make corpus     test the preflight checks on faulty and on correct files"
	@echo "make brands     build twelve brands in other fonts, colours and kinds of service"
	@echo "make faults     test builds that are killed, out of disk space, or find damaged files"
	@echo "make wording    update the snapshots of user-facing text after a rewording"
	@echo "make lint       run ruff, import-linter, typos and the list of words"
	@echo "make types      run mypy, strict"
	@echo "make fix        let ruff fix what it can"
	@echo "make bench      measure speed, as ratios"
	@echo "make soak       endurance: 10,000 assets with few changes, one long build, 1,000 packs"
	@echo "make docs       write the reference pages and build the site, docs/_build/html"
	@echo "make pictures   write the README's pictures from out/"
	@echo "make lock       write requirements.lock from pyproject.toml (ARGS=--upgrade: newest versions)"
