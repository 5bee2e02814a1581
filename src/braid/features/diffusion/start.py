"""Where the way back from noise begins: a picture's latent, its noise, and its captions."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int

from braid.features.captions import captions
from braid.features.diffusion.conditioning import conditioning
from braid.features.diffusion.latents import encode, read_pixels, require_size
from braid.features.diffusion.model import Diffusion
from braid.features.diffusion.noise import noise
from braid.timing import Stimulus


@dataclass(frozen=True)
class Start:
    """Latents of some pictures before noise, with their noise and the states of their captions."""

    diffusion: Diffusion
    z: Float[torch.Tensor, "image channel row column"]
    noise: Float[torch.Tensor, "image channel row column"]
    states: Float[torch.Tensor, "image token width"]

    def at(self, time: int) -> Float[torch.Tensor, "image channel row column"]:
        """Latents with as much noise as there is at this time."""
        return self.diffusion.scheduler.add_noise(self.z, self.noise, torch.IntTensor([time]))


def start(
    diffusion: Diffusion,
    stimulus: Stimulus,
    numbers: Int[np.ndarray, " image"],
    size: int,
    seed: int,
) -> Start:
    """Encode pictures and captions, and draw the noise.

    Raises
    ------
    BadInput
        When a picture cannot be read or has no caption, or the size does not fit the model.
    """
    require_size(diffusion, size)
    z = encode(diffusion, read_pixels(stimulus, numbers, size))
    states = conditioning(diffusion, captions(stimulus, numbers))
    return Start(diffusion, z, noise(diffusion, numbers, seed, z.shape[1:]), states)
