"""Toy tables and lists that several tests build on."""

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
