"""Toy tables, lists and git commands that several tests build on."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import xarray as xr

RUNS, TRS, FEATURES, VOXELS = 5, 60, 4, 30


def table(values, name, dims, runs=RUNS, trs=TRS):
    names = np.repeat([f"run{i}" for i in range(runs)], trs)
    clock = np.tile(11.0 + 2 * np.arange(trs), runs)
    return xr.Dataset(
        {name: (("tr", *dims), values)},
        coords={"run": ("tr", names), "time": ("tr", clock)},
        attrs={"dataset": "toy", "subject": "S1", "recording": "all", "feature": "toy"},
    )


class Named(dict):
    """Stands for Snakemake's named lists: items by name, and as attributes."""

    __getattr__ = dict.__getitem__


def git(folder: Path, *arguments: str) -> str:
    """Run git with an identity of its own and git-annex within reach; give what it says."""
    identity = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", "test"), ("EMAIL", "test@localhost"))
    }
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env=os.environ | identity | {"PATH": programs},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
