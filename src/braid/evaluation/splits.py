"""Folds of a study turned into row numbers."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Shaped

from braid.errors import BadInput
from braid.fitting import contiguous_blocks, hold_out, leave_one_run_out
from braid.study import Folds
from braid.study.fits import BlockFolds, EchoFolds, HeldOut, RunFolds

Rows = tuple[np.ndarray, np.ndarray]


def rows(folds: Folds, runs: np.ndarray, tr: float, source: str) -> list[Rows]:
    """Training and left-out rows of each fold.

    Parameters
    ----------
    folds
        What the study says.
    runs
        Run of each row, shape (tr,).
    tr
        Seconds per TR.
    source
        `public` or `twin`: held-out runs are named per source.

    Raises
    ------
    BadInput
        When a held-out run does not exist.
    """
    if isinstance(folds, RunFolds):
        return leave_one_run_out(_groups(runs, folds.k))
    if isinstance(folds, BlockFolds):
        return contiguous_blocks(len(runs), folds.k, round(folds.gap / tr))
    if isinstance(folds, EchoFolds):
        return hold_out(runs, [run for run in set(runs) if run.endswith(f"_echo-{folds.test}")])
    return _held_out(folds, runs, source)


def tested(folds: Sequence[Rows], runs: Shaped[np.ndarray, " tr"]) -> frozenset[str]:
    """Runs of which any row is left out."""
    return frozenset(str(run) for _, test in folds for run in runs[test])


def _held_out(folds: HeldOut, runs: np.ndarray, source: str) -> list[Rows]:
    names = folds.runs[source]  # pyright: ignore[reportArgumentType]
    if missing := sorted(set(names) - set(runs)):
        raise BadInput(
            "config/studies", "runs", f"no such run: {', '.join(missing)}", "correct the study file"
        )
    return hold_out(runs, names)


def _groups(runs: np.ndarray, k: int | None) -> np.ndarray:
    """Deal the runs into `k` groups in turn; each its own group when `k` is None."""
    order = {run: i for i, run in enumerate(dict.fromkeys(runs))}
    return np.array([order[run] % (k or len(order)) for run in runs])
