"""Voxelwise encoding: chosen on training rows, scored once on rows left out, block by block."""

from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr
from jaxtyping import Float

from braid.errors import BadInput
from braid.evaluation.chance import of_noise
from braid.evaluation.gather import join
from braid.evaluation.left_out import tested
from braid.evaluation.parts import blocks
from braid.evaluation.plan import Plan
from braid.evaluation.recordings import Recordings
from braid.evaluation.scoring import mean_over_folds, score
from braid.evaluation.search import Choice, choose
from braid.evaluation.solvers import Solver, solver
from braid.evaluation.table import Table
from braid.fitting import BLOCK, read_ahead
from braid.fitting.inputs import usable
from braid.fitting.nulls.calibration import sampled, surrogates

# What says where a voxel lies.
PLACES = ("i", "j", "k", "hemi", "vertex", "region", "roi")


def fit(
    table: Table,
    recordings: Recordings,
    plan: Plan,
    voxels: slice,
    searches: Sequence[xr.Dataset] = (),
) -> tuple[xr.Dataset, xr.Dataset]:
    """Fit and score one part of the voxels of a subject.

    Nothing of a voxel depends on the part that it is in: blocks of voxels are the same in every
    split, and what is chosen over all voxels comes from the searches of all parts.

    Parameters
    ----------
    table
        The designs.
    recordings
        The responses, read a block at a time.
    plan
        The fit, the folds and the null.
    voxels
        The part, whole blocks.
    searches
        What `braid.evaluation.search.search` found in every part, where there are several.

    Returns
    -------
    scores
        See `braid.evaluation.scoring.score`; `ceiling` (voxel) where stimuli were repeated. The
        attribute `events` says what did not go as planned.
    weights
        `coef` (weight, voxel), mean over folds, with coordinates `delay` in seconds and `band`.
    """
    choices = choose(table, recordings, plan, voxels, searches)
    folds = plan.outer(table.labels)
    pairs = list(zip(folds, choices, strict=True))
    solvers = [solver(table, fold, *choice, plan) for fold, choice in pairs]
    left_out = tested(folds, table.labels, plan)
    columns = len(table.bands) * len(plan.fit.delays)
    coef = np.empty((columns, voxels.stop - voxels.start), np.float32)
    carded = sampled(recordings.voxels)
    found, sample = [], []
    for block, Y in read_ahead(recordings.responses, _pieces(voxels, plan)):
        outcomes = [one.solve(Y) for one in solvers]
        inside = slice(block.start - voxels.start, block.stop - voxels.start)
        coef[:, inside] = mean_over_folds([outcome.coef for outcome in outcomes])
        scores = score(Y, table.labels, outcomes, plan)
        ceiling = recordings.ceiling(block, left_out)
        scores["ceiling"] = ("voxel", ceiling.astype(np.float32))
        found.append(scores)
        kept = carded[block] & usable(Y)
        sample.append((block.start + np.flatnonzero(kept), Y[:, kept]))
    card = _calibration(sample, table, solvers, plan, voxels)
    attrs = recordings.head.attrs | _remarks(choices, solvers, plan)
    return (
        join(found).assign(card).assign_coords(places(recordings.head, voxels)).assign_attrs(attrs),
        _weights(coef, table.bands, plan).assign_attrs(attrs),
    )


def chosen(scores: xr.Dataset, folds: int) -> list[Choice]:
    """Read back what a fit had chosen over all voxels.

    Parameters
    ----------
    scores
        What `fit` returned, or what was gathered from it.
    folds
        Number of outer folds.

    Raises
    ------
    BadInput
        When the scores do not say it.
    """
    if "choices" not in scores.attrs:
        source = f"{scores.attrs['dataset']} {scores.attrs['subject']}"
        raise BadInput(source, "choices", "not in the scores", "run the rules fit and encode again")
    rows = np.reshape(scores.attrs["choices"], (folds, -1)).tolist()
    return [Choice(tuple(layers), None if alpha < 0 else alpha) for *layers, alpha in rows]


def places(head: xr.Dataset, voxels: slice | np.ndarray) -> dict[str, xr.DataArray]:
    """Coordinates of recordings that say where some of the voxels lie."""
    return {name: head[name][voxels] for name in PLACES if name in head.coords}


def _pieces(voxels: slice, plan: Plan) -> Iterable[slice]:
    """Voxels in memory at a time.

    Banded ridge decomposes every draw again for each piece; some schemes see all voxels at once.
    """
    streams = plan.fit.solver == "ridge" and not plan.fit.scheme
    return blocks(voxels) if streams else [voxels]


def _remarks(choices: Sequence[Choice], solvers: Sequence[Solver], plan: Plan) -> dict[str, object]:
    """What was chosen in each fold, and events of all folds."""
    penalties = [-1 if choice.alpha is None else choice.alpha for choice in choices]
    pairs = zip(choices, penalties, strict=True)
    return {
        "label": plan.fit.label,
        "layers": [choice.layers[0] for choice in choices],
        # Of each fold, the layer of every feature space and the penalty that all voxels share.
        "choices": [number for choice, alpha in pairs for number in (*choice.layers, alpha)],
        "events": "\n".join(event for one in solvers for event in one.events),
    }


def _calibration(
    sample: Sequence[tuple[np.ndarray, np.ndarray]],
    table: Table,
    solvers: Sequence[Solver],
    plan: Plan,
    voxels: slice,
) -> dict[str, tuple[str, np.ndarray]]:
    """What this fit and its test find in noise that is like the responses of some voxels.

    Noise goes the way of responses, through every fold: held against predictions that others made,
    it would not show what folds do to each other.
    """
    numbers, Y = (np.concatenate(part, axis=-1) for part in zip(*sample, strict=True))
    source, name = of_noise(plan.chance)
    values = np.full(voxels.stop - voxels.start, np.nan, np.float32)
    # A part may hold no voxel of the sample.
    for here in _pieces(slice(0, len(numbers)), plan) if len(numbers) else []:
        noise = _filled(surrogates(Y[:, here], table.runs, numbers[here], plan.seed), Y.dtype)
        scores = score(noise, table.labels, [one.solve(noise) for one in solvers], plan)
        values[numbers[here] - voxels.start] = scores[source].values[: len(numbers[here])]
    return {name: ("voxel", values)}


def _filled(
    noise: Float[np.ndarray, "tr voxel"], dtype: np.dtype
) -> Float[np.ndarray, "tr filled"]:
    """Whole blocks, whose bits do not depend on how many voxels there are."""
    missing = -noise.shape[1] % BLOCK
    return np.pad(noise.astype(dtype), ((0, 0), (0, missing)), constant_values=np.nan)


def _weights(coef: Float[np.ndarray, "weight voxel"], bands: np.ndarray, plan: Plan) -> xr.Dataset:
    delays = plan.fit.delays
    return xr.Dataset(
        {"coef": (("weight", "voxel"), coef)},
        coords={
            "delay": ("weight", np.repeat(delays, len(bands)), {"units": "s"}),
            "band": ("weight", np.tile(bands, len(delays)).astype(str)),
        },
    )
