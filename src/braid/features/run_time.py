"""Run onset and time in run: what a model can predict without looking at the stimulus."""

import numpy as np
import xarray as xr
from jaxtyping import Float

from braid.features.rows import tr_features
from braid.timing import Stimulus

# Seconds until the response to the start of a run fell to 1/e: slow enough to outlast the 10 TRs
# that story data sets trim, fast enough to differ from the linear trend.
DECAY = 20.0


def extract(stimulus: Stimulus, model: None = None) -> xr.Dataset:
    """Two columns on the TR grid: exp(-t / 20 s) from the start of the run, and t / its length."""
    columns = [_columns(times) for times in stimulus.times.values()]
    return tr_features(np.concatenate(columns)[:, None], stimulus.times)


def _columns(times: Float[np.ndarray, " tr"]) -> Float[np.ndarray, "tr 2"]:
    since = times - times[0]
    return np.stack([np.exp(-since / DECAY), since / since[-1]], axis=1)
