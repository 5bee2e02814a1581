"""From features on the stimulus clock to a design matrix on the scanner's."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from jaxtyping import Float

from braid.errors import BadInput
from braid.timing.design import check_count, trim, zscore
from braid.timing.lanczos import interpolate


def align(
    features: xr.Dataset, times: Mapping[str, np.ndarray], trimmed: tuple[int, int] = (0, 0)
) -> xr.Dataset:
    """Bring features to the TRs that the responses have, z-scored within each run.

    Parameters
    ----------
    features
        `features` (time, layer, feature) with coordinates `run` and `time` (s); the attribute
        `clock` is "event" (rows are words: Lanczos interpolation to the TRs) or "tr" (rows are
        the TRs already).
    times
        Per run, in the order wanted, the middle of each TR in seconds, before trimming.
    trimmed
        TRs that the responses lack at the start and the end of each run.

    Returns
    -------
    xarray.Dataset
        `design` (tr, layer, feature), float32, with the layers, bands and attributes of `features`.

    Raises
    ------
    BadInput
        When a feature is not finite, a run has no rows, or rows on the TR clock are miscounted.

    References
    ----------
    LeBel et al. (2023), Sci Data 10, 555: interpolation, trim and z-score per story.
    """
    _require_finite(features)
    runs = np.repeat(list(times), [len(grid) for grid in times.values()])
    rows = np.concatenate([_on_grid(features, run, grid) for run, grid in times.items()])
    kept = trim(runs, runs, *trimmed)
    design = zscore(trim(rows, runs, *trimmed), kept)
    when = trim(np.concatenate(list(times.values())), runs, *trimmed)
    carried = features.drop_dims("time")
    return (
        carried.assign(design=(("tr", "layer", "feature"), design))
        .assign_coords(run=("tr", kept), time=("tr", when, {"units": "s"}))
        .assign_attrs(clock="tr")
    )


def _on_grid(
    features: xr.Dataset, run: str, grid: Float[np.ndarray, " tr"]
) -> Float[np.ndarray, "tr layer feature"]:
    rows = features.isel(time=np.flatnonzero(features["run"].to_numpy() == run))
    values = rows["features"].to_numpy().astype(np.float32)
    if not len(values):
        raise _bad(features, f"run {run}", "the features have no rows of it")
    if features.attrs["clock"] == "event":
        flat = interpolate(values.reshape(len(values), -1), rows["time"].to_numpy(), grid)
        return flat.reshape(len(grid), *values.shape[1:])
    check_count(_name(features), run, len(values), len(grid), (0, 0))
    return values


def _require_finite(features: xr.Dataset) -> None:
    bad = np.argwhere(~np.isfinite(features["features"].to_numpy()))
    if len(bad):
        row, layer, column = bad[0]
        at = f"run {features['run'].to_numpy()[row]}, {features['time'].to_numpy()[row]:g} s"
        where = f"{at}, layer {features['layer'].to_numpy()[layer]}, feature {column}"
        raise _bad(features, where, f"not finite, as are {len(bad)} values in all")


def _bad(features: xr.Dataset, field: str, problem: str) -> BadInput:
    cure = "delete the extracted features and run their rule again"
    return BadInput(_name(features), field, problem, cure)


def _name(features: xr.Dataset) -> str:
    return f"features {features.attrs['feature']} of {features.attrs['dataset']}"
