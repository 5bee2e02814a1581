#!/usr/bin/env bash
# After Snakemake was killed: cancel the jobs that it left in the queue for this folder, and unlock it.
#
#   profiles/slurm/recover.sh     then start the run again as before
#
# Snakemake does not take such jobs up again: it would submit them a second time, beside the first.
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
here=$PWD

# Jobs of the executor carry the run in their name, and its driver has another.
left() { squeue --noheader --user="$(id -un)" --format='%A|%j|%Z' | awk -F'|' -v here="$here" '$2 ~ /^braid_/ && $3 == here { print $1 }'; }

jobs=$(left)
if [ -n "$jobs" ]; then
    echo "cancelling" $jobs
    scancel $jobs
    for _ in $(seq 300); do
        [ -z "$(left)" ] && break
        sleep 1
    done
    [ -z "$(left)" ] || { echo "still in the queue after 5 minutes:" $(left) "- try again" >&2; exit 1; }
fi
if [ -n "$(ls -A .snakemake/locks 2> /dev/null)" ]; then
    snakemake --unlock
fi
