"""One response pattern per block: what category decoding works on."""

import numpy as np
import xarray as xr

from braid.errors import BadInput
from braid.timing import Stimulus


def block_patterns(responses: xr.Dataset, stimulus: Stimulus, lag: float) -> xr.Dataset:
    """Average the responses over each block, read late by the hemodynamic lag.

    Parameters
    ----------
    responses
        `bold` (tr, voxel) with coordinates `run` and `time` in seconds.
    stimulus
        One event per block.
    lag
        Seconds between a stimulus and its response.

    Returns
    -------
    xr.Dataset
        `pattern` (block, voxel) of the unmasked voxels, with coordinates `run` and `label`.

    Raises
    ------
    BadInput
        When a block has no TR.
    """
    events, bold = stimulus.events, responses["bold"].values
    bold = bold[:, np.isfinite(bold).all(axis=0)]
    patterns = [
        bold[_inside(responses, run, onset, offset, lag)].mean(axis=0)
        for run, onset, offset in zip(*(events[k] for k in ("run", "onset", "offset")), strict=True)
    ]
    return xr.Dataset(
        {"pattern": (("block", "voxel"), np.stack(patterns))},
        coords={
            "run": ("block", events["run"].to_numpy(str)),
            "label": ("block", events["label"].to_numpy(str)),
        },
        attrs=responses.attrs,
    )


def _inside(responses: xr.Dataset, run: str, onset: float, offset: float, lag: float) -> np.ndarray:
    time = responses["time"].values - lag
    inside = (responses["run"].values == run) & (time >= onset) & (time < offset)
    if not inside.any():
        raise BadInput(
            f"{responses.attrs['dataset']} {responses.attrs['subject']}",
            f"run {run}, block at {onset:g} s",
            "no TR of the responses falls into it",
            "check event times and the hemodynamic lag",
        )
    return inside
