"""States of a block of the U-Net while it takes noise from a picture's latent."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float, Int

from braid.errors import BadInput
from braid.features.diffusion.batches import gather
from braid.features.diffusion.model import Diffusion, load
from braid.features.diffusion.noise import moments as times_of
from braid.features.diffusion.noise import way_back
from braid.features.diffusion.start import start
from braid.timing import Stimulus

# What gives maps: the blocks, and the residual and attention layers in them.
_BLOCK = re.compile(
    r"conv_(in|out)|((down|up)_blocks\.\d+|mid_block)(\.(resnets|attentions)\.\d+)?"
)


def extract(
    stimulus: Stimulus,
    model: Path,
    numbers: Int[np.ndarray, " image"],
    seed: int,
    *,
    size: int,
    steps: int,
    guidance: float,
    strength: float,
    block: str,
    moments: Sequence[float],
    pool: int,
) -> xr.Dataset:
    """Maps of a block, averaged over parts of the picture; a layer for each moment, its label.

    Parameters
    ----------
    stimulus, model, numbers, seed, size, steps, guidance
        As of `braid.features.diffusion.zc.extract`.
    strength
        Share of the steps that is gone back.
    block
        One of `blocks`. With guidance, its states under the captions are kept.
    moments
        Shares of the way that are behind: 0 is the first step, 1 the last.
    pool
        Parts along each side.

    Raises
    ------
    BadInput
        As of `zc.extract`, and when there is no such block.
    """
    diffusion = load(model)
    module = find_block(diffusion, block)
    times = times_of(diffusion, steps, strength)
    kept = np.rint(np.array(moments) * (len(times) - 1)).astype(int)

    def layers(
        part: Int[np.ndarray, " part"],
    ) -> Float[torch.Tensor, "part layer channel row column"]:
        begin = start(diffusion, stimulus, part, size, seed)
        way = way_back(
            diffusion, begin.at(times[0]), begin.states, times[: kept.max() + 1], guidance
        )
        with watched(module, len(part), pool) as maps:
            for _ in way:
                pass
        return torch.stack([maps[step] for step in kept], dim=1)

    return gather(numbers, np.array(moments), diffusion.device, layers)


def blocks(diffusion: Diffusion) -> list[str]:
    """Names of the modules of the U-Net whose states are maps."""
    return [name for name, _ in diffusion.unet.named_modules() if _BLOCK.fullmatch(name)]


def find_block(diffusion: Diffusion, name: str) -> torch.nn.Module:
    """Return the module of this name.

    Raises
    ------
    BadInput
        When there is none; the message lists those there are.
    """
    known = blocks(diffusion)
    if name not in known:
        raise BadInput(
            diffusion.folder / "unet", "block", f"no {name}", f"take one of {', '.join(known)}"
        )
    return diffusion.unet.get_submodule(name)


@contextmanager
def watched(
    module: torch.nn.Module, count: int, pool: int
) -> Iterator[list[Float[torch.Tensor, "image channel row column"]]]:
    """Keep what a module gives at each call for the last `count` pictures, averaged over parts."""
    kept: list[torch.Tensor] = []

    def keep(module: torch.nn.Module, given: object, output: torch.Tensor | tuple) -> None:
        maps = output if isinstance(output, torch.Tensor) else output[0]
        kept.append(torch.nn.functional.adaptive_avg_pool2d(maps[-count:].float(), pool))

    handle = module.register_forward_hook(keep)
    try:
        yield kept
    finally:
        handle.remove()
