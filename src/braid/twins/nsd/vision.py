"""A simulated early visual cortex: what a small part of a picture does to a voxel.

It sees brightness and oriented contrast at one place, which is not what any study fits, after
adapting to the mean and the contrast of the whole picture, which captions would give away.
"""

import numpy as np
from jaxtyping import Float, UInt8
from scipy.stats import zscore

STEP = 8  # pixels that are seen as one
WIDTHS = (3.0, 6.0)  # of the receptive fields, standard deviation in steps
WAVES_PER_WIDTH = 0.35


def respond(
    pixels: UInt8[np.ndarray, "picture height width 3"], voxels: int, rng: np.random.Generator
) -> Float[np.ndarray, "picture voxel"]:
    """Half brightness, half contrast energy (Adelson & Bergen 1985) of each voxel's own place.

    Parameters
    ----------
    pixels
        Square pictures.
    voxels
        How many, each with a place, a width and an orientation.
    rng
        Chooses these.

    Returns
    -------
    numpy.ndarray
        Standardised over the pictures.
    """
    seen = _brightness(pixels)
    flat = np.asarray(zscore(seen.reshape(len(seen), -1), axis=1))
    places, waves = _fields(seen.shape[1], voxels, rng)
    energy = np.hypot(flat @ (places * waves[0]).T, flat @ (places * waves[1]).T)
    both = zscore(flat @ places.T, axis=0) + zscore(energy, axis=0)
    return np.asarray(zscore(both, axis=0))


def _brightness(
    pixels: UInt8[np.ndarray, "picture height width 3"],
) -> Float[np.ndarray, "picture side side"]:
    """Mean of the channels over squares of pixels, 0 to 1."""
    side = pixels.shape[1] // STEP
    cut = pixels[:, : side * STEP, : side * STEP].reshape(-1, side, STEP, side, STEP * 3)
    return cut.mean(axis=(2, 4)) / 255


def _fields(
    side: int, voxels: int, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "voxel point"], Float[np.ndarray, "2 voxel point"]]:
    """Weights of places, and two waves across each, a quarter apart, blind to mean brightness."""
    x, y = rng.uniform(0.15, 0.85, (2, voxels, 1)) * side
    width, angle = rng.uniform(*WIDTHS, (voxels, 1)), rng.uniform(0, np.pi, (voxels, 1))
    rows, columns = (grid.ravel() for grid in np.mgrid[:side, :side])
    places = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * width**2))
    places /= places.sum(axis=1, keepdims=True)
    along = np.cos(angle) * (columns - x) + np.sin(angle) * (rows - y)
    phase = 2 * np.pi * WAVES_PER_WIDTH / width * along
    waves = np.stack([np.cos(phase), np.sin(phase)])
    return places, waves - (waves * places).sum(axis=2, keepdims=True)
