"""A simulated early visual cortex: what a small part of a picture does to a voxel.

It sees brightness, two opponent colours and oriented contrast at one place, which is not what any
study fits, after it has adapted to the mean and the contrast of the whole picture by half.
"""

import numpy as np
from jaxtyping import Float, Float32, UInt8
from scipy.stats import zscore

STEP = 8  # pixels that are seen as one
WIDTHS = (3.0, 6.0)  # of the receptive fields, standard deviation in steps
WAVES_PER_WIDTH = 0.35
ADAPTATION = 0.5  # of the mean that is taken off
SATURATION = 0.15  # contrast of a picture at which responses are half of what they can be
ENERGY = 0.5  # of contrast, its weight beside brightness and colour

# Luminance, red against green, blue against yellow.
OPPONENTS = np.array([[1, 1, 1], [1.5, -1.5, 0], [-0.75, -0.75, 1.5]]) / 3


def look(
    pixels: UInt8[np.ndarray, "picture height width 3"],
) -> Float32[np.ndarray, "picture side side 3"]:
    """Means over squares of pixels in three opponent channels, the first from 0 to 1.

    Parameters
    ----------
    pixels
        Square pictures.
    """
    side = pixels.shape[1] // STEP
    cut = pixels[:, : side * STEP, : side * STEP].reshape(-1, side, STEP, side, STEP, 3)
    return (cut.mean(axis=(2, 4), dtype=np.float32) / 255 @ OPPONENTS.T).astype(np.float32)


def respond(
    seen: Float32[np.ndarray, "picture side side 3"], voxels: int, rng: np.random.Generator
) -> Float[np.ndarray, "picture voxel"]:
    """Brightness and colour, and contrast energy (Adelson & Bergen 1985), of each voxel's place.

    Parameters
    ----------
    seen
        Pictures as `look` gives them.
    voxels
        How many, each with a place, a width, an orientation and a taste for each channel.
    rng
        Chooses these.

    Returns
    -------
    numpy.ndarray
        Standardised over the pictures.
    """
    adapted = _adapt(seen.reshape(len(seen), -1, 3))
    places, waves = _fields(seen.shape[1], voxels, rng)
    taste = rng.standard_normal((3, voxels))
    levels = zscore(np.stack([adapted[:, :, n] @ places.T for n in range(3)]), axis=1)
    level = np.einsum("cv,cpv->pv", taste, np.asarray(levels))
    flat = adapted[:, :, 0]
    energy = np.hypot(flat @ (places * waves[0]).T, flat @ (places * waves[1]).T)
    return np.asarray(zscore(zscore(level, axis=0) + ENERGY * zscore(energy, axis=0), axis=0))


def _adapt(seen: Float32[np.ndarray, "picture point 3"]) -> Float[np.ndarray, "picture point 3"]:
    """Around a part of the mean colour, on a scale of the contrast in luminance."""
    contrast = seen[:, :, :1].std(axis=1, keepdims=True)
    return (seen - ADAPTATION * seen.mean(axis=1, keepdims=True)) / (SATURATION + contrast)


def _fields(
    side: int, voxels: int, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "voxel point"], Float[np.ndarray, "2 voxel point"]]:
    """Weights of places, and two waves across each, a quarter apart, blind to mean brightness."""
    x, y = rng.uniform(0.05, 0.95, (2, voxels, 1)) * side
    width, angle = rng.uniform(*WIDTHS, (voxels, 1)), rng.uniform(0, np.pi, (voxels, 1))
    rows, columns = (grid.ravel() for grid in np.mgrid[:side, :side])
    places = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * width**2))
    places /= places.sum(axis=1, keepdims=True)
    along = np.cos(angle) * (columns - x) + np.sin(angle) * (rows - y)
    phase = 2 * np.pi * WAVES_PER_WIDTH / width * along
    waves = np.stack([np.cos(phase), np.sin(phase)])
    return places, waves - (waves * places).sum(axis=2, keepdims=True)
