"""What the folds of an encoding job amount to, voxel by voxel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from jaxtyping import Float, Int

from braid.evaluation.chance import voxelwise
from braid.evaluation.left_out import scored, scored_runs
from braid.evaluation.plan import Plan
from braid.fitting import pearson, r2


@dataclass(frozen=True)
class Outcome:
    """One fold: what was chosen for each voxel of a block, what was predicted.

    Attributes
    ----------
    test
        Rows left out.
    prediction
        Of the rows left out.
    alphas, cv_scores
        The penalty chosen, and its score on inner folds.
    coef
        Weights of the delayed features.
    split
        Product measure of each band; empty for plain ridge.
    """

    test: Int[np.ndarray, " test"]
    prediction: Float[np.ndarray, "test voxel"]
    alphas: Float[np.ndarray, " voxel"]
    cv_scores: Float[np.ndarray, " voxel"]
    coef: Float[np.ndarray, "weight voxel"]
    split: dict[str, Float[np.ndarray, " voxel"]]


def score(
    Y: Float[np.ndarray, "tr voxel"],
    labels: xr.Dataset,
    outcomes: Sequence[Outcome],
    plan: Plan,
) -> xr.Dataset:
    """Score left-out rows of a block of voxels, each against chance.

    Parameters
    ----------
    Y
        Responses; masked voxels are NaN.
    labels
        Coordinates of the rows: `run`, and `image` where pictures are left out.
    outcomes
        Folds, each with its own left-out rows.
    plan
        Which null, and its seed; and whether rows left out are averaged (`scored`).

    Returns
    -------
    xr.Dataset
        Over voxels: `r` and `r2` (means over folds), `alpha` (geometric mean over folds),
        `cv_score` (mean), what `braid.evaluation.chance.voxelwise` finds; `r_run` (run, voxel),
        the correlation within each run that a fold leaves out, or the part of it that is left out,
        or over all pictures that it leaves out;
        `split` (band, voxel) where fitted. Masked voxels are NaN in all of them.
    """
    tests = [outcome.test for outcome in outcomes]
    truths = [scored(Y[test], test, labels, plan) for test in tests]
    guesses = [scored(one.prediction, one.test, labels, plan) for one in outcomes]
    runs = [scored_runs(test, labels, plan) for test in tests]
    pairs = list(zip(truths, guesses, strict=True))
    found = {
        "r": mean_over_folds([pearson(*pair) for pair in pairs]),
        "r2": mean_over_folds([r2(*pair) for pair in pairs]),
        "alpha": np.exp(mean_over_folds([np.log(outcome.alphas) for outcome in outcomes])),
        "cv_score": mean_over_folds([outcome.cv_scores for outcome in outcomes]),
    } | voxelwise(
        _standard(truths),
        _standard(guesses),
        _segments(runs),
        len(outcomes),
        plan.chance,
        plan.seed,
        plan.tr,
    )
    scores = xr.Dataset({k: ("voxel", v.astype(np.float32)) for k, v in found.items()})
    scores = scores.merge(_by_run(pairs, runs))
    return scores.merge(_split(outcomes)) if outcomes[0].split else scores


def mean_over_folds(values: Sequence[np.ndarray]) -> np.ndarray:
    """Mean, added up fold by fold: `np.mean` adds in another order when a block has one voxel."""
    total = np.zeros_like(values[0])
    for value in values:
        total += value
    return total / len(values)


def _by_run(
    pairs: Sequence[tuple[np.ndarray, np.ndarray]], runs: Sequence[np.ndarray]
) -> xr.Dataset:
    names, values = [], []
    for (truth, guess), labels in zip(pairs, runs, strict=True):
        for run in dict.fromkeys(labels):
            inside = labels == run
            names.append(str(run))
            values.append(_pearson_of_run(truth[inside], guess[inside]))
    return xr.Dataset(
        {"r_run": (("run", "voxel"), np.array(values, np.float32))}, coords={"run": names}
    )


def _pearson_of_run(truth: np.ndarray, guess: np.ndarray) -> Float[np.ndarray, " voxel"]:
    # Two rows correlate by 1 or -1, whatever they are.
    return pearson(truth, guess) if len(truth) > 2 else np.full(truth.shape[1], np.nan)


def _split(outcomes: Sequence[Outcome]) -> xr.Dataset:
    names = list(outcomes[0].split)
    means = [mean_over_folds([outcome.split[name] for outcome in outcomes]) for name in names]
    return xr.Dataset(
        {"split": (("band", "voxel"), np.array(means, np.float32))}, coords={"band": names}
    )


def _standard(folds: Sequence[np.ndarray]) -> Float[np.ndarray, "tr voxel"]:
    """Give each fold equal weight and no mean of its own; a constant prediction stays constant."""
    return np.concatenate([_standard_fold(fold).T for fold in folds])


def _standard_fold(fold: Float[np.ndarray, "tr voxel"]) -> Float[np.ndarray, "voxel tr"]:
    # In rows, a voxel is added up in the same order however many there are.
    values = np.ascontiguousarray(fold.T, dtype=np.float64)
    centred = values - values.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    return np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)


def _segments(runs: Sequence[np.ndarray]) -> np.ndarray:
    """Label the rows by fold and run: nothing is shifted from one into another."""
    return np.concatenate([[f"{i}/{run}" for run in labels] for i, labels in enumerate(runs)])
