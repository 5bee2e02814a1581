"""Voxels in batches, each a row of its own, so that no result depends on a voxel's neighbours."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int, Real, Shaped

from braid.fitting.columns import as_rows
from braid.fitting.inputs import require_aligned, unmask, usable

# 1,000 draws of 1,024 voxels are 8 MB.
VOXEL_BATCH = 1024


def over_batches(
    statistic: Callable[[np.ndarray, np.ndarray], np.ndarray],
    Y: Real[np.ndarray, "tr voxel"],
    P: Real[np.ndarray, "tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
    size: int = VOXEL_BATCH,
) -> Float[np.ndarray, " voxel"]:
    """Reduce responses and predictions to one number a voxel, a batch of voxels at a time.

    Parameters
    ----------
    statistic
        Of responses and predictions (voxel, tr), float64.
    Y, P
        Responses and predictions.
    runs
        Run label of each TR.
    size
        Voxels of a batch.

    Returns
    -------
    Float[np.ndarray, "voxel"]
        NaN where a column is constant or not finite.

    Raises
    ------
    ValueError
        When lengths disagree.
    """
    require_aligned(P, Y, runs)
    kept = usable(Y) & usable(P)
    columns = np.flatnonzero(kept)
    batches = [columns[i : i + size] for i in range(0, len(columns), size)]
    values = [statistic(as_rows(Y[:, batch]), as_rows(P[:, batch])) for batch in batches]
    return unmask(np.concatenate([np.empty(0), *values]), kept)


def rows_of(runs: Shaped[np.ndarray, " tr"]) -> list[Int[np.ndarray, " _"]]:
    """Row numbers of each run, runs in order of appearance."""
    return [np.flatnonzero(runs == run) for run in dict.fromkeys(runs.tolist())]
