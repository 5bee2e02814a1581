"""Where rows of features sit in time, and the artefact that carries them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float, Int, Shaped


def midpoints(events: pd.DataFrame) -> Float[np.ndarray, " event"]:
    """Middle of each event in seconds, the time of a word in Huth et al. 2016."""
    return (events["onset"].to_numpy(float) + events["offset"].to_numpy(float)) / 2


def edges(times: Float[np.ndarray, " tr"]) -> Float[np.ndarray, " edge"]:
    """Give the starts of the TRs whose middles are `times`, and the end of the last one (s).

    Rounded to microseconds, so that an onset listed as 2.4 s lies on the edge, not beside it.
    """
    spacing = times[1] - times[0]
    return np.round(np.append(times, times[-1] + spacing) - spacing / 2, 6)


def tr_index(
    seconds: Float[np.ndarray, " event"], times: Float[np.ndarray, " tr"]
) -> Int[np.ndarray, " event"]:
    """TR [t - TR/2, t + TR/2) that each moment falls in, -1 outside all of them."""
    index = np.searchsorted(edges(times), np.round(seconds, 6), side="right") - 1
    return np.where(index < len(times), index, -1)


def event_features(
    values: Float[np.ndarray, "event layer feature"], events: pd.DataFrame
) -> xr.Dataset:
    """Rows at the middles of words or events, with their onsets, to be brought to TRs."""
    runs, onsets = events["run"].to_numpy().astype(str), events["onset"].to_numpy(float)
    rows = _artefact(values, runs, midpoints(events), clock="event")
    return rows.assign_coords(onset=("time", onsets, {"units": "s"}))


def tr_features(
    values: Float[np.ndarray, "tr layer feature"], times: Mapping[str, np.ndarray]
) -> xr.Dataset:
    """Rows that already are the TRs of the stimulus, run after run in the order of `times`."""
    runs = np.repeat(list(times), [len(middles) for middles in times.values()])
    return _artefact(values, runs, np.concatenate(list(times.values())), clock="tr")


def _artefact(
    values: Float[np.ndarray, "time layer feature"],
    runs: Shaped[np.ndarray, " time"],
    seconds: Float[np.ndarray, " time"],
    clock: str,
) -> xr.Dataset:
    return xr.Dataset(
        {"features": (("time", "layer", "feature"), values.astype(np.float32, copy=False))},
        coords={
            "run": ("time", runs),
            "time": ("time", seconds, {"units": "s"}),
            "layer": np.arange(values.shape[1]),
        },
        attrs={"clock": clock},
    )
