"""Intervals of a partition: runs are drawn again and again, with replacement.

Runs are the unit because TRs within one are not independent. Every measure is a function of sums
over rows, so that a resample is a weighted sum of what the runs contribute, and all resamples are
one matrix product. Which runs a resample holds depends on the seed and on how many runs there are.
"""

from collections.abc import Callable, Iterator
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Real, Shaped

from braid.fitting.banded.partition import region_totals
from braid.fitting.columns import as_rows, blockwise
from braid.fitting.inputs import unmask, usable
from braid.fitting.scores import Score

# Voxels resampled at a time, always as many: the place of a voxel among others never changes its
# bits, and resamples of them fit into memory.
WIDTH = 192


class RunSums(NamedTuple):
    """What each run contributes to a measure."""

    sums: Float[np.ndarray, "run statistic voxel"]
    """NaN where the response is constant or not finite."""
    measure: Callable[[np.ndarray], np.ndarray]
    """From sums (resample, statistic, voxel) to values (resample, band, voxel)."""


class Interval(NamedTuple):
    """Bounds of each value."""

    low: Float[np.ndarray, "band _"]
    high: Float[np.ndarray, "band _"]


def product_sums(
    Y: Real[np.ndarray, "tr voxel"],
    split_predictions: Float[np.ndarray, "band tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
) -> RunSums:
    """What each run contributes to `product_measure`."""
    return RunSums(_run_sums(_product_terms, Y, split_predictions, runs), _product)


def unique_sums(
    Y: Real[np.ndarray, "tr voxel"],
    P: Float[np.ndarray, "tr voxel"],
    without: Float[np.ndarray, "band tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
    score: Score = "r2",
) -> RunSums:
    """What each run contributes to `unique_variance`."""
    terms, measure = _UNIQUE[score]
    return RunSums(_run_sums(terms, Y, np.concatenate([P[None], without]), runs), measure)


def bootstrap_runs(
    contributions: RunSums,
    *,
    n_boot: int = 1000,
    seed: int = 0,
    regions: Bool[np.ndarray, "region voxel"] | None = None,
    level: float = 0.95,
) -> Interval:
    """Percentile interval of a measure over resampled runs.

    Parameters
    ----------
    contributions
        Of `product_sums` or `unique_sums`.
    n_boot
        Resamples.
    seed
        Of the resamples.
    regions
        Voxels of each region: the interval is then that of the mean over a region's voxels, all of
        which a resample gives the same runs.
    level
        Share of the resamples that the interval holds.

    Returns
    -------
    Interval
        (band, voxel), or (band, region). NaN where the response is constant or not finite, or is
        constant in the runs of a resample.

    Raises
    ------
    ValueError
        When there are fewer than two runs: nothing varies between resamples of one.
    """
    n_runs = len(contributions.sums)
    if n_runs < 2:
        raise ValueError(f"{n_runs} run: an interval over runs needs at least 2")
    chance = np.full(n_runs, 1 / n_runs)
    times = np.random.default_rng(seed).multinomial(n_runs, chance, n_boot).astype(np.float64)
    bounds = [(1 - level) / 2, (1 + level) / 2]
    resamples = _resamples(contributions, times)
    if regions is None:
        parts = [np.quantile(values, bounds, axis=0) for values in resamples]
        return Interval(*np.concatenate(parts, axis=-1))
    return Interval(*np.quantile(_means(resamples, regions), bounds, axis=0))


def _resamples(contributions: RunSums, times: np.ndarray) -> Iterator[np.ndarray]:
    """Values (resample, band, voxel) of the measure, some voxels at a time."""
    sums, measure = contributions
    for first in range(0, sums.shape[2], WIDTH):
        part = sums[:, :, first : first + WIDTH]
        filled = np.zeros((*sums.shape[:2], WIDTH))
        filled[:, :, : part.shape[2]] = part
        resampled = times @ filled.reshape(len(filled), -1)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = measure(resampled.reshape(len(times), -1, WIDTH))
        yield values[:, :, : part.shape[2]]


def _means(resamples: Iterator[np.ndarray], regions: np.ndarray) -> np.ndarray:
    """Mean over the voxels of each region (resample, band, region)."""
    starts = range(0, regions.shape[1], WIDTH)
    parts = (
        region_totals(values, regions[:, first : first + WIDTH])
        for first, values in zip(starts, resamples, strict=True)
    )
    totals, counts = (sum(each) for each in zip(*parts, strict=True))
    return np.divide(totals, counts, out=np.full_like(totals, np.nan), where=counts > 0)


def _run_sums(
    terms: Callable[[np.ndarray, np.ndarray], np.ndarray],
    Y: np.ndarray,
    predictions: np.ndarray,
    runs: np.ndarray,
) -> np.ndarray:
    rows = [np.flatnonzero(runs == run) for run in dict.fromkeys(runs.tolist())]
    return blockwise(partial(_block_sums, terms, rows), Y, predictions)


def _block_sums(
    terms: Callable[[np.ndarray, np.ndarray], np.ndarray],
    rows: list[np.ndarray],
    Y: np.ndarray,
    predictions: np.ndarray,
) -> np.ndarray:
    kept = usable(Y) & np.isfinite(predictions).all(axis=(0, 1))
    y, parts = as_rows(Y[:, kept]), np.stack([as_rows(P[:, kept]) for P in predictions])
    sums = [terms(y.take(run, axis=1), parts.take(run, axis=2)).sum(axis=2) for run in rows]
    return unmask(np.stack(sums), kept)


def _product_terms(y: np.ndarray, parts: np.ndarray) -> np.ndarray:
    return np.stack([*_response_terms(y), *parts, *(parts * (2 * y - parts.sum(axis=0)))])


def _product(sums: np.ndarray) -> np.ndarray:
    mean, total = _mean_and_total(sums)
    parts, products = np.split(sums[:, 3:], 2, axis=1)
    return (products - 2 * mean * parts) / total


def _error_terms(y: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    return np.stack([*_response_terms(y), *((y - predictions) ** 2)])


def _unique_r2(sums: np.ndarray) -> np.ndarray:
    _, total = _mean_and_total(sums)
    return (sums[:, 4:] - sums[:, 3:4]) / total


def _moment_terms(y: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    moments = [predictions, predictions**2, predictions * y]
    return np.concatenate([_response_terms(y), *moments])


def _unique_r(sums: np.ndarray) -> np.ndarray:
    mean, total = _mean_and_total(sums)
    P, PP, Py = np.split(sums[:, 3:], 3, axis=1)
    spread = PP - P**2 / sums[:, :1]
    # What rounding leaves of a constant prediction is no spread.
    spread = np.where(spread > 1e-12 * PP, spread, np.nan)
    r = (Py - mean * P) / np.sqrt(spread * total)
    return r[:, :1] - r[:, 1:]


def _response_terms(y: np.ndarray) -> list[np.ndarray]:
    return [np.ones_like(y), y, y**2]


def _mean_and_total(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the response and its sum of squares about that, each (resample, 1, voxel)."""
    count, first, second = (sums[:, i : i + 1] for i in range(3))
    return first / count, second - first**2 / count


_UNIQUE = MappingProxyType({"r2": (_error_terms, _unique_r2), "r": (_moment_terms, _unique_r)})
