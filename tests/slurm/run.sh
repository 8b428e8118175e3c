#!/usr/bin/env bash
# make test-slurm: set up SLURM and an environment with its plugin, run the tests, stop SLURM.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "$(id -u)" != 0 ]; then
    echo "make test-slurm needs root, to install and start SLURM" >&2
    exit 1
fi
if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends slurm-wlm munge
fi
if [ ! -e .venv-slurm/ready ] || [ pyproject.toml -nt .venv-slurm/ready ]; then
    "${PYTHON:-python3}" -m venv --clear .venv-slurm
    .venv-slurm/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,slurm]"
    touch .venv-slurm/ready
fi
folder=$(mktemp -d)
trap tests/slurm/stop.sh EXIT
tests/slurm/start.sh "$folder"
.venv-slurm/bin/python -m pytest tests/slurm
