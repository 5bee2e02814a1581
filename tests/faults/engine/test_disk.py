"""Disks that are full: an error, no file, no record, and a later run that goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tinyrepo

RESPONSES = "results/public/respond/toy.nc"
SNAKEMAKE = f"{sys.executable} -m snakemake --cores 1 --show-failed-logs --force {RESPONSES}"
# A disk of 1 MB where responses are written: they are 2 MB.
SMALL = "mkdir -p results/public/respond && mount -t tmpfs -o size=1m tmpfs results/public/respond"

CHUNKED = """
import numpy as np, xarray as xr
from braid.provenance import recorded
from braid.store import atomic

job = snakemake
bold = xr.Dataset({"bold": (("tr", "voxel"), np.random.default_rng(0).random((500, 1000)))})
with recorded(job), atomic(job.output.responses) as partial:
    chunks = {"bold": {"chunksizes": (500, 100)}}
    bold.to_netcdf(partial, engine="h5netcdf", encoding=chunks)
"""


def shell(folder: Path, command: str, *before: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, "sh", "-c", command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def own_mounts(tmp_path_factory):
    """Give what runs a command with mounts of its own, which end with it."""
    aside = tmp_path_factory.mktemp("mounts")
    for before in (("unshare", "--mount"), ("unshare", "--mount", "--map-root-user")):
        if shell(aside, SMALL, *before).returncode == 0:
            return before
    pytest.skip("this machine lets nobody mount a small disk")


@pytest.mark.fault(8, recovers=True)
def test_a_limit_of_the_system_is_said_and_a_later_run_goes_on(repo, left):
    full = shell(repo, f"ulimit -f 1000; {SNAKEMAKE}")
    assert full.returncode != 0
    assert "File too large" in full.stderr
    assert left() == []
    tinyrepo.made(repo, RESPONSES)


@pytest.mark.fault(8)
def test_a_full_disk_is_said_before_anything_is_written(repo, own_mounts):
    full = shell(repo, f"{SMALL}; {SNAKEMAKE}; ls -A results/public/respond", *own_mounts)
    assert f"{RESPONSES}: disk: has 2,000,000 bytes, and the disk has 1,048,576 left" in full.stderr
    assert full.stdout.split() == []


@pytest.mark.fault(8)
def test_a_crash_of_hdf5_on_a_full_disk_leaves_its_place_in_the_log(repo, respond, own_mounts):
    respond(CHUNKED)
    full = shell(
        repo, f"{SMALL}; {SNAKEMAKE} && touch ended; ls results/public/respond", *own_mounts
    )
    assert not (repo / "ended").exists()
    assert full.stdout.split() == []
    log = (repo / "logs/public/respond/toy.log").read_text()
    assert "Fatal Python error" in log or "No space left on device" in log
