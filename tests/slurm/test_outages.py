"""The cluster itself fails for a while: nothing is lost, nothing is made twice."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import slurm_runs as runs

START = Path(__file__).parent / "cluster/start.sh"
PROCESSES = Path("/run/braid-slurm")
OUTAGE = 30  # seconds


def up() -> None:
    """Start what is missing, and wait until all nodes are there."""
    started = subprocess.run([START], capture_output=True, text=True, check=False)
    assert started.returncode == 0, started.stderr


@contextmanager
def down(program: str) -> Iterator[None]:
    """Stop a daemon of the cluster, which keeps what it knows, and start it again."""
    daemon = psutil.Process(int((PROCESSES / f"{program}.pid").read_text()))
    daemon.terminate()
    psutil.wait_procs([daemon], timeout=30)
    try:
        yield
    finally:
        up()


def back(nodes: str) -> None:
    """Return nodes to service; one that answered again may be back already."""
    subprocess.run(["scontrol", "update", f"nodename={nodes}", "state=resume"], check=False)
    up()


@pytest.mark.fault(56, recovers=True)
def test_a_run_outlives_half_a_minute_without_the_controller_and_one_without_accounts(folder):
    run = runs.Run(folder, "results/plain/a-5.txt", "results/plain/b-90.txt")
    run.started(2)
    for program in ("slurmctld", "slurmdbd"):
        with down(program):
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
        back(node)
    first, second = run.jobs()
    assert runs.state(first.job) == "NODE_FAIL"
    assert runs.ask("sacct", "-Xn", "--format=NodeList", f"--jobs={second.job}") != node
    assert runs.queued(folder) == [], "the job of the dead node came back"


@pytest.mark.fault(58, recovers=True)
def test_a_drained_cluster_keeps_jobs_waiting_until_it_is_back(folder, tmp_path):
    run = runs.Run(folder, "results/plain/a-8.txt")
    run.started()
    nodes = "cpu1,cpu2,gpu1"
    runs.ask("scontrol", "update", f"nodename={nodes}", "state=drain", "reason=test")
    other = runs.build(tmp_path / "other")
    later = runs.Run(other, "results/plain/b-1.txt")
    try:
        runs.wait(lambda: (folder / "results/plain/a-8.txt").exists(), "the running job", run)
        runs.wait(lambda: len(runs.queued(other)) == 1, "the later job in the queue", later)
        assert not (other / "results/plain/b-1.txt").exists()
    finally:
        back(nodes)
    assert [run.end(), later.end()] == [0, 0]
    assert [job.attempt for job in (*run.jobs(), *later.jobs())] == [1, 1]
