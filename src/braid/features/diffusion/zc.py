"""Latent zc: z with noise that was taken away again under the captions."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float, Int

from braid.features.diffusion.batches import gather
from braid.features.diffusion.model import load
from braid.features.diffusion.noise import moments, way_back
from braid.features.diffusion.start import Start, start
from braid.timing import Stimulus


def extract(
    stimulus: Stimulus,
    model: Path,
    numbers: Int[np.ndarray, " image"],
    seed: int,
    *,
    size: int,
    steps: int,
    guidance: float,
    strengths: Sequence[float],
) -> xr.Dataset:
    """Latents after the way back; a layer for each strength, which is its label.

    Parameters
    ----------
    stimulus
        Its pictures and captions.
    model
        Folder of the diffusion model.
    numbers
        Of the pictures.
    seed
        Of the noise: each picture has its own, the same at all strengths.
    size
        Side in pixels that pictures are brought to.
    steps, guidance
        See `moments` and `way_back`.
    strengths
        Shares of the steps that are gone back.

    Raises
    ------
    BadInput
        When the model or a picture cannot be read, a picture has no caption, the size does not
        fit the model, or a strength is less than a step.
    """
    diffusion = load(model)

    def denoised(begin: Start, strength: float) -> Float[torch.Tensor, "image *latent"]:
        times = moments(diffusion, steps, strength)
        *_, last = way_back(diffusion, begin.at(times[0]), begin.states, times, guidance)
        return last

    def layers(part: Int[np.ndarray, " part"]) -> Float[torch.Tensor, "part layer *latent"]:
        begin = start(diffusion, stimulus, part, size, seed)
        return torch.stack([denoised(begin, strength) for strength in strengths], dim=1)

    return gather(numbers, np.array(strengths), diffusion.device, layers)
