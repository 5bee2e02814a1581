"""What the folds of an encoding job amount to, voxel by voxel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from jaxtyping import Float, Int, Shaped

from braid.fitting import circular_shift_test, fdr, noise_ceiling, pearson, r2
from braid.study.models import Chance


@dataclass(frozen=True)
class Outcome:
    """One fold: what was chosen, what was predicted.

    Attributes
    ----------
    test
        Rows left out.
    prediction
        Of the rows left out.
    alphas, cv_scores
        The penalty chosen, and its score on inner folds.
    layers
        Layer chosen for each feature space.
    coef
        Weights of the delayed features.
    split
        Product measure of each band; empty for plain ridge.
    """

    test: Int[np.ndarray, " test"]
    prediction: Float[np.ndarray, "test voxel"]
    alphas: Float[np.ndarray, " voxel"]
    cv_scores: Float[np.ndarray, " voxel"]
    layers: tuple[int, ...]
    coef: Float[np.ndarray, "weight voxel"]
    split: dict[str, Float[np.ndarray, " voxel"]]


def score(
    Y: Float[np.ndarray, "tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
    outcomes: Sequence[Outcome],
    chance: Chance,
    seed: int,
) -> xr.Dataset:
    """Score left-out rows, each voxel against circular shifts of its own prediction.

    Parameters
    ----------
    Y
        Responses; masked voxels are NaN.
    runs
        Run of each row.
    outcomes
        Folds, each with its own left-out rows.
    chance
        How many shifts.
    seed
        Of the shifts.

    Returns
    -------
    xr.Dataset
        Over voxels: `r` and `r2` (means over folds), `p`, `q` (Benjamini-Hochberg), `alpha`
        (geometric mean over folds), `cv_score` (mean); `split` (band, voxel) where fitted.
        Masked voxels are NaN in all of them.
    """
    truths = [Y[outcome.test] for outcome in outcomes]
    guesses = [outcome.prediction for outcome in outcomes]
    pairs = list(zip(truths, guesses, strict=True))
    p = circular_shift_test(
        np.concatenate([_standard(truth) for truth in truths]),
        np.concatenate([_standard(guess) for guess in guesses]),
        _segments(runs, outcomes),
        n_draws=chance.n_draws,
        seed=seed,
    )
    voxelwise = {
        "r": np.mean([pearson(*pair) for pair in pairs], axis=0),
        "r2": np.mean([r2(*pair) for pair in pairs], axis=0),
        "p": p,
        "q": fdr(p),
        "alpha": np.exp(np.mean([np.log(outcome.alphas) for outcome in outcomes], axis=0)),
        "cv_score": np.mean([outcome.cv_scores for outcome in outcomes], axis=0),
    }
    scores = xr.Dataset({k: ("voxel", v.astype(np.float32)) for k, v in voxelwise.items()})
    names = list(outcomes[0].split)
    if names:
        split = np.mean([[outcome.split[name] for name in names] for outcome in outcomes], axis=0)
        scores["split"] = (("band", "voxel"), split.astype(np.float32))
        scores = scores.assign_coords(band=names)
    return scores


def ceiling(recordings: Sequence[xr.Dataset]) -> Float[np.ndarray, " voxel"]:
    """Noise ceiling of r for the mean response to the first recording that was repeated.

    NaN in every voxel when nothing was repeated.
    """
    for recording in recordings:
        if "repeats" in recording:
            repeats = recording["repeats"].values
            return noise_ceiling(repeats, averaged=len(repeats))
    return np.full(recordings[0].sizes["voxel"], np.nan)


def _standard(values: Float[np.ndarray, "tr voxel"]) -> Float[np.ndarray, "tr voxel"]:
    """Give each fold equal weight and no mean of its own; a constant prediction stays constant."""
    centred = values - values.mean(axis=0)
    spread = centred.std(axis=0)
    return np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)


def _segments(runs: np.ndarray, outcomes: Sequence[Outcome]) -> np.ndarray:
    """Label the left-out rows by fold and run: nothing is shifted from one into another."""
    return np.concatenate(
        [[f"{i}/{run}" for run in runs[outcome.test]] for i, outcome in enumerate(outcomes)]
    )
