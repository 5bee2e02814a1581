"""Rows of a design matrix: per-run z-scores, trims, counts, and the words of each TR."""

from pathlib import Path

import numpy as np
from jaxtyping import Float, Shaped

from braid.errors import BadInput


def zscore(
    X: Float[np.ndarray, "tr *feature"], runs: Shaped[np.ndarray, " tr"]
) -> Float[np.ndarray, "tr *feature"]:
    """Bring every column to mean 0 and standard deviation 1 within each run.

    A column that is constant in a run is 0 there.
    """
    scaled = np.zeros_like(X)
    for run in np.unique(runs):
        rows = runs == run
        block = X[rows].astype(float)
        centred, moves = block - block.mean(axis=0), np.ptp(block, axis=0) > 0
        zeros = np.zeros_like(centred)
        scaled[rows] = np.divide(centred, centred.std(axis=0), out=zeros, where=moves)
    return scaled


def trim(
    X: Shaped[np.ndarray, "tr *rest"], runs: Shaped[np.ndarray, " tr"], start: int, stop: int
) -> Shaped[np.ndarray, "kept *rest"]:
    """Drop the first `start` and the last `stop` rows of each run; `trim(runs, runs, ...)` too."""
    kept = np.zeros(len(runs), dtype=bool)
    for run in np.unique(runs):
        rows = np.flatnonzero(runs == run)
        kept[rows[start : len(rows) - stop]] = True
    return X[kept]


def check_count(
    file: str | Path, run: str, found: int, expected: int, trimmed: tuple[int, int]
) -> None:
    """Refuse a run whose number of TRs is not that of its stimulus.

    Parameters
    ----------
    file
        Where the run was found.
    run
        Its name.
    found, expected
        TRs in the file, and TRs of the stimulus after trimming.
    trimmed
        TRs taken from the start and the end of the stimulus.

    Raises
    ------
    BadInput
        When they differ.
    """
    if found != expected:
        start, stop = trimmed
        raise BadInput(
            file,
            f"run {run}",
            f"holds {found} TRs, but its stimulus has {expected} "
            f"({expected + start + stop} less {start} at the start and {stop} at the end)",
            "fetch the file again, or correct the length or the trim of that run",
        )
