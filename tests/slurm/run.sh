#!/usr/bin/env bash
# The tests wait more than they work: several at a time, the longest first; alone those that take the
# cluster down.
set -euo pipefail
cd "$(dirname "$0")"
pytest -m slurm test_{studies,jobs,driver,doctor,answers}.py --numprocesses 6 --maxschedchunk 1
pytest -m slurm test_outages.py
