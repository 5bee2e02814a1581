"""Scores against chance: voxel by voxel in shards, then over all voxels together."""

from collections.abc import Callable
from functools import partial

import numpy as np
import xarray as xr
from jaxtyping import Float, Shaped

from braid.fitting.nulls import (
    POOLED,
    TESTS,
    block_permutation_test,
    circular_shift_test,
    matched_block_test,
    shuffled_correlation,
)
from braid.fitting.nulls.calibration import Calibration, calibrate, sampled
from braid.fitting.nulls.fdr import fdr
from braid.fitting.scores import pearson
from braid.study.chance import Chance

PerVoxel = dict[str, Float[np.ndarray, " voxel"]]
HELPERS = ("observed_r", "null_r", "calibration_r", "calibration_p")
# Where every row is left out in turn, what fold A trains on in fold B comes back when B trains on
# A: under chance, the products of A with B are in r twice. Its variance is up to twice that of r
# with the predictions held, which is what draws show; ridge comes close. Without this factor, a
# nominal .05 is .10 to .13 on noise, and nothing is wrong in any fold alone (Noirhomme et al. 2014,
# NeuroImage: Clinical 4, 687 find the same of accuracies held against the binomial).
CROSSED = float(np.sqrt(2))


def voxelwise(
    Y: Float[np.ndarray, "tr voxel"],
    P: Float[np.ndarray, "tr voxel"],
    segments: Shaped[np.ndarray, " tr"],
    folds: int,
    chance: Chance,
    seed: int,
    tr: float,
) -> PerVoxel:
    """Test some of the voxels; nothing of a voxel depends on which others are tested with it.

    Parameters
    ----------
    Y, P
        Left-out responses and their predictions, standardised in each fold.
    segments
        Label of each row; nothing is shifted from one segment into another.
    folds
        How many left these rows out: several train on each other's.
    chance
        Which test. Those of published code are as they were.
    seed
        Of draws.
    tr
        Seconds per TR.

    Returns
    -------
    dict
        `p`. Tests that need all voxels give correlations in its place, `observed_r` and `null_r`,
        which go to `finish`.
    """
    if chance.kind in POOLED:
        return {"observed_r": pearson(Y, P), "null_r": shuffled_correlation(Y, P, seed=seed)}
    test = _test(chance, tr, folds)
    return {"p": test(Y, P, runs=segments, n_draws=chance.n_draws, seed=seed)}


def of_noise(chance: Chance) -> tuple[str, str]:
    """What `voxelwise` gives that the calibration card needs of noise, and its name there."""
    return ("observed_r", "calibration_r") if chance.kind in POOLED else ("p", "calibration_p")


def _test(chance: Chance, tr: float, folds: int) -> Callable[..., np.ndarray]:
    spread = CROSSED if folds > 1 else 1.0
    if chance.block != "matched":
        block = max(round(chance.block / tr), 1)
        return partial(block_permutation_test, block=block, spread=spread)
    ours = {"circular_shift": circular_shift_test, "block_permutation": matched_block_test}
    test = ours.get(chance.kind)
    return partial(test, spread=spread) if test else TESTS[chance.kind]


def finish(scores: xr.Dataset, chance: Chance) -> xr.Dataset:
    """Correct p for the number of voxels, and say how far the test can be trusted.

    Parameters
    ----------
    scores
        Of all voxels in order, with what `voxelwise` returned, and of the voxels that are sampled
        for the calibration card what it found in noise, named by `of_noise` (else NaN).
    chance
        As it was given to `voxelwise`.

    Returns
    -------
    xr.Dataset
        With `p` and `q` (voxel), and the calibration card in attributes: `chance` (the test) and
        `correction`, `false_positives` with its binomial 95 % interval `false_positives_low` to
        `false_positives_high`, measured on `false_positives_n` voxels. Helpers are gone.
    """
    if chance.kind in POOLED:
        scores = scores.assign(_pooled(scores, chance))
    sample = sampled(scores.sizes["voxel"])
    card = calibrate(scores["calibration_p"].values[sample])
    q = fdr(scores["p"].values, chance.correction).astype(np.float32)
    corrected = scores.assign(q=("voxel", q)).drop_vars(HELPERS, errors="ignore")
    return corrected.assign_attrs(chance=chance.kind, correction=chance.correction, **_attrs(card))


def _pooled(scores: xr.Dataset, chance: Chance) -> dict[str, tuple[str, np.ndarray]]:
    test, null = POOLED[chance.kind], scores["null_r"].values
    sources = {"p": "observed_r", "calibration_p": "calibration_r"}
    return {
        name: ("voxel", test(scores[source].values, null).astype(np.float32))
        for name, source in sources.items()
    }


def _attrs(card: Calibration) -> dict[str, float | int]:
    return {
        "false_positives": card.rate,
        "false_positives_low": card.low,
        "false_positives_high": card.high,
        "false_positives_n": card.n,
    }
