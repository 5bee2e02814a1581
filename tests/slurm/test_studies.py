"""Studies on real data through the cluster: the same bytes as on this machine alone."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import slurm_runs as runs
import tinyrepo

STUDIES = ("haxby2001", "pinel2007")
FIGURES = 5


def clone(folder: Path) -> Path:
    """A fresh checkout, which shares what was downloaded."""
    subprocess.run(["git", "clone", "--quiet", runs.ROOT, folder], check=True)
    for name in ("packages", "distributions"):
        kept = runs.ROOT / ".cache" / name
        if kept.exists():
            shutil.copytree(kept, folder / ".cache" / name)
    return folder


def made(folder: Path) -> dict[str, str]:
    """What jobs made for the studies, but for records, which tell of hosts and times: digests."""
    folders = [found for study in STUDIES for found in folder.glob(f"results/public/*/{study}")]
    paths = [path for found in folders for path in found.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if not path.name.endswith(".prov.json")
    }


def stands() -> bool:
    """Whether this checkout has the figures of the studies, made by the code that it holds."""
    folders = [runs.ROOT / "results/public/figures" / study for study in STUDIES]
    figures = [str(path) for folder in folders for path in folder.glob("*.png")]
    said = tinyrepo.braid(runs.ROOT, "audit", "--json", *figures)
    return len(figures) == FIGURES and all(
        one["exit"] == 0 and "behind" not in [finding["level"] for finding in one["findings"]]
        for one in json.loads(said.stdout)
    )


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """A run on this machine alone, which has begun, and its folder; after `make demo` this one."""
    folder = runs.ROOT if stands() else clone(tmp_path / "alone")
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--", *STUDIES]
    environment = runs.environment(folder) | {"PYTHONPATH": str(folder / "src")}
    with (tmp_path / "said").open("wb") as said:
        run = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said)
    yield folder, run
    run.kill()
    run.wait()


def test_the_cluster_makes_the_same_bytes(alone, tmp_path, monkeypatch):
    folder = clone(tmp_path / "braid")
    runs.shorten(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder / "src"))
    run = runs.run(folder, *STUDIES, seconds=900)
    other, local = alone
    assert local.wait(900) == 0, (tmp_path / "said").read_text()
    here = made(other)
    there = made(folder)
    assert sum("/figures/" in path for path in there) == FIGURES * 4
    assert there == here
    submitted = run.said().count("has been submitted with SLURM jobid")
    assert submitted >= 20
    nodes = runs.ask("sacct", "-Xn", "--format=NodeList,JobName%50", "--starttime=now-20minutes")
    assert "cpu1" in nodes
    assert "cpu2" in nodes
    record = json.loads(next((folder / "results/public/fit").rglob("*.prov.json")).read_text())
    job = record["machine"]["env"]["SLURM_JOB_ID"]
    assert f"SLURM jobid {job}" in run.said()
