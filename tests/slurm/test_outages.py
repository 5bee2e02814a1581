"""The cluster itself fails for a while: nothing is lost, nothing is made twice."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import slurm_runs as runs

START = Path(__file__).parent / "cluster/start.sh"
PROCESSES = Path("/run/braid-slurm")
OUTAGE = 30  # seconds


def up() -> None:
    """Start what is missing, and wait until all nodes are there."""
    subprocess.run(["bash", START], check=True, capture_output=True)


@contextmanager
def down(program: str) -> Iterator[None]:
    """Stop a daemon of the cluster, and start it again."""
    os.kill(int((PROCESSES / f"{program}.pid").read_text()), signal.SIGKILL)
    try:
        yield
    finally:
        up()


@pytest.mark.fault(56, recovers=True)
def test_a_run_outlives_half_a_minute_without_the_controller(folder):
    run = runs.Run(folder, "results/plain/a-5.txt", "results/plain/b-50.txt")
    run.started(2)
    with down("slurmctld"):
        time.sleep(OUTAGE)
    assert run.end() == 0, run.said()
    assert [job.attempt for job in run.jobs()] == [1, 1]


@pytest.mark.fault(56, recovers=True)
def test_a_run_outlives_half_a_minute_without_the_accounts(folder):
    run = runs.Run(folder, "results/plain/a-5.txt", "results/plain/b-50.txt")
    run.started(2)
    with down("slurmdbd"):
        time.sleep(OUTAGE)
    assert run.end() == 0, run.said()
    assert [job.attempt for job in run.jobs()] == [1, 1]


@pytest.mark.fault(57, recovers=True)
def test_a_job_of_a_node_that_died_runs_on_another_and_only_there(folder):
    run = runs.Run(folder, "results/first_is_long/a.txt")
    [job] = run.started()
    node = runs.ask("squeue", "--noheader", "--format=%N", f"--jobs={job.job}")
    runs.ask("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
    try:
        assert run.end() == 0, run.said()
    finally:
        runs.ask("scontrol", "update", f"nodename={node}", "state=resume")
    first, second = run.jobs()
    assert runs.state(first.job) == "NODE_FAIL"
    assert runs.ask("sacct", "-Xn", "--format=NodeList", f"--jobs={second.job}") != node
    assert runs.queued(folder) == [], "the job of the dead node came back"


@pytest.mark.fault(58, recovers=True)
def test_a_drained_cluster_keeps_jobs_waiting_until_it_is_back(folder):
    run = runs.Run(folder, "results/plain/a-8.txt")
    run.started()
    nodes = "nodename=cpu1,cpu2,gpu1"
    runs.ask("scontrol", "update", nodes, "state=drain", "reason=test")
    later = runs.Run(folder, "results/plain/b-1.txt", "--nolock")
    try:
        runs.wait(lambda: (folder / "results/plain/a-8.txt").exists(), "the running job", run)
        runs.wait(lambda: len(runs.queued(folder)) == 1, "the later job in the queue", later)
        assert not (folder / "results/plain/b-1.txt").exists()
    finally:
        runs.ask("scontrol", "update", nodes, "state=resume")
    assert [run.end(), later.end()] == [0, 0]
    assert [job.attempt for job in run.jobs()] == [1, 1]
