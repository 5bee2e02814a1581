"""Scores on the vertices of the template, and what they are averaged over, from their files."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd
import xarray as xr

from braid.evaluation.regions import Area, areas, members
from braid.store import load


class Mapped(NamedTuple):
    """What figures of regions are made from."""

    scores: list[xr.Dataset]
    """Artefacts of `encode`, one per subject and fit."""
    destrieux: xr.Dataset
    """The atlas whose regions are drawn."""
    groups: dict[str, list[str]]
    """What `regions.members` returned."""
    areas: list[Area]


def read(scores: Iterable[str], destrieux: str, desikan: str, groups: str) -> Mapped:
    """Read scores, the regions of both atlases, and groups of them.

    Parameters
    ----------
    scores
        Artefacts of `encode`.
    destrieux, desikan
        Artefacts of `parcellate`.
    groups
        A table as `regions.members` takes it.

    Raises
    ------
    BadInput
        When a file is not what it should be.
    """
    table = members(pd.read_csv(groups, sep="\t"))
    paths = {"destrieux": destrieux, "desikan": desikan}
    atlases = {name: load(path, {"region": ("voxel",)}) for name, path in paths.items()}
    found = [load(path, {"r_run": ("run", "voxel")}) for path in scores]
    return Mapped(found, atlases["destrieux"], table, areas(atlases, table))
