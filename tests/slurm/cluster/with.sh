#!/usr/bin/env bash
# Runs a command while the cluster is up, and takes it down again whatever comes.
#
#   tests/slurm/cluster/with.sh COMMAND...
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
trap '"$here"/stop.sh' EXIT
"$here"/start.sh
"$@"
