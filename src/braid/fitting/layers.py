"""Which layer of a network to use, chosen on training data alone."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from jaxtyping import Float, Real

from braid.fitting.ridge import ridge_cv


def choose_layer(
    layers: Iterable[Float[np.ndarray, "tr feature"]],
    Y: Real[np.ndarray, "tr voxel"],
    **settings: Any,
) -> tuple[int, Float[np.ndarray, " layer"]]:
    """Return the layer whose ridge predicts held-out training runs best.

    Parameters
    ----------
    layers
        Features of each layer for the training TRs only: what is given here is seen. A generator
        keeps one layer in memory at a time.
    Y
        Responses of the same TRs.
    settings
        Keywords of `ridge_cv`.

    Returns
    -------
    tuple
        Index of the best layer, and for each layer the mean over voxels of the cross-validated
        score at the best penalty.

    Raises
    ------
    ValueError
        As `ridge_cv` does.
    """
    means = [np.nanmean(ridge_cv(X, Y, **settings).best_scores) for X in layers]
    return int(np.argmax(means)), np.array(means)
