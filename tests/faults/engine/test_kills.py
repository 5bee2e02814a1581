"""Jobs, runs and machines that are killed: nothing half-written, nothing written twice."""

import platform
import signal
from pathlib import Path

import h5py
import processes
import pytest
import tinyrepo

from braid.provenance.shelf import read
from braid.store import load, sha256

RESPONSES = "results/public/respond/toy.nc"
FINISHED = ["toy.nc", "toy.prov.json"]

# Half of the rows are on disk, and HDF5 would read them, when the file `half` appears.
SLOW = """
import os, time
from pathlib import Path
import h5py, numpy as np, xarray as xr
from braid.provenance import recorded
from braid.store import atomic

def note(what):
    with open("journal", "a") as file:
        file.write(f"{what} {os.getpid()}\\n")

job = snakemake
with recorded(job):
    note("begins")
    with atomic(job.output.responses) as partial:
        with h5py.File(partial, "w") as file:
            file.create_dataset("bold", (100, 1000), "f4", maxshape=(None, 1000))[:51] = 1
        Path("half").touch()
        while not Path("go").exists():
            time.sleep(0.02)
        bold = np.ones((100, 1000), np.float32)
        xr.Dataset({"bold": (("tr", "voxel"), bold)}).to_netcdf(partial, engine="h5netcdf")
    note("ends")
"""

KILLED = """
import os, signal
import numpy as np, xarray as xr
from braid.provenance import recorded
from braid.store import save

job = snakemake
with recorded(job):
    assert not os.path.exists(job.output.responses)
    save(job.output.responses, xr.Dataset({"bold": (("tr", "voxel"), np.ones((9, 9)))}))
    if job.resources.mem_mb < 200:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def repo(repo):
    """Give the tiny workflow with jobs as on another machine, where nobody sees that a run died."""
    rules = repo / "Snakefile"
    tied = "os.environ[tether.VARIABLE] = str(os.getpid())\n"
    assert tied in rules.read_text()
    rules.write_text(rules.read_text().replace(tied, ""))
    return repo


@pytest.fixture
def slow(repo, respond):
    """Start a run whose job stops in the middle of its file."""
    respond(SLOW)
    run = tinyrepo.started(repo, repo / "said", RESPONSES)
    processes.until((repo / "half").exists)
    yield run
    (repo / "go").touch()
    run.kill()
    run.wait()


def stands(repo: Path) -> bool:
    """Whether the responses are whole, and what their record says."""
    path = repo / RESPONSES
    [made] = read(path.with_suffix(".prov.json")).outputs
    return load(path)["bold"].shape == (100, 1000) and made.sha256 == sha256(path)


@pytest.mark.fault(2, 4, recovers=True)
def test_a_machine_that_dies_leaves_no_half_file_and_a_lock_that_says_how_to_go_on(
    slow, repo, left
):
    processes.kill_all(slow.pid)
    [partial] = left()
    with h5py.File(repo / "results/public/respond" / partial) as half:
        assert half["bold"].shape == (100, 1000)
    (repo / "go").touch()
    refused = tinyrepo.snakemake(repo, RESPONSES)
    assert refused.returncode != 0
    assert "LockException" in refused.stderr
    assert "What it finished is kept. To go on:\n    snakemake --unlock\n" in refused.stderr
    assert tinyrepo.snakemake(repo, "--unlock").returncode == 0
    again = tinyrepo.snakemake(repo, "--rerun-incomplete", RESPONSES)
    assert again.returncode == 0, again.stderr
    assert "was killed" not in again.stderr
    assert left() == FINISHED
    assert stands(repo)


@pytest.mark.fault(3, recovers=True)
def test_two_jobs_never_write_one_file_when_the_run_is_killed_and_its_job_lives_on(
    slow, repo, left
):
    slow.send_signal(signal.SIGKILL)
    slow.wait()
    orphan = int((repo / "journal").read_text().split()[1])
    assert processes.is_running(orphan)
    assert tinyrepo.snakemake(repo, "--unlock").returncode == 0
    said = repo / "said again"
    second = tinyrepo.started(repo, said, "--rerun-incomplete", RESPONSES)
    processes.until(lambda: "waiting for a process of an earlier run" in said.read_text())
    assert f"makes the same files: process {orphan} on {platform.node()}" in said.read_text()
    assert len(left()) == 1
    (repo / "go").touch()
    assert second.wait(60) == 0
    steps = [line.split() for line in (repo / "journal").read_text().splitlines()]
    assert [what for what, _ in steps] == ["begins", "ends"] * 2
    assert [who for _, who in steps[:2]] == [str(orphan)] * 2
    assert left() == FINISHED
    assert stands(repo)


@pytest.fixture
def weighed(repo):
    """Let the job ask for more memory at each attempt."""
    rules = repo / "Snakefile"
    asks = "    resources:\n        mem_mb=lambda wildcards, attempt: 100 * attempt,\n"
    head, rule, rest = rules.read_text().partition("rule respond:\n")
    rules.write_text(head + rule + asks + rest)


@pytest.mark.fault(1, recovers=True)
def test_a_killed_job_is_tried_again_with_more_memory_and_without_what_it_wrote(
    repo, respond, weighed, left
):
    respond(KILLED)
    run = tinyrepo.snakemake(repo, "--show-failed-logs", "--retries", "1", RESPONSES)
    assert run.returncode == 0, run.stderr
    failure = run.stderr[run.stderr.index("Error in rule respond") :]
    assert f"respond on {platform.node()}, 100 MB asked for" in failure
    assert "Removing output files of failed job respond" in failure
    assert left() == FINISHED
    assert read(repo / RESPONSES.replace(".nc", ".prov.json")).resources["mem_mb"] == 200
