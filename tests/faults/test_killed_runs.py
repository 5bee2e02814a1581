"""A run is killed: status and doctor tell it from one that is on, and say what to do."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
import tinyrepo

WAITING = '''"""Wait until somebody says go."""

import time
from pathlib import Path

from braid.provenance import recorded
from braid.store import load, save

job = snakemake
with recorded(job):
    Path(f"began{job.params.part}").touch()
    while not Path("go").exists():
        time.sleep(0.05)
    bold = load(job.input.responses)["bold"]
    half = bold.isel(voxel=slice(job.params.part, None, 2))
    save(job.output.scores, half.mean("tr").to_dataset(name="r"))
'''


@pytest.fixture
def repo(tmp_path):
    """Give a repository in which two of six jobs wait until a file `go` is there."""
    folder = tinyrepo.build(tmp_path / "repo")
    for name in ("config", "profiles"):
        shutil.copytree(tinyrepo.ROOT / name, folder / name, symlinks=True)
    (folder / "workflow/scripts/fit.py").write_text(WAITING)
    tinyrepo.commit(folder)
    return folder


@pytest.fixture
def run(repo):
    """Start a run, and give it when two jobs of it are at work."""
    process = subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--cores", "2"],
        cwd=repo,
        env=os.environ | {"PYTHONPATH": str(repo / "src")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not ((repo / "began0").exists() and (repo / "began1").exists()):
        assert process.poll() is None
        time.sleep(0.05)
    yield process
    end(process)


def end(process):
    """Let all that the run started die at once, as when a node loses power."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def status(repo):
    said = tinyrepo.braid(repo, "status", "--json", PATH=tinyrepo.laptop(repo / ".cache/bin"))
    assert said.stdout, said.stderr
    return said.returncode, json.loads(said.stdout)


def doctor(repo):
    said = tinyrepo.braid(repo, "doctor", "--json", PATH=tinyrepo.laptop(repo / ".cache/bin"))
    return {check["name"]: check for check in json.loads(said.stdout)}


def test_a_run_that_is_on(repo, run):
    code, found = status(repo)
    assert (code, found["life"]["state"]) == (0, "running")
    assert found["life"]["text"] == f"process {run.pid}"
    rows = {row["rule"]: row for row in found["rows"]}
    assert [rows["fit"][state] for state in ("done", "running", "waiting")] == [0, 2, 0]
    assert [rows["slices"][state] for state in ("done", "running", "waiting")] == [0, 0, 1]
    # Nothing of these rules is done: what their shapes tell, three seconds and the start.
    assert (rows["fit"]["seconds"], rows["slices"]["seconds"]) == (5.0, 5.0)
    assert found["left"] is not None
    checks = doctor(repo)
    assert checks["lock"]["state"] == "ok"
    assert str(run.pid) in checks["lock"]["text"]


def test_a_run_that_was_killed_and_how_to_go_on(repo, run):
    end(run)
    code, found = status(repo)
    assert (code, found["life"]["state"]) == (1, "killed")
    lock = doctor(repo)["lock"]
    assert (lock["state"], lock["cure"]) == ("failure", "snakemake --unlock")
    assert "LockException" in tinyrepo.snakemake(repo).stderr

    assert tinyrepo.snakemake(repo, "--unlock").returncode == 0
    assert doctor(repo)["lock"]["state"] == "ok"
    (repo / "go").touch()
    tinyrepo.made(repo)
    code, found = status(repo)
    assert (code, found["life"]["state"]) == (0, "finished")


def test_watching_ends_with_the_run(repo, run):
    watching = subprocess.Popen(
        [sys.executable, "-c", "from braid.cli.app import main; main()", "status", "--watch"],
        cwd=repo,
        env=os.environ | {"PYTHONPATH": str(repo / "src")},
        stdout=subprocess.PIPE,
        text=True,
    )
    (repo / "go").touch()
    said, _ = watching.communicate()
    assert watching.returncode == 0
    assert "6 of 6 jobs done" in said


ASKED_TO_END = """
import os
import signal

from snakemake.scheduling.greedy import Scheduler

include: "{rules}"

choose = Scheduler.select_jobs


def asked_to_end(self, *jobs):
    os.kill(os.getpid(), signal.SIGTERM)
    return choose(self, *jobs)


Scheduler.select_jobs = asked_to_end


rule all:
    input: "a", "b"


rule one:
    output: "{{name}}"
    shell: "echo > {{output}}"
"""


@pytest.mark.fault(61)
def test_a_run_that_is_asked_to_end_while_it_chooses_jobs_does(tmp_path):
    rules = tinyrepo.ROOT / "workflow/rules/slurm.smk"
    (tmp_path / "Snakefile").write_text(ASKED_TO_END.format(rules=rules))
    words = ("--cores", "1", "--scheduler", "greedy")
    ended = subprocess.run(
        [sys.executable, "-m", "snakemake", *words],
        cwd=tmp_path,
        timeout=60,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "Will exit after finishing currently running jobs" in ended.stderr
    assert len([name for name in "ab" if (tmp_path / name).exists()]) == 1
