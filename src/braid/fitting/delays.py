"""Copies of the features at several delays, so that a linear fit can shape its own HRF."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from jaxtyping import Float, Shaped

from braid.fitting.inputs import require_finite

Edges = Literal["run", "stack"]


def delay(
    X: Float[np.ndarray, "tr feature"],
    delays: Sequence[int],
    runs: Shaped[np.ndarray, " tr"] | None = None,
) -> Float[np.ndarray, "tr column"]:
    """Shift the features by each delay and set the copies side by side.

    Parameters
    ----------
    X
        Features; the rows of a run are consecutive TRs. Where TRs were cut out of a run, delay
        before cutting, or label the pieces as different runs.
    delays
        In TRs; row t of a copy holds row t - delay of `X`. Negative delays look ahead.
    runs
        Run label of each row. Rows whose source lies in another run are zero. None treats all
        rows as one run.

    Returns
    -------
    Float[np.ndarray, "tr column"]
        Columns vary fastest by feature: all features at the first delay, then at the second.
    """
    labels = np.zeros(len(X)) if runs is None else runs
    return np.hstack([_shift(X, labels, steps) for steps in delays])


def design_matrix(
    X: Float[np.ndarray, "tr feature"],
    runs: Shaped[np.ndarray, " tr"],
    delays: Sequence[int],
    edges: Edges,
) -> Float[np.ndarray, "tr column"]:
    """Return the columns that a fit sees: finite features, delayed within runs or over the stack.

    Parameters
    ----------
    X, runs, delays
        As in `delay`.
    edges
        "run" fills with zeros at each run's edge. "stack" lets the last TRs of a run leak into the
        first of the next, as the published code of ds003020 does (HuthLab/deep-fMRI-dataset,
        `ridge_utils/util.py: make_delayed` after stacking).

    Raises
    ------
    ValueError
        When `X` is not finite.
    """
    require_finite(X)
    return delay(X, delays, run_labels(runs, edges))


def run_labels(runs: Shaped[np.ndarray, " tr"], edges: Edges) -> Shaped[np.ndarray, " tr"]:
    """Labels of what delays may not cross: runs, or nothing within the stack."""
    return runs if edges == "run" else np.zeros(len(runs))


def _shift(X: np.ndarray, labels: np.ndarray, steps: int) -> np.ndarray:
    source = np.arange(len(X)) - steps
    inside = (source >= 0) & (source < len(X))
    inside[inside] = labels[source[inside]] == labels[inside]
    shifted = np.zeros_like(X)
    shifted[inside] = X[source[inside]]
    return shifted
