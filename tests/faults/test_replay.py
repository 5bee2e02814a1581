"""A real run replayed at its commit: equal as it was, told apart once it was tampered with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import xarray as xr
from toys import git

from braid.errors import BadInput
from braid.provenance.replay import replay
from braid.provenance.shelf import read

CODE = ("Snakefile", "config", "workflow", "profiles", "resources", "envs", "src", ".gitignore")
DESIGN = Path("results/public/align/pinel2007/events.nc")
FEATURES = Path("results/public/extract/pinel2007/events.nc")


@pytest.fixture(scope="module")
def ran(package, tmp_path_factory):
    """A repository in which one design was made of a real stimulus."""
    root = tmp_path_factory.mktemp("ran") / "repository"
    skip = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in CODE:
        copy = shutil.copytree if Path(name).is_dir() else shutil.copy2
        root.mkdir(exist_ok=True)
        copy(name, root / name, **({"ignore": skip} if Path(name).is_dir() else {}))
    (root / ".cache").mkdir()
    (root / ".cache/packages").symlink_to(package("pyhrf").resolve().parent)
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "a state of the code")
    subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", str(DESIGN)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "src"), "HOME": str(root.parent / "home")},
        check=True,
        capture_output=True,
    )
    return root


@pytest.fixture
def run(ran, tmp_path, monkeypatch):
    """A copy of that run, in whose folder we stand and whose worktrees must be gone at the end."""
    shutil.copytree(ran, tmp_path / "copy", symlinks=True)
    monkeypatch.chdir(tmp_path / "copy")
    yield tmp_path / "copy"
    assert len(git(tmp_path / "copy", "worktree", "list").splitlines()) == 1
    assert git(tmp_path / "copy", "status", "--short") == ""


def levels(found):
    return {one.path: one.difference.level for one in [*found.figure, *found.behind]}


def test_a_stage_alone_is_made_again_bit_for_bit(run):
    found = replay(DESIGN, Path("results"), stage="extract")
    assert levels(found) == {str(DESIGN): "bit-equal"}
    assert (found.exit, found.remarks, found.commit) == (0, [], git(run, "rev-parse", "HEAD"))


@pytest.mark.fault(10)
def test_an_intermediate_that_was_tampered_with_is_told_apart_and_placed(run):
    features = xr.load_dataset(FEATURES)
    features["features"].loc[{"time": 42.0}] += 0.5
    times = FEATURES.stat()
    features.to_netcdf(FEATURES, engine="h5netcdf")
    os.utime(FEATURES, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(BadInput, match="not what was read"):
        replay(DESIGN, Path("results"), stage="extract")
    found = replay(DESIGN, Path("results"))
    assert levels(found) == {str(DESIGN): "bit-equal", str(FEATURES): "beyond"}
    assert found.exit == 1
    [tampered] = found.behind
    assert "was changed after its job, and what it wrote was made again" in tampered.difference.text
    assert "at time 42.0, layer 0" in tampered.difference.text


def test_a_commit_that_is_gone_is_said_to_be(run):
    git(run, "commit", "--quiet", "--amend", "--message", "another history")
    git(run, "reflog", "expire", "--expire=now", "--all")
    git(run, "gc", "--quiet", "--prune=now")
    with pytest.raises(BadInput, match="cure: fetch it from a clone that has it"):
        replay(DESIGN, Path("results"))


def test_a_job_that_fails_shows_the_end_of_its_log(run):
    """The raw file is there, but the code of the commit cannot be run."""
    script = Path("workflow/scripts/align.py")
    script.write_text(script.read_text() + "\nraise RuntimeError('no such luck')\n")
    git(run, "commit", "--quiet", "--all", "--message", "a broken state")
    path = DESIGN.with_suffix(".prov.json")
    record = read(path)
    state = record.code.model_copy(update={"commit": git(run, "rev-parse", "HEAD")})
    path.write_text(record.model_copy(update={"code": state}).sealed().model_dump_json())
    with pytest.raises(BadInput, match="no such luck"):
        replay(DESIGN, Path("results"), stage="extract")
