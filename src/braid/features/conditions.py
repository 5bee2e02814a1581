"""Indicators of the conditions of an event table, in named bands."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float

from braid.errors import BadInput
from braid.features.rows import edges, tr_features
from braid.timing import Stimulus


def extract(
    stimulus: Stimulus,
    model: None = None,
    *,
    coding: Literal["onset", "boxcar"],
    bands: Mapping[str, Mapping[str, Sequence[str]]],
) -> xr.Dataset:
    """Count the events of each column in each TR.

    Parameters
    ----------
    stimulus
        Events whose labels are conditions.
    model
        Not used.
    coding
        `onset`: each event counts once, shared between the two TRs whose middles enclose its
        onset, so that an FIR model keeps the time within the TR (pinel2007, delays 1-4: median r
        .20 instead of .17 with whole counts). `boxcar`: fraction of the TR that events cover.
    bands
        Band, then column, then the conditions that the column counts. A condition may count in
        several bands: a spoken sentence is both auditory and a sentence.

    Returns
    -------
    xr.Dataset
        Variable `features` (time, layer, feature) with one layer, on the TR grid; coordinates
        `band` and `column` name each feature.

    Raises
    ------
    BadInput
        When a condition does not occur, or a column is zero in every TR.
    """
    names = [(band, column) for band, columns in bands.items() for column in columns]
    design = np.stack([_column(stimulus, coding, bands, *name) for name in names], axis=1)
    features = tr_features(design[:, None], stimulus.times)
    band, column = zip(*names, strict=True)
    return features.assign_coords(band=("feature", list(band)), column=("feature", list(column)))


def _column(
    stimulus: Stimulus,
    coding: str,
    bands: Mapping[str, Mapping[str, Sequence[str]]],
    band: str,
    column: str,
) -> Float[np.ndarray, " tr"]:
    field = f"bands.{band}.{column}"
    chosen = _choose(stimulus.events, bands[band][column], field)
    code = _onsets if coding == "onset" else _coverage
    values = [code(chosen.loc[chosen["run"] == run, :], t) for run, t in stimulus.times.items()]
    series = np.concatenate(values)
    if not series.any():
        raise BadInput("conditions", field, "is zero in every TR", "remove it from the study")
    return series


def _choose(events: pd.DataFrame, labels: Sequence[str], field: str) -> pd.DataFrame:
    found = set(events["label"])
    if missing := [label for label in labels if label not in found]:
        raise BadInput(
            "conditions",
            field,
            f"no event is called {', '.join(missing)}",
            f"use conditions that occur: {', '.join(sorted(found))}",
        )
    return events.loc[events["label"].isin(labels), :]


def _onsets(events: pd.DataFrame, times: Float[np.ndarray, " tr"]) -> Float[np.ndarray, " tr"]:
    distance = np.abs(times[:, None] - events["onset"].to_numpy(float)) / (times[1] - times[0])
    return np.clip(1 - distance, 0, None).sum(axis=1)


def _coverage(events: pd.DataFrame, times: Float[np.ndarray, " tr"]) -> Float[np.ndarray, " tr"]:
    bounds = edges(times)
    start = np.clip(events["onset"].to_numpy(float)[:, None], bounds[:-1], bounds[1:])
    stop = np.clip(events["offset"].to_numpy(float)[:, None], bounds[:-1], bounds[1:])
    return (stop - start).sum(axis=0) / np.diff(bounds)
