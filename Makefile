# make demo    three studies on two cores, from nothing to results/report.html
# make test    every test that needs no cluster and no account, but the long ones
# make long    tests that make a whole study of simulated data, half an hour on two cores
# make soak    forty kills at random, then the same results: a quarter of an hour on two cores
# make slurm-test   tests on a real Slurm that runs on this machine for as long; as root, on Debian
# make image-test   a study in the image of envs/braid.def, built here; as root, on Debian
# make check   format, lint, types, import contracts
# make bench   BRAID beside its peers, measured here, into docs/benchmarks.md
# make lock    resolve envs/*.in into envs/*.lock anew
# make schema  write the JSON schemas of the YAML files anew

PYTHON ?= python3.11
BIN := .venv/bin
# Nothing may be written into the home directory.
export XDG_CACHE_HOME := $(CURDIR)/.cache
export XDG_CONFIG_HOME := $(CURDIR)/.cache/config
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: demo test long soak slurm-test image-test check bench format lock schema

# A live view on a terminal, plain lines in a pipe.
demo: .venv/run
	@if [ -t 1 ]; then view="--logger rich"; fi; snakemake demo $$view
	@echo results/report.html

# Files of tests side by side; each process would take all cores for its products, too.
test: .venv/dev
	OMP_NUM_THREADS=1 pytest --numprocesses auto --maxprocesses 4 --dist loadfile

long: .venv/dev
	pytest -m long

soak: .venv/dev
	pytest -m soak --capture=no

slurm-test: .venv/dev
	tests/slurm/cluster/with.sh tests/slurm/run.sh

# FOLDERS: where pip of this machine finds packages, if not in an index alone.
image-test: .venv/dev
	tests/image/run.sh $(FOLDERS)

check: .venv/dev
	ruff format --check .
	ruff check .
	snakefmt --check Snakefile workflow
	lint-imports
	basedpyright
	codespell

bench: .venv/dev
	cd tests && python -m bench --size full --write ../docs/benchmarks.md

format: .venv/dev
	ruff format .
	ruff check --fix .
	snakefmt Snakefile workflow

.venv/run: envs/run.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --requirement envs/run.lock
	$(BIN)/pip install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/run .venv/validator envs/dev.lock
	$(BIN)/pip install --requirement envs/dev.lock
	@touch $@

.venv/validator: .venv/run envs/validator.lock
	$(PYTHON) -m venv $@
	$@/bin/pip install --requirement envs/validator.lock
	@touch $@

lock:
	$(PYTHON) envs/lock.py run
	$(PYTHON) envs/lock.py dev
	$(PYTHON) envs/lock.py validator

schema: .venv/run
	python -m braid.study
