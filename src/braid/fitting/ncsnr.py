"""The noise ceiling of NSD: signal-to-noise ratio of single trials of images shown again."""

from functools import partial

import numpy as np
from jaxtyping import Float, Int, Real, Shaped

from braid.fitting.columns import as_rows, blockwise, unit_columns
from braid.fitting.inputs import unmask, usable


def zscore_sessions(
    betas: Real[np.ndarray, "trial voxel"], sessions: Shaped[np.ndarray, " trial"]
) -> Float[np.ndarray, "trial voxel"]:
    """Centre each voxel in each session and scale it to variance 1.

    Parameters
    ----------
    betas
        Single-trial responses in any unit.
    sessions
        Session of each trial.

    Returns
    -------
    Float[np.ndarray, "trial voxel"]
        NaN in sessions in which a voxel is constant or not finite.
    """
    return blockwise(partial(_zscore_sessions, sessions=sessions), betas)


def ncsnr(
    betas: Real[np.ndarray, "trial voxel"],
    images: Shaped[np.ndarray, " trial"],
    presentations: int = 3,
) -> Float[np.ndarray, " voxel"]:
    """Noise ceiling signal-to-noise ratio of NSD: signal sd / noise sd of single trials.

    The noise variance is the variance over the presentations of an image (ddof 1), mean over
    images. A z-scored response has variance 1, so the signal variance is the rest, or 0.

    Parameters
    ----------
    betas
        Single-trial responses, z-scored per session: `zscore_sessions`.
    images
        Image of each trial.
    presentations
        Images shown exactly so often are used; in NSD every image was to be shown three times.

    Returns
    -------
    Float[np.ndarray, "voxel"]
        NaN where the response is constant or not finite.

    Raises
    ------
    ValueError
        When no image was shown so often.

    References
    ----------
    Allen et al. 2022, Nature Neuroscience 25:116, Methods, "Noise ceiling estimation".
    """
    return blockwise(partial(_ncsnr, trials=_repeated(images, presentations)), betas)


def ncsnr_ceiling(ratio: Float[np.ndarray, " voxel"], n: float) -> Float[np.ndarray, " voxel"]:
    """Percentage of variance of the mean of n trials that signal explains.

    100 ncsnr^2 / (ncsnr^2 + 1/n); the ceiling of a correlation is the root of the share.

    Parameters
    ----------
    ratio
        `ncsnr`.
    n
        Trials that were averaged; their harmonic mean where images differ in it.

    References
    ----------
    Allen et al. 2022, Methods, "Noise ceiling estimation".
    """
    return 100 * ratio**2 / (ratio**2 + 1 / n)


def _zscore_sessions(betas: np.ndarray, sessions: np.ndarray) -> np.ndarray:
    scaled = np.full(betas.shape, np.nan)
    for session in np.unique(sessions):
        rows = np.flatnonzero(sessions == session)
        kept = np.flatnonzero(usable(betas[rows]))
        scaled[np.ix_(rows, kept)] = unit_columns(betas[np.ix_(rows, kept)]) * np.sqrt(len(rows))
    return scaled


def _repeated(images: np.ndarray, presentations: int) -> Int[np.ndarray, "image presentation"]:
    """Trials of the images shown exactly so often."""
    _, image, shown = np.unique(images, return_inverse=True, return_counts=True)
    if presentations not in shown:
        raise ValueError(f"no image was shown {presentations} times")
    trials = np.argsort(image, kind="stable")
    return trials[shown[image[trials]] == presentations].reshape(-1, presentations)


def _ncsnr(betas: np.ndarray, trials: np.ndarray) -> np.ndarray:
    kept = usable(betas)
    presented = np.take(as_rows(betas[:, kept]), trials, axis=1)
    noise = presented.var(axis=2, ddof=1).mean(axis=1)
    return unmask(np.sqrt((1 - noise).clip(min=0) / noise), kept)
