# Everything a newcomer needs. Each target sets up what it uses; PYTHON and CORES may be given: make paper CORES=8

PYTHON ?= python3
CORES ?= all
VENV := .venv
RUN := $(VENV)/bin/python scripts/run.py
SNAKEMAKE := $(RUN) --cores $(CORES)
STUDY := $(if $(CONFIG),--configfile $(CONFIG))
REPORT := results/$(if $(CONFIG),$(basename $(notdir $(CONFIG)))_)report.zip
TEST := OMP_NUM_THREADS=1 $(VENV)/bin/python -m pytest -n 2 --dist loadscope

.PHONY: paper explorer resume why orphans quick alpha-sweep circuits nnrnn nnrnn-circuits neutral-modes census dataset definitions copy-recipes findings report docs setup test test-all test-slurm test-wheel lint bench

paper: setup ## the paper's experiment
	@echo "The paper's experiment: about 10 minutes on 2 cores. Progress of a training job: results/logs/train/"
	$(SNAKEMAKE)

quick: setup ## the whole chain, small
	@echo "The whole chain, small: about a minute."
	$(SNAKEMAKE) --configfile studies/quick.yaml

alpha-sweep: setup ## alpha from 0.5 to 1.0 on the paper's networks
	$(SNAKEMAKE) --configfile studies/alpha_sweep.yaml

circuits: setup ## circuits in other coordinates, and with other starts: about half an hour on 2 cores
	$(SNAKEMAKE) --configfile studies/circuits.yaml

nnrnn: setup ## networks trained in Schur form, and their peers (Kerg et al. 2019)
	$(SNAKEMAKE) --configfile studies/nnrnn.yaml

nnrnn-circuits: setup ## every coupling of one network a model of these
	$(SNAKEMAKE) --configfile studies/nnrnn.yaml studies/nnrnn_circuits.yaml

neutral-modes: setup ## Lyapunov spectra, symmetry and what breaking it costs (Mo 2026), beside the networks of make paper
	$(SNAKEMAKE) --configfile studies/neutral_modes.yaml

census: setup ## eight hundred networks, and what they say: about 100 minutes on 2 cores, in parts where it is stopped
	$(SNAKEMAKE) --configfile studies/census.yaml

dataset: setup ## all networks along one dimension, for others: the census, or CONFIG=studies/quick.yaml
	$(SNAKEMAKE) dataset_readme --configfile $(or $(CONFIG),studies/census.yaml)

definitions: setup ## how much the profile depends on the tasks' definitions
	$(SNAKEMAKE) --configfile studies/definitions.yaml

copy-recipes: setup ## how much the copy profile depends on the training recipe
	$(SNAKEMAKE) --configfile studies/copy_recipes.yaml

explorer: setup ## results/explorer.html; CONFIG=studies/quick.yaml for a study
	$(SNAKEMAKE) explorer $(STUDY)

resume: setup ## go on after a crash: check every result first; CONFIG=studies/quick.yaml for a study
	$(RUN) --resume --cores $(CORES) $(STUDY)

why: setup ## what would run, and why
	@$(VENV)/bin/python scripts/why.py $(STUDY)

orphans: setup ## results that the config does not ask for
	@$(RUN) --orphans $(STUDY)

report: setup ## all figures and tables with captions in one zip; CONFIG=studies/quick.yaml for a study
	$(SNAKEMAKE) $(STUDY)
	$(VENV)/bin/snakemake --report $(REPORT) $(STUDY)

findings: setup ## docs/findings.md from the results of paper, definitions and copy-recipes
	$(VENV)/bin/python scripts/findings.py

gallery: setup ## the pictures of the pages, docs/pictures, from the figures that results have
	$(VENV)/bin/python scripts/gallery.py

docs: setup ## these pages and a reference from the docstrings, in build/docs; needs no network
	$(VENV)/bin/python scripts/docs_source.py
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --strict # with --quiet, --strict would not see a warning

test: setup ## within 5 minutes
	$(TEST) -m "not slow"

test-all: test ## the slow tests as well, and the wheel with the oldest versions; clvlib is an oracle where it installs
	-$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check clvlib==0.1.5
	$(TEST) -m slow
	$(PYTHON) tests/wheel.py oldest

test-wheel: ## the wheel in an empty environment, with the newest versions
	$(PYTHON) tests/wheel.py newest

test-slurm: ## on a SLURM of one node that is started here for it (Debian, root)
	PYTHON=$(PYTHON) tests/slurm/run.sh

lint: setup ## style of Python and Snakemake files
	$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/snakefmt --check Snakefile rules && $(VENV)/bin/lint-imports && $(VENV)/bin/snakemake --lint

setup: $(VENV)/ready ## the environment, in .venv

$(VENV)/ready: pyproject.toml envs/lock.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] <= (3, 13) else "The workflow needs Python 3.11 to 3.13, but $(PYTHON) is " + sys.version.split()[0] + "; name another one: make PYTHON=python3.12 ...")'
	@echo "Setting up .venv with the versions of envs/lock.txt (once, a few minutes)"
	@if [ -L $(VENV) ] && [ ! -d $(VENV) ]; then echo "$(VENV) is a link to $$(readlink $(VENV)), which is not there; remove the link, or bring its folder back"; exit 1; fi
	$(PYTHON) -m venv $$([ -L $(VENV) ] || echo --clear) $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint envs/lock.txt --editable ".[dev]"
	@touch $@

bench: setup ## contestants side by side: about 3 minutes
	$(VENV)/bin/python benchmarks/bench.py
