"""What the executor hears of its jobs: every one, in words that it knows."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import slurm_runs as runs

BIN = runs.ROOT / "profiles/slurm/bin"
QUESTIONS = {
    "squeue": ["--format=%i|%T", "--states=all", "--noheader"],
    "sacct": [
        *("-X", "--parsable2", "--noheader", "--format=JobIdRaw,State"),
        *("--starttime", "now-2hours", "--endtime", "now"),
    ],
}


def answer(name, run, folder):
    """Ask as the executor does, and give job to state."""
    asked = subprocess.run(
        [BIN / name, *QUESTIONS[name], "--name", run],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("|") for line in asked.stdout.splitlines())


@pytest.fixture
def cancelled(tmp_path):
    """A job that was cancelled while it ran."""
    words = (f"--job-name={tmp_path.name}", f"--chdir={tmp_path}", "--wrap=sleep 60")
    job = runs.ask("sbatch", "--parsable", *words)
    runs.wait(lambda: runs.state(job) == "RUNNING", "the job")
    runs.ask("scancel", job)
    asked = ("squeue", "--noheader", "--states=all", "--format=%T", f"--jobs={job}")
    runs.wait(lambda: {runs.state(job), runs.ask(*asked)} == {"CANCELLED"}, "its end")
    return job


@pytest.mark.fault(48)
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_cancelled_job_is_called_just_that(name, cancelled, tmp_path):
    said = runs.ask("sacct", "-Xn", "--format=State%30", f"--jobs={cancelled}")
    assert said == "CANCELLED by 0"
    assert answer(name, tmp_path.name, tmp_path)[cancelled] == "CANCELLED"


@pytest.mark.fault(59, recovers=True)
def test_a_forgotten_job_is_looked_up_and_an_unknown_one_called_so(cancelled, tmp_path):
    seen = tmp_path / ".snakemake/slurm/elsewhere.jobs"
    seen.parent.mkdir(parents=True)
    seen.write_text(f"{cancelled}\n99999999")
    expected = {cancelled: "CANCELLED", "99999999": "UNKNOWN"}
    assert answer("squeue", "elsewhere", tmp_path) == expected


def test_any_other_question_goes_to_slurm_as_it_is(tmp_path):
    for name, words in {"squeue": ["--version"], "sacct": ["--version"]}.items():
        ours = runs.ask(str(BIN / name), *words)
        assert ours == runs.ask(shutil.which(name), *words)


@pytest.mark.fault(59)
def test_when_slurm_does_not_answer_neither_do_we(tmp_path):
    """The executor asks again after a failure; an empty answer it would believe."""
    config = tmp_path / "slurm.conf"
    config.write_text(Path("/etc/slurm/slurm.conf").read_text().replace("Port=6817", "Port=1"))
    asked = subprocess.run(
        [BIN / "squeue", *QUESTIONS["squeue"], "--name", "any"],
        cwd=tmp_path,
        env=os.environ | {"SLURM_CONF": str(config)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode != 0
    assert asked.stderr
