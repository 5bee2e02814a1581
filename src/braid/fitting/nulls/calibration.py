"""How often a test is wrong on this data's own autocorrelation: its calibration card."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from jaxtyping import Bool, Float, Int, Real, Shaped

from braid.fitting.columns import as_rows
from braid.fitting.nulls.batches import rows_of

# Voxels that a card is measured on: a rate of .05 is then known to +- .014.
SAMPLE = 1000
GOLDEN = (np.sqrt(5) - 1) / 2
# Lags of the autoregression at most, where runs are long enough; TRs before its noise has settled.
ORDER, SETTLING = 30, 200


@dataclass(frozen=True)
class Calibration:
    """What share of voxels without any relation to the prediction a test reports.

    Attributes
    ----------
    rate
        Share of p at or below the nominal level; NaN where no voxel was tested.
    low, high
        Its binomial 95 % interval (Clopper & Pearson 1934).
    n
        Voxels tested.
    nominal
        The level.
    """

    rate: float
    low: float
    high: float
    n: int
    nominal: float = 0.05

    @property
    def verdict(self) -> str:
        """`calibrated`; `liberal` or `conservative` where the interval misses the level."""
        if not self.n:
            return "not measured"
        if self.low > self.nominal:
            return "liberal"
        return "conservative" if self.high < self.nominal else "calibrated"


def calibrate(p: Float[np.ndarray, " voxel"], nominal: float = 0.05) -> Calibration:
    """Make the card from p-values of surrogates.

    Parameters
    ----------
    p
        NaN where no surrogate was tested.
    nominal
        Level of the test.
    """
    tested = p[np.isfinite(p)]
    if not len(tested):
        return Calibration(np.nan, np.nan, np.nan, 0, nominal)
    count = scipy.stats.binomtest(int((tested <= nominal).sum()), len(tested))
    interval = count.proportion_ci()
    return Calibration(count.statistic, interval.low, interval.high, len(tested), nominal)


def sampled(total: int) -> Bool[np.ndarray, " voxel"]:
    """Sample about 1,000 of `total` voxels, evenly: by steps of the golden ratio."""
    return np.arange(total) * GOLDEN % 1 * total < SAMPLE


def surrogates(
    Y: Real[np.ndarray, "tr voxel"],
    runs: Shaped[np.ndarray, " tr"],
    voxels: Int[np.ndarray, " voxel"],
    seed: int,
) -> Float[np.ndarray, "tr voxel"]:
    """Noise with the autocorrelation and the amplitudes of each voxel, unrelated to any stimulus.

    Each voxel is fitted by an autoregression over all its runs (Burg's: always stationary, and not
    biased by short runs), which is driven anew, run by run, by its own residuals drawn with
    replacement. Short runs share one fit, and tails stay as heavy as they were. Phase randomisation
    would do neither: a run of 25 TRs has 12 phases, sums of random phases are Gaussian, and its
    surrogates are periodic, so that circular shifts would be right on them by construction,
    whatever the data. What a run loses with its mean no fit gives back, so the card reads low on
    short runs: on AR(1) noise of memory .8, five runs of 25 TRs, .059 for .067 of fresh noise under
    circular shifts and .118 for .163 under white noise; on twelve of 120, .042 for .053 and .208
    for .229; on sixteen of 312 it is right.

    Parameters
    ----------
    Y
        Responses, finite and not constant.
    runs
        Run label of each TR.
    voxels
        Numbers of the voxels among all: each has random numbers of its own.
    seed
        Of all voxels.

    Returns
    -------
    Float[np.ndarray, "tr voxel"]
        Each run with mean 0 and the spread of the response in that run.
    """
    rows = rows_of(runs)
    responses = as_rows(Y)
    centred = [responses[:, run] - responses[:, run].mean(axis=1, keepdims=True) for run in rows]
    whitening, residuals = _burg(centred, order=max(min(ORDER, min(map(len, rows)) // 4), 1))
    noise = np.empty(Y.shape)
    for column, voxel in enumerate(voxels.tolist()):
        random = np.random.default_rng([seed, voxel])
        shape = len(rows), SETTLING + max(map(len, rows))
        drive = random.choice(residuals[column] - residuals[column].mean(), shape)
        settled = np.asarray(scipy.signal.lfilter([1.0], whitening[column], drive, axis=1))[
            :, SETTLING:
        ]
        for run, response, drawn in zip(rows, centred, settled, strict=True):
            noise[run, column] = _like(response[column], drawn[: len(run)])
    return noise


def _burg(
    pieces: Sequence[Float[np.ndarray, "voxel _"]], order: int
) -> tuple[Float[np.ndarray, "voxel weight"], Float[np.ndarray, "voxel residual"]]:
    """Filter that whitens each row, one for all pieces, and what it leaves (Burg 1975)."""
    forward, backward = list(pieces), list(pieces)
    weights = np.ones((len(pieces[0]), 1))
    for _ in range(order):
        pairs = [(f[:, 1:], b[:, :-1]) for f, b in zip(forward, backward, strict=True)]
        product = np.sum([(f * b).sum(axis=1) for f, b in pairs], axis=0)
        power = np.sum([(f**2 + b**2).sum(axis=1) for f, b in pairs], axis=0)
        reflection = (-2 * product / power)[:, None]
        forward = [f + reflection * b for f, b in pairs]
        backward = [b + reflection * f for f, b in pairs]
        longer = np.pad(weights, ((0, 0), (0, 1)))
        weights = longer + reflection * longer[:, ::-1]
    return weights, np.concatenate(forward, axis=1)


def _like(response: Float[np.ndarray, " tr"], noise: Float[np.ndarray, " tr"]) -> np.ndarray:
    """Noise with mean 0 and the spread of the response."""
    centred = noise - noise.mean()
    return centred * (response.std() / centred.std())
