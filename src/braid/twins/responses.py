"""Simulated BOLD: planted weights on what was heard, a haemodynamic response, autocorrelated noise.

The simulator works on a fine clock of its own and shares nothing with `timing` and `fitting`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int16
from scipy.signal import fftconvolve, lfilter
from scipy.stats import gamma, zscore

from braid.twins.textgrids import Interval

STEP = 0.1  # s, the clock of the simulation
AUTOCORRELATION = 0.4  # of the noise, from one TR to the next


class Clock(NamedTuple):
    """When the scanner ran while a stimulus was presented, and what was published of it."""

    trs: int
    """Of the whole scan."""
    tr: float
    """Seconds."""
    lead: float
    """Seconds that the scanner runs before the stimulus."""
    dropped: tuple[int, int]
    """TRs missing from the published responses at the start and at the end."""

    @property
    def steps(self) -> int:
        """Length of the scan on the clock of the simulation."""
        return round(self.trs * self.tr / STEP)


def hear_words(
    words: Sequence[Interval], vectors: Float[np.ndarray, "word direction"], clock: Clock
) -> Float[np.ndarray, "step direction"]:
    """Put the vector of each word at the middle of the word, on the clock of the scanner."""
    drive = np.zeros((clock.steps, vectors.shape[1]))
    middles = np.array([(word.start + word.end) / 2 for word in words])
    np.add.at(drive, np.rint((middles + clock.lead) / STEP).astype(int), vectors)
    return drive


def hear_loudness(
    sound: Int16[np.ndarray, " sample"], rate: int, clock: Clock
) -> Float[np.ndarray, "step 1"]:
    """Root mean square of the sound in each step, on the clock of the scanner."""
    width = round(rate * STEP)
    steps = sound[: len(sound) // width * width].reshape(-1, width).astype(float)
    drive = np.zeros((clock.steps, 1))
    begin = round(clock.lead / STEP)
    drive[begin : begin + len(steps), 0] = np.sqrt((steps**2).mean(axis=1))
    return drive


def scan(
    drive: Float[np.ndarray, "step direction"], clock: Clock
) -> Float[np.ndarray, "tr direction"]:
    """Convolve with the haemodynamic response and take the middle of each published TR."""
    times = np.arange(0, 32, STEP)
    # Double gamma: peak at 5 s, undershoot at 15 s, a sixth of its area (Friston et al. 1998)
    response = gamma.pdf(times, 6) - gamma.pdf(times, 16) / 6
    bold = fftconvolve(drive, response[:, None], axes=0)[: len(drive)]
    published = np.arange(clock.dropped[0], clock.trs - clock.dropped[1])
    return bold[np.rint((published + 0.5) * clock.tr / STEP).astype(int)]


def measure(
    signal: Float[np.ndarray, "tr voxel"],
    ceiling: Float[np.ndarray, " voxel"],
    rng: np.random.Generator,
) -> Float[np.ndarray, "tr voxel"]:
    """One measurement, z-scored in time, that correlates with `signal` by `ceiling`.

    Parameters
    ----------
    signal
        Noiseless response, z-scored in time.
    ceiling
        Expected correlation of signal and measurement, 0 to 1.
    """
    noisy = ceiling * signal + np.sqrt(1 - ceiling**2) * _noise(signal.shape, rng)
    return np.asarray(zscore(noisy, axis=0))


def _noise(shape: tuple[int, ...], rng: np.random.Generator) -> Float[np.ndarray, "tr voxel"]:
    """First-order autoregressive noise of unit variance."""
    innovations = rng.standard_normal(shape)
    innovations[1:] *= np.sqrt(1 - AUTOCORRELATION**2)
    return np.asarray(lfilter([1], [1, -AUTOCORRELATION], innovations, axis=0))
