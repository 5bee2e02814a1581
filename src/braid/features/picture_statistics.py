"""What a picture's colour says without any of its content: a trivial baseline."""

from pathlib import Path

import numpy as np
import xarray as xr
from jaxtyping import Float32, Int, UInt8

from braid.timing import Stimulus
from braid.timing.stimulus import Images

BATCH = 64  # pictures in memory


def extract(
    stimulus: Stimulus, model: Path | None, numbers: Int[np.ndarray, " image"], seed: int
) -> xr.Dataset:
    """Mean of red, green and blue, and standard deviation of grey, each 0 to 1.

    Parameters
    ----------
    stimulus
        Its pictures are read.
    model, seed
        Not used: nothing is learned or drawn.
    numbers
        Of the pictures.
    """
    images: Images = stimulus.images  # pyright: ignore[reportAssignmentType]
    parts = [
        _statistics(images.read(numbers[start : start + BATCH]))
        for start in range(0, len(numbers), BATCH)
    ]
    return xr.Dataset(
        {"features": (("image", "layer", "feature"), np.concatenate(parts)[:, None])},
        {"image": numbers, "layer": [0]},
        {"shape": [4]},
    )


def _statistics(
    pixels: UInt8[np.ndarray, "image height width 3"],
) -> Float32[np.ndarray, "image 4"]:
    shares = pixels.astype(np.float32) / 255
    means, contrast = shares.mean(axis=(1, 2)), shares.mean(axis=3).std(axis=(1, 2))
    return np.column_stack([means, contrast])
