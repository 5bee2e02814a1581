"""What is chosen over all voxels of a subject: the layer, and a penalty that all share.

Jobs score the candidates voxel by voxel, each in its own part; the mean is taken over the scores of
all parts in the order of the voxels, so that the choice does not know how they were cut.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float

from braid.errors import BadInput
from braid.evaluation.gather import join
from braid.evaluation.parts import blocks
from braid.evaluation.plan import Plan
from braid.evaluation.recordings import Recordings
from braid.evaluation.solvers import centred, engine
from braid.evaluation.splits import Rows
from braid.evaluation.table import Table
from braid.fitting import read_ahead


class Choice(NamedTuple):
    """What one outer fold is fitted with."""

    layers: tuple[int, ...]
    """Of each feature space."""
    alpha: int | None
    """Index of the penalty that all voxels share; None when each has its own."""


def search(table: Table, recordings: Recordings, plan: Plan, voxels: slice) -> xr.Dataset:
    """Score every layer, on the training rows of every outer fold.

    Parameters
    ----------
    table
        The designs.
    recordings
        The responses.
    plan
        Penalties, folds.
    voxels
        The part of them to score.

    Returns
    -------
    xarray.Dataset
        `score` (fold, candidate, penalty, voxel): cross-validated score of each layer of each
        feature space, coordinates `space` and `layer`; at every penalty when all voxels share it,
        else at the best. NaN in masked voxels.
    """
    candidates = [(i, j) for i, X in enumerate(table.designs) for j in range(X.shape[1])]
    scores = [
        [
            _scores(table.designs[i][:, j], table, fold, recordings, plan, voxels)
            for i, j in candidates
        ]
        for fold in plan.outer(table.labels)
    ]
    spaces, layers = np.transpose(candidates)
    return xr.Dataset(
        {"score": (("fold", "candidate", "penalty", "voxel"), np.array(scores))},
        coords={"space": ("candidate", spaces), "layer": ("candidate", layers)},
    )


def choose(
    table: Table,
    recordings: Recordings,
    plan: Plan,
    voxels: slice,
    searches: Sequence[xr.Dataset] = (),
) -> list[Choice]:
    """Choose for each outer fold, on its training rows.

    Parameters
    ----------
    table, recordings, plan
        As in `search`.
    voxels
        The part that this job fits.
    searches
        What `search` found in every part, in order; none when the part is all there is.

    Raises
    ------
    BadInput
        When a choice over all voxels is due and the searches do not cover them.
    """
    if not plan.one_penalty and all(design.shape[1] == 1 for design in table.designs):
        return [Choice((0,) * len(table.designs), None) for _ in plan.outer(table.labels)]
    found = join(searches or [search(table, recordings, plan, voxels)])
    if found.sizes["voxel"] != recordings.voxels:
        raise BadInput(
            f"{recordings.head.attrs['dataset']} {recordings.head.attrs['subject']}",
            "voxel",
            f"layers were searched in {found.sizes['voxel']} of {recordings.voxels} voxels",
            "give the searches of all parts",
        )
    scores = np.ascontiguousarray(found["score"].values)
    means = np.asarray(np.nanmean(scores, axis=-1, dtype=np.float64))
    return [_choice(fold, found["space"].values, found["layer"].values, plan) for fold in means]


def _scores(
    X: Float[np.ndarray, "tr feature"],
    table: Table,
    fold: Rows,
    recordings: Recordings,
    plan: Plan,
    voxels: slice,
) -> Float[np.ndarray, "penalty voxel"]:
    train = fold[0]
    prepared = engine(centred(X, train, plan), table, train, plan)
    read = read_ahead(recordings.responses, blocks(voxels))
    scores = np.concatenate(
        [prepared.scores(centred(Y, train, plan)[train]) for _, Y in read], axis=1
    )
    return scores if plan.one_penalty else scores.max(axis=0, keepdims=True)


def _choice(
    means: Float[np.ndarray, "candidate penalty"],
    spaces: np.ndarray,
    layers: np.ndarray,
    plan: Plan,
) -> Choice:
    best = [_argmax(means, spaces == space) for space in dict.fromkeys(spaces.tolist())]
    alpha = int(means[best[0]].argmax()) if plan.one_penalty else None
    return Choice(tuple(int(layers[i]) for i in best), alpha)


def _argmax(means: np.ndarray, among: np.ndarray) -> int:
    """Candidate of the highest mean at its best penalty."""
    members = np.flatnonzero(among)
    return int(members[means[members].max(axis=1).argmax()])
