"""Folds of a study turned into row numbers."""

import numpy as np
import xarray as xr

from braid.errors import BadInput
from braid.fitting import contiguous_blocks, hold_out, leave_one_run_out
from braid.study import Folds
from braid.study.fits import BlockFolds, EchoFolds, HeldOut, PictureFolds, RunFolds, SharedPictures

Rows = tuple[np.ndarray, np.ndarray]


def rows(folds: Folds, labels: xr.Dataset, tr: float, source: str) -> list[Rows]:
    """Training and left-out rows of each fold.

    Parameters
    ----------
    folds
        What the study says.
    labels
        Coordinates of the rows: `run`, and `image` and `shared` where each is a trial of a picture.
    tr
        Seconds per TR.
    source
        `public` or `twin`: held-out runs and sessions are named per source.

    Raises
    ------
    BadInput
        When a held-out run does not exist, rows that are to be split by picture are no trials of
        pictures, or none of them is of a shared one.
    """
    runs = labels["run"].values
    if isinstance(folds, PictureFolds):
        pictures = np.unique(_of_trials(labels, "image"), return_inverse=True)[1]
        return leave_one_run_out(pictures % folds.k)
    if isinstance(folds, SharedPictures):
        return _shared(folds, labels, source)
    if isinstance(folds, RunFolds):
        return leave_one_run_out(_groups(runs, folds.k))
    if isinstance(folds, BlockFolds):
        return contiguous_blocks(len(runs), folds.k, round(folds.gap / tr))
    if isinstance(folds, EchoFolds):
        return hold_out(runs, [run for run in set(runs) if run.endswith(f"_echo-{folds.test}")])
    return _held_out(folds, runs, source)


def _held_out(folds: HeldOut, runs: np.ndarray, source: str) -> list[Rows]:
    names = folds.runs[source]  # pyright: ignore[reportArgumentType]
    if missing := sorted(set(names) - set(runs)):
        raise BadInput(
            "config/studies", "runs", f"no such run: {', '.join(missing)}", "correct the study file"
        )
    return hold_out(runs, names)


def _shared(folds: SharedPictures, labels: xr.Dataset, source: str) -> list[Rows]:
    """Rows of later sessions are on neither side."""
    runs, shared = labels["run"].values, _of_trials(labels, "shared")
    sessions = list(dict.fromkeys(runs))[: folds.sessions[source]]  # pyright: ignore[reportArgumentType]
    used = np.isin(runs, sessions)
    if not (used & shared).any():
        raise _no_pictures(f"no shared picture was shown in these {len(sessions)} sessions")
    return [(np.flatnonzero(used & ~shared), np.flatnonzero(used & shared))]


def _of_trials(labels: xr.Dataset, name: str) -> np.ndarray:
    if name not in labels:
        raise _no_pictures("pictures are to be left out, but the rows are no trials of pictures")
    return labels[name].values


def _no_pictures(problem: str) -> BadInput:
    return BadInput("config/studies", "kind of folds", problem, "choose other folds")


def _groups(runs: np.ndarray, k: int | None) -> np.ndarray:
    """Deal the runs into `k` groups in turn; each its own group when `k` is None."""
    order = {run: i for i, run in enumerate(dict.fromkeys(runs))}
    return np.array([order[run] % (k or len(order)) for run in runs])
