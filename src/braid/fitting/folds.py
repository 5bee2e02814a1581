"""Which TRs train and which test: folds that never share a run, or keep a gap between blocks."""

from collections.abc import Collection

import numpy as np
from jaxtyping import Int, Shaped

Folds = list[tuple[Int[np.ndarray, " _"], Int[np.ndarray, " _"]]]


def leave_one_run_out(runs: Shaped[np.ndarray, " tr"]) -> Folds:
    """Test on each run in turn, train on all the others.

    Parameters
    ----------
    runs
        Run label of each TR.

    Returns
    -------
    Folds
        (train, test) indices, one pair per run, in the order in which runs appear.

    Raises
    ------
    ValueError
        When there is one run only, so that nothing is left to train on.
    """
    return [fold for run in dict.fromkeys(runs.tolist()) for fold in hold_out(runs, [run])]


def hold_out(runs: Shaped[np.ndarray, " tr"], held: Collection[str | int]) -> Folds:
    """Test on the runs `held`, train on the others: one fold.

    Parameters
    ----------
    runs
        Run label of each TR.
    held
        Labels of the test runs.

    Returns
    -------
    Folds
        One (train, test) pair.

    Raises
    ------
    ValueError
        When a held run does not exist, none is held, or none is left to train on.
    """
    unknown = set(held) - set(runs.tolist())
    if unknown:
        raise ValueError(f"no such run to hold out: {sorted(map(str, unknown))}")
    test = np.isin(runs, list(held))
    if test.all() or not test.any():
        raise ValueError(f"holding out {list(held)} leaves no run to train on, or none to test")
    return [(np.flatnonzero(~test), np.flatnonzero(test))]


def contiguous_blocks(n: int, k: int, gap: int) -> Folds:
    """Cut a recording into blocks; test on each in turn, train on what is not near it.

    Parameters
    ----------
    n
        TRs of the recording.
    k
        Test blocks; their lengths differ by one TR at most.
    gap
        TRs on both sides of the test block that training leaves out: at least the longest delay
        plus the length over which noise stays correlated.

    Returns
    -------
    Folds
        (train, test) indices, one pair per block. Every TR is tested once.

    Raises
    ------
    ValueError
        When `k` blocks do not fit into `n` TRs, or a block with its gaps leaves no TR to train on.
    """
    if not 2 <= k <= n or gap < 0:
        raise ValueError(f"cannot cut {n} TRs into {k} blocks with a gap of {gap}")
    blocks = np.array_split(np.arange(n), k)
    folds = [(_outside(n, block, gap), block) for block in blocks]
    if not all(len(train) for train, _ in folds):
        raise ValueError(f"{n} TRs in {k} blocks with a gap of {gap} leave nothing to train on")
    return folds


def _outside(n: int, block: np.ndarray, gap: int) -> np.ndarray:
    return np.r_[0 : max(block[0] - gap, 0), min(block[-1] + gap + 1, n) : n]
