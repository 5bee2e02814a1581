#!/usr/bin/env bash
# Runs Snakemake inside a job of its own, for clusters whose login nodes end long processes.
#
#   sbatch profiles/slurm/drive.sh TARGET...      anything that `snakemake --profile slurm` takes
#
# Five minutes before its time is over it cancels the jobs of the run, leaves the folder unlocked and
# submits itself again; what was finished stays. Started again after it was killed, it first cancels
# the jobs that were left. To end a run: scancel --full --signal=TERM JOB (running jobs are waited for).
#SBATCH --job-name=braid-driver
#SBATCH --time=1-00:00:00
#SBATCH --mem=4G
#SBATCH --cpus-per-task=1
#SBATCH --signal=B:INT@300
#SBATCH --no-requeue
#SBATCH --open-mode=append
#SBATCH --output=logs/slurm/driver.log
set -euo pipefail
[ -n "${SLURM_SUBMIT_DIR:-}" ] && cd "$SLURM_SUBMIT_DIR"
[ -x .venv/bin/snakemake ] && PATH=$PWD/.venv/bin:$PATH

# Two drivers of one folder would cancel each other's jobs.
others=$(squeue --noheader --user="$(id -un)" --name=braid-driver --states=RUNNING --format='%A|%Z' |
    awk -F'|' -v here="$PWD" -v self="${SLURM_JOB_ID:-0}" '$1 != self && $2 == here { print $1 }')
[ -z "$others" ] || { echo "job $others drives this folder already" >&2; exit 1; }

profiles/slurm/recover.sh

# Without job control a command in the background would not hear SIGINT.
set -m
again=
snakemake --profile slurm "$@" &
running=$!
trap 'again=yes; kill -INT $running' INT
trap 'kill -TERM $running' TERM
status=0
while kill -0 $running 2> /dev/null; do
    wait $running && status=0 || status=$?
done
if [ -n "$again" ]; then
    sbatch profiles/slurm/drive.sh "$@"
fi
exit $status
