"""Jobs whose Snakemake was killed: they end with it, and the next attempt begins clean."""

import os
import signal
import subprocess
import sys

import processes
import pytest
import tinyrepo
import toys

from braid.provenance.tether import VARIABLE

OUTPUT = "results/public/respond/toy.nc"
# A job that says who works for it, and takes longer than any test.
SLOW = """
import os
import subprocess
from pathlib import Path
from braid.provenance import recorded

with recorded(snakemake):
    child = subprocess.Popen(["sleep", "600"])
    Path("begun.txt").write_text(f"{os.getpid()} {child.pid}")
    Path("begun.txt").rename("begun")
    child.wait()
"""


@pytest.fixture
def repo(tmp_path):
    """Give the tiny workflow, one job of which does not come to its end."""
    folder = tinyrepo.build(tmp_path / "repo")
    (folder / "workflow/scripts/respond.py").write_text(SLOW)
    return folder


def killed_in_the_middle(folder):
    """Kill Snakemake, and nothing else, while a job runs; give what worked for the job."""
    command = [sys.executable, "-m", "snakemake", "--cores", "2", OUTPUT]
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL) as main:
        processes.until((folder / "begun").exists)
        workers = [int(word) for word in (folder / "begun").read_text().split()]
        assert all(map(processes.is_running, workers))
        main.kill()
    return workers


@pytest.mark.fault(3)
def test_a_job_and_what_it_started_end_with_their_snakemake(repo):
    workers = killed_in_the_middle(repo)
    processes.until(lambda: not any(map(processes.is_running, workers)), seconds=10)
    assert not (repo / OUTPUT).exists()


@pytest.mark.fault(4, recovers=True)
def test_the_next_run_says_how_to_go_on_and_does(repo):
    killed_in_the_middle(repo)
    toys.git(repo, "checkout", "workflow")
    locked = tinyrepo.snakemake(repo, OUTPUT)
    assert locked.returncode != 0
    assert "--unlock" in locked.stdout + locked.stderr
    assert tinyrepo.snakemake(repo, "--unlock", OUTPUT).returncode == 0
    tinyrepo.made(repo, "--rerun-incomplete", OUTPUT)
    assert (repo / OUTPUT).exists()


BEGUN_LATE = """
import sys
from pathlib import Path
from braid.provenance import tether

tether.hold()
Path(sys.argv[1]).touch()
"""


@pytest.mark.fault(3)
def test_a_job_that_still_loaded_when_its_snakemake_died_does_not_begin(tmp_path):
    with subprocess.Popen(["true"]) as snakemake:
        pass
    job = [sys.executable, "-c", BEGUN_LATE, tmp_path / "begun"]
    ended = subprocess.run(job, env=os.environ | {VARIABLE: str(snakemake.pid)}, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not (tmp_path / "begun").exists()


REMOVE = """
from pathlib import Path
from braid.store import remove
remove(Path("folder"))
"""


def test_a_folder_whose_deletion_is_killed_is_gone_and_not_half_there(tmp_path):
    """Half a checkpoint would stop a training until somebody deletes the rest by hand."""
    folder, files = tmp_path / "folder", 20_000
    folder.mkdir()
    for number in range(files):
        (folder / str(number)).touch()

    def begun():
        return not folder.exists() or sum(1 for _ in folder.iterdir()) < files

    with subprocess.Popen([sys.executable, "-c", REMOVE], cwd=tmp_path) as process:
        processes.until(begun)
        process.kill()
    left = [path for path in tmp_path.glob(".partial-*") if any(path.iterdir())]
    assert left, "killed after it was done: nothing was tested"
    assert not folder.exists()
