"""Outputs that are rubbish, unfinished or late, and inputs that change under a job."""

from pathlib import Path

import processes
import pytest
import tinyrepo
import yaml

from braid.provenance.audit import audit

RESPONSES = "results/public/respond/toy.nc"
FIT = "results/public/fit/means/0.nc"
PROFILE = Path(__file__).parents[3] / "profiles/slurm/config.yaml"

JOB = """
import os, subprocess
from pathlib import Path
import numpy as np, xarray as xr
from braid.provenance import recorded
from braid.store import save

job = snakemake
out = Path(job.output.responses)
bold = xr.Dataset({{"bold": (("tr", "voxel"), np.ones((100, 1000), np.float32))}})
with recorded(job):
    {work}
{after}
"""
# It waits for the file `go`, a minute at most, and makes the file `gone` at its end.
BACKGROUND = """
wait = "n=0; until [ -e go ] || [ $((n+=1)) -gt 1200 ]; do sleep 0.05; done"
quiet = dict.fromkeys(("stdout", "stderr"), subprocess.DEVNULL)
subprocess.Popen(["sh", "-c", f"{{wait}}; {command}; touch gone"], **quiet, start_new_session=True)
"""


def job(work="save(out, bold)", after=""):
    return JOB.format(work=work, after=after)


@pytest.mark.fault(5)
def test_a_job_that_ends_well_and_wrote_rubbish_fails(repo, respond, left):
    respond(job("out.write_bytes(bytes(100))"))
    run = tinyrepo.snakemake(repo, RESPONSES)
    assert run.returncode != 0
    assert f"{RESPONSES}: content: the job ended, but this is no .nc file" in run.stderr
    assert left() == []


@pytest.mark.fault(6, recovers=True)
def test_what_is_still_written_after_its_job_is_refused_by_the_next(repo, respond):
    respond(job(after=BACKGROUND.format(command=f"echo later >> {RESPONSES}")))
    tinyrepo.made(repo, FIT)
    (repo / "go").touch()
    processes.until((repo / "gone").exists)
    [finding] = audit(repo / FIT, repo / "results").findings
    assert (finding.code, finding.path) == ("OUTPUT_CHANGED", RESPONSES)
    again = tinyrepo.snakemake(repo, "--force", FIT)
    assert again.returncode != 0
    assert f"cure: make it again: snakemake --force {RESPONSES}" in again.stderr
    respond(job())
    tinyrepo.made(repo, FIT)
    assert audit(repo / FIT, repo / "results").exit == 0


@pytest.fixture
def patience():
    """Give the seconds for which the profile of clusters waits."""
    return str(yaml.safe_load(PROFILE.read_text())["latency-wait"])


LATE = "os.rename(out, '.late')"


@pytest.mark.fault(7, recovers=True)
def test_a_file_that_shows_late_is_waited_for(repo, respond, patience):
    back = BACKGROUND.format(command=f"sleep 1; mv .late {RESPONSES}")
    respond(job(after=f"{LATE}\n{back}"))
    (repo / "go").touch()
    run = tinyrepo.snakemake(repo, "--latency-wait", patience, RESPONSES)
    assert run.returncode == 0, run.stderr
    assert (repo / RESPONSES).exists()


@pytest.mark.fault(7)
def test_a_file_that_shows_too_late_is_named_with_the_option(repo, respond):
    respond(job(after=LATE))
    run = tinyrepo.snakemake(repo, "--latency-wait", "1", RESPONSES)
    assert run.returncode != 0
    assert RESPONSES in run.stderr
    assert "--latency-wait" in run.stderr


@pytest.mark.fault(9)
def test_an_input_that_changes_while_its_job_runs_is_not_vouched_for(repo, respond, left):
    respond(job("Path('.cache/public/raw.txt').write_text('seed 9\\n'); save(out, bold)"))
    run = tinyrepo.snakemake(repo, RESPONSES)
    assert run.returncode != 0
    assert "fetch/toy/raw.txt: sha256: it changed while the job ran" in run.stderr
    assert left() == []


@pytest.mark.fault(5)
def test_a_file_without_a_record_is_no_input(repo, respond):
    """Such as one that a job without our script, or another program, put there."""
    (repo / RESPONSES).with_suffix(".prov.json").unlink()
    run = tinyrepo.snakemake(repo, "--force", FIT)
    assert run.returncode != 0
    assert f"{RESPONSES}: record: there is none" in run.stderr
