"""False discovery rate over the voxels that were tested."""

from typing import Literal

import numpy as np
import scipy
from jaxtyping import Float


def fdr(p: Float[np.ndarray, "*shape"], method: Literal["bh", "by"] = "bh") -> np.ndarray:
    """Adjust p-values so that q < .05 keeps the expected share of false discoveries below .05.

    Parameters
    ----------
    p
        P-values; NaN where nothing was tested.
    method
        "bh" (Benjamini & Hochberg 1995: independent or positively dependent tests) or "by"
        (Benjamini & Yekutieli 2001: any dependence).

    Returns
    -------
    np.ndarray
        q-values, of the shape of `p`; NaN where `p` is NaN, which is not counted as a test.

    Raises
    ------
    ValueError
        When a p-value lies outside 0..1.
    """
    tested = ~np.isnan(p)
    q = np.full(p.shape, np.nan)
    q[tested] = scipy.stats.false_discovery_control(p[tested], method=method)
    return q
