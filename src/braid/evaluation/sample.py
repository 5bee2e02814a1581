"""A random part of the voxels fitted again: what the fit of all found there, to the bit.

What was chosen over all voxels, the layers and a penalty that they share, is taken from that fit.
Whole blocks of voxels give the same bits whatever stands beside a voxel; the last block of a
subject, which may be of another width, is therefore fitted whole. So it is with ridge and banded
ridge. A scheme of a source sees all voxels at once, and cannot be sampled.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float, Int

from braid.errors import BadInput
from braid.evaluation.encoding import chosen, places
from braid.evaluation.gather import join
from braid.evaluation.left_out import Tested, tested
from braid.evaluation.plan import Plan
from braid.evaluation.recordings import Recordings
from braid.evaluation.scoring import score
from braid.evaluation.solvers import solver
from braid.evaluation.table import Table
from braid.fitting import BLOCK

# What is found of one voxel alone; `q`, and p of a null pooled over voxels, need all of them.
ALONE = ("r", "r2", "r_run", "alpha", "cv_score", "p", "split")


class _Piece(NamedTuple):
    """A block of responses, and which of its columns were drawn."""

    responses: Float[np.ndarray, "tr voxel"]
    drawn: Int[np.ndarray, " drawn"]
    voxels: Int[np.ndarray, " drawn"]
    """Their numbers among the voxels of the subject."""
    ceiling: Float[np.ndarray, " drawn"]
    """Of them."""


def sample(
    table: Table, recordings: Recordings, plan: Plan, fitted: xr.Dataset, n: int, seed: int
) -> xr.Dataset:
    """Fit and score voxels that are drawn at random.

    Parameters
    ----------
    table, recordings, plan
        As in `braid.evaluation.encoding.fit`.
    fitted
        What was gathered over all voxels: its attribute `choices` is used, its scores are not.
    n
        Number of voxels, or all when there are fewer.
    seed
        Of the draw.

    Returns
    -------
    xr.Dataset
        Scores as `fit` gives them, of each voxel alone; coordinate `voxel` has its number.

    Raises
    ------
    BadInput
        When the fit is a scheme of a source, or does not say what it chose.
    """
    if plan.fit.scheme:
        raise BadInput(
            "config/studies",
            f"scheme of “{plan.fit.label}”",
            f"{plan.fit.scheme} sees all voxels at once: a part of them cannot equal the whole",
            "replay it whole",
        )
    folds = plan.outer(table.labels)
    choices = chosen(fitted, len(folds))
    solvers = [
        solver(table, fold, *choice, plan) for fold, choice in zip(folds, choices, strict=True)
    ]
    found = []
    left_out = tested(folds, table.labels, plan)
    for piece in _pieces(recordings, _draw(recordings.voxels, n, seed), left_out):
        outcomes = [one.solve(piece.responses) for one in solvers]
        scores = score(piece.responses, table.labels, outcomes, plan)
        alone = scores[[name for name in ALONE if name in scores]].isel(voxel=piece.drawn)
        alone["ceiling"] = ("voxel", piece.ceiling.astype(np.float32))
        where = places(recordings.head, piece.voxels)
        found.append(alone.assign_coords(where).assign_coords(voxel=piece.voxels))
    return join(found)


def _draw(voxels: int, n: int, seed: int) -> Int[np.ndarray, " drawn"]:
    drawn = np.random.default_rng(seed).choice(voxels, min(n, voxels), replace=False)
    return np.sort(drawn)


def _pieces(
    recordings: Recordings, drawn: Int[np.ndarray, " drawn"], left_out: Tested
) -> Iterator[_Piece]:
    """Voxels of full blocks, packed into full blocks, and the last block as it is."""
    edge = recordings.voxels // BLOCK * BLOCK
    inner, outer = drawn[drawn < edge], drawn[drawn >= edge]
    for start in range(0, len(inner), BLOCK):
        yield _packed(recordings, inner[start : start + BLOCK], left_out)
    if len(outer):
        last = slice(edge, recordings.voxels)
        responses = recordings.responses(last)
        ceiling = recordings.ceiling(last, left_out)
        yield _Piece(responses, outer - edge, outer, ceiling[outer - edge])


def _packed(recordings: Recordings, voxels: Int[np.ndarray, " drawn"], left_out: Tested) -> _Piece:
    """Voxels of several blocks as one, filled up with masked ones."""
    responses, ceilings = [], []
    for first in np.unique(voxels // BLOCK) * BLOCK:
        block = slice(int(first), int(first) + BLOCK)
        inside = voxels[voxels // BLOCK * BLOCK == first] - first
        responses.append(recordings.responses(block)[:, inside])
        ceilings.append(recordings.ceiling(block, left_out)[inside])
    rows, dtype = responses[0].shape[0], responses[0].dtype
    filling = np.full((rows, BLOCK - len(voxels)), np.nan, dtype)
    packed = np.hstack([*responses, filling])
    return _Piece(packed, np.arange(len(voxels)), voxels, np.concatenate(ceilings))
