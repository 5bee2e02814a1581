"""Scores against chance: voxel by voxel in shards, then over all voxels together."""

from collections.abc import Callable
from functools import partial

import numpy as np
import xarray as xr
from jaxtyping import Float, Int, Shaped

from braid.fitting.inputs import unmask, usable
from braid.fitting.nulls import (
    POOLED,
    TESTS,
    block_permutation_test,
    shuffled_correlation,
)
from braid.fitting.nulls.calibration import Calibration, calibrate, candidates, sampled, surrogates
from braid.fitting.nulls.fdr import fdr
from braid.fitting.scores import pearson
from braid.study.chance import Chance

PerVoxel = dict[str, Float[np.ndarray, " voxel"]]
HELPERS = ("observed_r", "null_r", "calibration_r", "calibration_p")


def voxelwise(
    Y: Float[np.ndarray, "tr voxel"],
    P: Float[np.ndarray, "tr voxel"],
    segments: Shaped[np.ndarray, " tr"],
    voxels: Int[np.ndarray, " voxel"],
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
    voxels
        Numbers of the voxels among all.
    chance
        Which test.
    seed
        Of draws and surrogates.
    tr
        Seconds per TR.

    Returns
    -------
    dict
        `p` and `calibration_p`: p of the response, and of a surrogate of it where the voxel may be
        sampled for the calibration card (else NaN). Tests that need all voxels give correlations
        in their place: `observed_r`, `null_r` and `calibration_r`. All go to `finish`.
    """
    sample = candidates(voxels) & usable(Y) & usable(P)
    noise = surrogates(Y[:, sample], segments, voxels[sample], seed)
    if chance.kind in POOLED:
        return {
            "observed_r": pearson(Y, P),
            "null_r": shuffled_correlation(Y, P, seed=seed),
            "calibration_r": unmask(pearson(noise, P[:, sample]), sample),
        }
    test = partial(_test(chance, tr), runs=segments, n_draws=chance.n_draws, seed=seed)
    return {
        "p": test(Y, P),
        "calibration_p": unmask(test(noise, P[:, sample]), sample),
    }


def _test(chance: Chance, tr: float) -> Callable[..., np.ndarray]:
    if chance.block == "matched":
        return TESTS[chance.kind]
    return partial(block_permutation_test, block=max(round(chance.block / tr), 1))


def finish(scores: xr.Dataset, chance: Chance) -> xr.Dataset:
    """Correct p for the number of voxels, and say how far the test can be trusted.

    Parameters
    ----------
    scores
        Of all voxels in order, with what `voxelwise` returned.
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
