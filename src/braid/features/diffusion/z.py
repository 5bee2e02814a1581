"""Latent z: what the autoencoder of a diffusion model keeps of a picture."""

from pathlib import Path

import numpy as np
import xarray as xr
from jaxtyping import Int

from braid.features.diffusion.batches import gather
from braid.features.diffusion.latents import encode, read_pixels, require_size
from braid.features.diffusion.model import load
from braid.timing import Stimulus


def extract(
    stimulus: Stimulus, model: Path, numbers: Int[np.ndarray, " image"], seed: int, *, size: int
) -> xr.Dataset:
    """Latents of pictures; one layer.

    Parameters
    ----------
    stimulus
        Its pictures.
    model
        Folder of the diffusion model.
    numbers
        Of the pictures.
    seed
        Not used: nothing is drawn.
    size
        Side in pixels that pictures are brought to.

    Raises
    ------
    BadInput
        When the model or a picture cannot be read, or the size does not fit the model.
    """
    diffusion = load(model)
    require_size(diffusion, size)
    return gather(
        numbers,
        np.arange(1),
        diffusion.device,
        lambda part: encode(diffusion, read_pixels(stimulus, part, size))[:, None],
    )
