#!/usr/bin/env bash
# Stops what start.sh started, and takes away its state, logs and configuration.
set -uo pipefail
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/common.sh"

stop() { # program, files with its process
    local program=$1 file
    shift
    for file in "$@"; do
        alive "$file" && grep --quiet "^${program:0:15}" "/proc/$(cat "$file")/comm" || continue
        kill "$(cat "$file")"
        wait_for 30 dead "$file" || kill -KILL "$(cat "$file")"
    done
}

dead() { ! alive "$1"; }

no_jobs() { [ -z "$(squeue --noheader)" ]; }

grep --quiet --no-messages '^ClusterName=braid$' $ETC/slurm.conf || exit 0
# Jobs first: they outlive the daemon of their node.
if timeout 5 scontrol ping > /dev/null 2>&1; then
    scancel --user=root
    wait_for 20 no_jobs
fi
stop slurmd $RUN/slurmd-*.pid
stop slurmctld $RUN/slurmctld.pid
stop slurmdbd $RUN/slurmdbd.pid
stop mariadbd $RUN/mysql/pid
stop munged /run/munge/munged.pid
rm -rf $RUN $STATE $LOG $ETC/{slurm,gres,cgroup,slurmdbd}.conf
