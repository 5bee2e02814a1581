"""One run cut into parts that are runs of their own, where a data set has but one."""

import numpy as np
import pandas as pd
import xarray as xr

from braid.features.rows import edges, midpoints
from braid.study.trained import Cut
from braid.timing import Stimulus


def cut_rows(rows: xr.Dataset, cut: Cut | None) -> xr.Dataset:
    """Rows (tr) of the parts, named after them; all rows as they are without a cut."""
    if cut is None:
        return rows
    own = rows.isel(tr=np.flatnonzero(rows["run"].values == cut.run))
    parts = [
        own.isel(tr=slice(*ends)).assign_coords(run=("tr", np.full(ends[1] - ends[0], name)))
        for name, ends in cut.parts.items()
    ]
    return xr.concat(parts, dim="tr")


def cut_stimulus(stimulus: Stimulus, rows: xr.Dataset, cut: Cut | None) -> Stimulus:
    """Words of the parts, each in the part whose TRs hold its middle.

    Parameters
    ----------
    stimulus
        Of the run.
    rows
        What `cut_rows` made of its responses: the times of the TRs of each part.
    cut
        The parts; without them the stimulus stays as it is.
    """
    if cut is None:
        return stimulus
    words = stimulus.events.loc[stimulus.events["run"] == cut.run]
    times = {name: rows["time"].values[rows["run"].values == name] for name in cut.parts}
    spoken = [_within(words, grid).assign(run=name) for name, grid in times.items()]
    return Stimulus(pd.concat(spoken, ignore_index=True), times)


def _within(words: pd.DataFrame, grid: np.ndarray) -> pd.DataFrame:
    first, *_, end = edges(grid)
    middle = midpoints(words)
    return words.loc[(middle >= first) & (middle < end)]
