"""Is a correlation more than two slow time courses give by chance? Test against shifted time."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int, Real, Shaped
from numpy.fft import irfft, rfft

from braid.fitting.columns import unit_rows
from braid.fitting.nulls.batches import over_batches, rows_of

# Sums of products of unit rows are exact to about 1e-15; a periodic prediction shifted by its
# period is a tie, and must not count as smaller because of rounding.
ROUNDING = 1e-12


def circular_shift_test(
    Y: Real[np.ndarray, "tr voxel"],
    P: Real[np.ndarray, "tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
    *,
    n_draws: int,
    seed: int,
    min_shift: int = 1,
    spread: float = 1.0,
) -> Float[np.ndarray, " voxel"]:
    """One-sided p-value of each voxel's correlation against circularly shifted predictions.

    A shift keeps the autocorrelation of both time courses and breaks only their alignment, which
    parametric tests and nulls of white noise do not (they report two to six times too many
    voxels on slow signals). Each draw shifts the prediction within each run by a random number of
    TRs, the same for all voxels, and correlates over all runs together.

    Parameters
    ----------
    Y, P
        Responses and predictions.
    runs
        Run label of each TR; the TRs of a run are in order.
    n_draws
        Random draws. Short recordings have fewer distinct shifts: a repeated draw is no new
        evidence, so each distinct one counts once and the smallest p is 1 / (1 + distinct draws).
    seed
        Of the random shifts.
    min_shift
        In TRs: no shift is nearer to 0 than this, either way round the run. Small shifts belong to
        the null: leaving them out costs calibration and gains little power. Measured on AR(1)
        noise of memory 0.8, nominal .05, twelve runs of 120 TRs: .044 at 1, .075 at 10, .092 at 20.
    spread
        By how much more r scatters under chance than over draws, which hold the predictions: 1
        where these rows took no part in making them, up to sqrt(2) where each did for others.

    Returns
    -------
    Float[np.ndarray, "voxel"]
        p = (1 + draws with spread * r >= observed r) / (1 + draws) (Phipson & Smyth 2010); NaN
        where a column is constant or not finite. Any split of the voxels gives the same bits.

    Raises
    ------
    ValueError
        When lengths disagree, or a run is too short for `min_shift`.
    """
    rows = rows_of(runs)
    shifts = _draw_shifts([len(run) for run in rows], n_draws, min_shift, seed)

    def p_values(y: np.ndarray, p: np.ndarray) -> np.ndarray:
        return _p_values(unit_rows(y), unit_rows(p), rows, shifts, spread)

    return over_batches(p_values, Y, P, runs)


def _draw_shifts(
    lengths: Sequence[int], n_draws: int, min_shift: int, seed: int
) -> Int[np.ndarray, "draw run"]:
    """Distinct random shifts of each run."""
    if min_shift < 1 or min(lengths) < 2 * min_shift:
        raise ValueError(
            f"cannot shift a run of {min(lengths)} TRs by {min_shift} TRs or more either way"
        )
    low, high = min_shift, np.array(lengths) - min_shift
    draws = np.random.default_rng(seed).integers(
        low, high, size=(n_draws, len(lengths)), endpoint=True
    )
    return np.unique(draws, axis=0)


def _p_values(
    y: np.ndarray,
    p: np.ndarray,
    rows: Sequence[np.ndarray],
    shifts: Int[np.ndarray, "draw run"],
    spread: float,
) -> Float[np.ndarray, " voxel"]:
    # A shift within a run changes neither the mean nor the norm of the whole prediction, so the
    # correlation is a sum over runs of products at the drawn shifts.
    observed, null = np.zeros(len(y)), np.zeros((len(shifts), len(y)))
    for run, steps in zip(rows, shifts.T, strict=True):
        products = _products_at_every_shift(y[:, run], p[:, run])
        observed += products[0]
        null += products[steps]
    reached = (spread * null >= observed - ROUNDING).sum(axis=0)
    return (1 + reached) / (1 + len(shifts))


def _products_at_every_shift(
    y: Float[np.ndarray, "voxel tr"], p: Float[np.ndarray, "voxel tr"]
) -> Float[np.ndarray, "shift voxel"]:
    """Row s: the sum over t of y[t] * np.roll(p, s)[t], by the correlation theorem."""
    products = irfft(rfft(y) * rfft(p).conj(), n=y.shape[1])
    return np.ascontiguousarray(products.T)
