"""Captions of pictures, and what a diffusion model makes of several of them."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Float, Int

from braid.errors import BadInput
from braid.features.diffusion.model import Diffusion
from braid.features.diffusion.text import encode_text
from braid.timing import Stimulus

Encode = Callable[[Diffusion, Sequence[str]], Float[torch.Tensor, "text *shape"]]


def captions(stimulus: Stimulus, numbers: Int[np.ndarray, " image"]) -> list[list[str]]:
    """Captions of each picture.

    Raises
    ------
    BadInput
        When a picture has none.
    """
    if stimulus.captions is None:
        raise BadInput("stimulus", "captions", "there are none", "take a data set with captions")
    of_picture = stimulus.captions.groupby("image")["caption"].agg(list)
    missing = np.setdiff1d(numbers, of_picture.index)
    if missing.size:
        problem = f"{missing.size} pictures have none, first {missing[0]}"
        raise BadInput("stimulus", "captions", problem, "fetch the captions again, whole")
    return list(of_picture[numbers])


def conditioning(
    diffusion: Diffusion, texts: Sequence[Sequence[str]], encode: Encode = encode_text
) -> Float[torch.Tensor, "image *shape"]:
    """Mean over the captions of each picture of what `encode` makes of them.

    Source: Takagi & Nishimoto 2023, `img2feat_sd.py`.
    """
    states = encode(diffusion, [text for of_picture in texts for text in of_picture])
    parts = states.split([len(of_picture) for of_picture in texts])
    return torch.stack([part.mean(0) for part in parts])
