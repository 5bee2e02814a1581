#!/usr/bin/env bash
# The tests wait more than they work: several at a time, but for those that take the cluster down.
set -euo pipefail
pytest -m slurm tests/slurm --ignore tests/slurm/test_outages.py --numprocesses 4 --dist load
pytest -m slurm tests/slurm/test_outages.py
