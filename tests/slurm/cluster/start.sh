#!/usr/bin/env bash
# Starts a real Slurm of three nodes on this machine, with accounts, from Debian packages, as root.
#
#   tests/slurm/cluster/start.sh      once it runs: starts the daemons that are missing
set -euo pipefail
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/common.sh"

install_packages() {
    local missing
    missing=$(while read -r name; do
        dpkg-query --show --showformat='${db:Status-Status}\n' "$name" 2> /dev/null | grep --quiet '^installed' || echo "$name"
    done < "$HERE/packages.txt")
    [ -n "$missing" ] || return 0
    apt-get update --quiet > $LOG/apt.log
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends $missing >> $LOG/apt.log
}

# Groups of processes and real limits of memory where cgroups can be made; otherwise Slurm looks at
# memory every second, and kills by parentage.
tracking() {
    local probe=/sys/fs/cgroup/memory/braid-probe
    if mkdir $probe 2> /dev/null && rmdir $probe; then
        CONSTRAIN=yes
        TRACKING='ProctrackType=proctrack/cgroup\nTaskPlugin=task/cgroup\nJobAcctGatherParams=UsePss'
    else
        CONSTRAIN=no
        TRACKING='ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nJobAcctGatherParams=OverMemoryKill,UsePss'
    fi
}

configure() { # file, owner, mode
    sed -e "s|@HOST@|$HOST|; s|@STATE@|$STATE|; s|@RUN@|$RUN|; s|@LOG@|$LOG|" \
        -e "s|@TRACKING@|$TRACKING|; s|@CONSTRAIN@|$CONSTRAIN|" "$HERE/$1" > "$ETC/$1"
    chown "$2:$2" "$ETC/$1"
    chmod "$3" "$ETC/$1"
}

start_munge() {
    install --directory --owner=munge --group=munge /run/munge /etc/munge /var/lib/munge /var/log/munge
    if [ ! -s /etc/munge/munge.key ]; then
        head --bytes=1024 /dev/urandom > /etc/munge/munge.key
        chown munge:munge /etc/munge/munge.key
        chmod 400 /etc/munge/munge.key
    fi
    alive /run/munge/munged.pid || runuser --user munge -- munged --force
    wait_for 10 sh -c 'munge --no-input | unmunge'
}

start_database() {
    install --directory --owner=mysql --group=mysql $RUN/mysql "$(dirname $SOCKET)"
    if [ ! -d $STATE/database ]; then
        install --directory --owner=mysql --group=mysql $STATE/database
        mariadb-install-db --user=mysql --datadir=$STATE/database --skip-test-db > $LOG/database.log
    fi
    if ! alive $RUN/mysql/pid; then
        setsid mariadbd --no-defaults --user=mysql --datadir=$STATE/database --skip-networking \
            --socket=$SOCKET --pid-file=$RUN/mysql/pid --innodb-buffer-pool-size=64M \
            >> $LOG/database.log 2>&1 < /dev/null &
    fi
    wait_for 60 mariadb --socket=$SOCKET --execute='select 1'
    mariadb --socket=$SOCKET --execute="
        create database if not exists slurm_acct_db;
        create user if not exists slurm@localhost identified via unix_socket;
        grant all on slurm_acct_db.* to slurm@localhost"
}

start_accounts() {
    alive $RUN/slurmdbd.pid || slurmdbd
    wait_for 60 sacctmgr --noheader show cluster
    sacctmgr --immediate --quiet add cluster braid > /dev/null || true
    sacctmgr --immediate --quiet add account lab > /dev/null || true
    sacctmgr --immediate --quiet add user root account=lab > /dev/null || true
}

# A job that ended while the controller was away is said to be completing for two minutes.
nodes_up() {
    [ -z "$(sinfo --noheader --Node --format=%T | grep --invert-match --extended-regexp '^(idle|mixed|allocated|completing)$')" ]
}

start_nodes() {
    alive $RUN/slurmctld.pid || slurmctld
    wait_for 30 scontrol ping
    for node in $NODES; do
        alive $RUN/slurmd-$node.pid || slurmd -N $node
    done
    wait_for 15 nodes_up && return
    scontrol update nodename="${NODES// /,}" state=resume
    wait_for 30 nodes_up
}

mkdir -p $ETC $RUN $LOG $STATE
if [ -e $ETC/slurm.conf ] && ! grep --quiet '^ClusterName=braid$' $ETC/slurm.conf; then
    echo "this machine has a Slurm of its own ($ETC/slurm.conf), which stays as it is" >&2
    exit 1
fi
install_packages
install --directory --owner=slurm --group=slurm $RUN $LOG $STATE $STATE/controller
mkdir -p $STATE/spool/{cpu1,cpu2,gpu1}
getent hosts "$HOST" > /dev/null || echo "127.0.0.1 $HOST" >> /etc/hosts
tracking
for file in slurm.conf gres.conf cgroup.conf; do configure $file root 644; done
configure slurmdbd.conf slurm 600
start_munge
start_database
start_accounts
start_nodes
sinfo
