"""Noise on latents, and the way back under a text: DDIM with classifier-free guidance."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from jaxtyping import Float, Int

from braid.errors import BadInput
from braid.features.diffusion.model import Diffusion
from braid.features.diffusion.text import encode_text


def picture_seed(seed: int, number: int, sample: int = 0) -> int:
    """Seed of one sample of one picture, whatever is computed beside it."""
    (word,) = np.random.SeedSequence([seed, number, sample]).generate_state(1, np.uint64)
    return int(word >> 1)  # netCDF and torch both hold it with a sign


def noise(
    diffusion: Diffusion,
    numbers: Int[np.ndarray, " image"],
    seed: int,
    shape: tuple[int, ...],
) -> Float[torch.Tensor, "image channel row column"]:
    """Standard normal noise for each picture, drawn on the CPU: the same on every device."""
    drawn = [
        torch.randn(shape, generator=torch.Generator().manual_seed(picture_seed(seed, int(number))))
        for number in numbers
    ]
    return torch.stack(drawn).to(diffusion.device)


def moments(diffusion: Diffusion, steps: int, strength: float) -> list[int]:
    """Give the times of the steps that are left when noise of this strength was added.

    Parameters
    ----------
    steps
        Of the whole way.
    strength
        Share of them that is gone back, rounded down as diffusers' pipelines do.

    Raises
    ------
    BadInput
        When that is less than one step.
    """
    back = int(steps * strength)
    if not back:
        problem = f"{strength} of {steps} steps is less than one"
        raise BadInput("study", "strength", problem, "raise it, or the steps")
    diffusion.scheduler.set_timesteps(steps)
    return diffusion.scheduler.timesteps[steps - back :].tolist()


@torch.inference_mode()
def way_back(
    diffusion: Diffusion,
    latents: Float[torch.Tensor, "image channel row column"],
    states: Float[torch.Tensor, "image token width"],
    times: Sequence[int],
    guidance: float,
) -> Iterator[Float[torch.Tensor, "image channel row column"]]:
    """Yield the latents after each step: DDIM, eta 0 (Song et al. 2021, equation 12).

    Parameters
    ----------
    latents
        With the noise of the first of `times`.
    states
        What the U-Net attends to.
    times
        What `moments` gave.
    guidance
        Ho & Salimans 2022, 1 + w of their equation 6; up to 1, `states` alone are followed.
    """
    empty = encode_text(diffusion, [""]).expand_as(states)
    # The conditional half is the last, also when it is all there is.
    given = torch.cat([empty, states]) if guidance > 1 else states
    for time in times:
        with diffusion.precision():
            both = latents.repeat(len(given) // len(latents), 1, 1, 1)
            predicted = diffusion.unet(both, time, given).sample.float()
        if guidance > 1:
            away, towards = predicted.chunk(2)
            predicted = away + guidance * (towards - away)
        latents, _ = diffusion.scheduler.step(predicted, time, latents, return_dict=False)
        yield latents
