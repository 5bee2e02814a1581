# What start.sh and stop.sh share. Configuration has to lie in /etc/slurm: the executor takes every
# SLURM_ variable, SLURM_CONF too, out of the environment of its jobs.
HERE=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
ETC=/etc/slurm
RUN=/run/braid-slurm
STATE=/var/lib/braid-slurm
LOG=/var/log/braid-slurm
# Where slurmdbd looks for a database.
SOCKET=/run/mysqld/mysqld.sock
HOST=$(hostname --short)
NODES="cpu1 cpu2 gpu1"

# A process is alive while it is no zombie; PID 1 of a container may be slow to reap.
alive() {
    [ -s "$1" ] && grep --quiet --no-messages '^State:[^Z]*$' "/proc/$(cat "$1")/status"
}

wait_for() { # seconds, command...
    local left=$(($1 * 5))
    shift
    until "$@" > /dev/null 2>&1; do
        left=$((left - 1))
        [ $left -gt 0 ] || { echo "in vain: $*; see $LOG" >&2; return 1; }
        sleep 0.2
    done
}
