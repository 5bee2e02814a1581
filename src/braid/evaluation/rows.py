"""Designs and responses brought to the same rows, or refused."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from jaxtyping import Int

from braid.errors import BadInput

# Clocks of the same run may differ by rounding, never by a part of a TR that matters.
CLOCK_TOLERANCE = 1e-3


def join_recordings(recordings: Sequence[xr.Dataset]) -> xr.Dataset:
    """Stack the recordings of one subject along `tr`; a voxel masked in one is masked in all.

    Raises
    ------
    BadInput
        When two recordings have different voxels.
    """
    first = recordings[0]
    for other in recordings[1:]:
        if other.sizes["voxel"] != first.sizes["voxel"]:
            raise BadInput(
                f"{other.attrs['dataset']} {other.attrs['subject']} {other.attrs['recording']}",
                "voxel",
                f"{other.sizes['voxel']} voxels, {first.sizes['voxel']} in "
                f"{first.attrs['recording']}",
                "use recordings of one subject in one space",
            )
    joined = xr.concat(
        [recording[["bold"]] for recording in recordings], dim="tr", combine_attrs="drop_conflicts"
    )
    bold = joined["bold"].values
    bold[:, ~np.isfinite(bold).all(axis=0)] = np.nan
    return joined


def match_rows(design: xr.Dataset, responses: xr.Dataset) -> np.ndarray:
    """Take the rows of a design that belong to the rows of the responses.

    Parameters
    ----------
    design
        `design` (tr, layer, feature) with coordinates `run` and `time` in seconds.
    responses
        `bold` (tr, voxel) with the same coordinates.

    Returns
    -------
    np.ndarray
        (tr, layer, feature), in the order of the responses.

    Raises
    ------
    BadInput
        When a run has another number of TRs, or other TR times, in the design.
    """
    parts = [_run_rows(design, responses, run) for run in dict.fromkeys(responses["run"].values)]
    return design["design"].values[np.concatenate(parts)]


def permute_within(values: np.ndarray, runs: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Permute `values` along their first axis, each run on its own."""
    order = np.arange(len(runs))
    for run in np.unique(runs):
        members = np.flatnonzero(runs == run)
        order[members] = random.permutation(members)
    return values[order]


def _run_rows(design: xr.Dataset, responses: xr.Dataset, run: str) -> Int[np.ndarray, " tr"]:
    rows = np.flatnonzero(design["run"].values == run)
    wanted = responses["time"].values[responses["run"].values == run]
    where = f"{responses.attrs['dataset']} {responses.attrs['subject']}"
    if rows.size != wanted.size:
        raise BadInput(
            where,
            f"run {run}",
            f"{wanted.size} TRs of responses, {rows.size} of {design.attrs['feature']}",
            "check the length of the stimulus and what was trimmed from the responses",
        )
    found = design["time"].values[rows]
    if np.abs(found - wanted).max() > CLOCK_TOLERANCE:
        raise BadInput(
            where,
            f"run {run}",
            f"TR times of responses begin at {wanted[0]:g} s, of the design at {found[0]:g} s",
            "check trimming and stimulus onset",
        )
    return rows
