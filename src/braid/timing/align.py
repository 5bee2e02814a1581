"""From features on the stimulus clock to a design matrix on the scanner's."""

from collections.abc import Mapping
from itertools import accumulate
from types import MappingProxyType
from typing import Literal

import numpy as np
import xarray as xr
from jaxtyping import Float

from braid.errors import BadInput
from braid.timing import words
from braid.timing.design import check_count, trim, zscore
from braid.timing.lanczos import interpolate

Method = Literal["lanczos", "fla", "vla"]


def align(
    features: xr.Dataset,
    times: Mapping[str, np.ndarray],
    trimmed: tuple[int, int] = (0, 0),
    method: Method = "lanczos",
    series: Mapping[str, str] = MappingProxyType({}),
    heard: Mapping[str, str] = MappingProxyType({}),
) -> xr.Dataset:
    """Bring features to the TRs that the responses have, z-scored within each run.

    Parameters
    ----------
    features
        `features` (time, layer, feature) with coordinates `run` and `time` (s); the attribute
        `clock` is "event" (rows are words, whose `onset` in seconds `vla` needs) or "tr" (rows are
        the TRs already, whatever the method).
    times
        Per run, in the order wanted, the middle of each TR in seconds, before trimming.
    trimmed
        TRs that the responses lack at the start and the end of each run.
    method
        How words come to TRs. `lanczos`: interpolation. `fla`, `vla`: means of words that are
        counted through the runs of a series (`braid.timing.words`).
    series
        Per run, what it is a part of, such as the audiobook of a section, for `fla` and `vla`; runs
        that are not named are one series.
    heard
        Per run of `times`, the run of the features that has its stimulus, where it is another one:
        an echo has that of its scan.

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
    LeBel et al. (2023), Sci Data 10, 555: interpolation, trim and z-score per story. Luo &
    Kobayashi (2025): `fla` and `vla`; they scale to the global minimum and maximum instead.
    """
    _require_finite(features)
    runs = np.repeat(list(times), [len(grid) for grid in times.values()])
    if method == "lanczos" or features.attrs["clock"] == "tr":
        found = {run: _on_grid(features, heard.get(run, run), grid) for run, grid in times.items()}
    else:
        found = _counted(features, times, method, series, heard)
    rows = np.concatenate([found[run] for run in times])
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
    rows = _rows(features, run)
    values = _values(rows)
    if features.attrs["clock"] == "event":
        flat = interpolate(values.reshape(len(values), -1), rows["time"].to_numpy(), grid)
        return flat.reshape(len(grid), *values.shape[1:])
    check_count(_name(features), run, len(values), len(grid), (0, 0))
    return values


def _counted(
    features: xr.Dataset,
    times: Mapping[str, np.ndarray],
    method: words.Method,
    series: Mapping[str, str],
    heard: Mapping[str, str],
) -> dict[str, Float[np.ndarray, "tr layer feature"]]:
    """Means of words over the TRs of each series, cut at the runs."""
    found = {}
    for name in dict.fromkeys(series.get(run, "") for run in times):
        grids = {run: grid for run, grid in times.items() if series.get(run, "") == name}
        spoken = {run: _rows(features, heard.get(run, run)) for run in grids}
        values = np.concatenate([_values(rows) for rows in spoken.values()])
        onsets = {run: rows["onset"].to_numpy() for run, rows in spoken.items()}
        ends = [*accumulate(map(len, grids.values()))]
        place = words.place(onsets, grids, method)
        means = words.average(values.reshape(len(values), -1), place, ends[-1])
        cut = np.split(means.reshape(-1, *values.shape[1:]), ends[:-1])
        found |= dict(zip(grids, cut, strict=True))
    return found


def _rows(features: xr.Dataset, run: str) -> xr.Dataset:
    rows = features.isel(time=np.flatnonzero(features["run"].to_numpy() == run))
    if not rows.sizes["time"]:
        raise _bad(features, f"run {run}", "the features have no rows of it")
    return rows


def _values(rows: xr.Dataset) -> Float[np.ndarray, "time layer feature"]:
    return rows["features"].to_numpy().astype(np.float32)


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
