"""What a diffusion model makes of several captions of a picture."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float

from braid.features.diffusion.model import Diffusion
from braid.features.diffusion.text import encode_text

Encode = Callable[[Diffusion, Sequence[str]], Float[torch.Tensor, "text *shape"]]


def conditioning(
    diffusion: Diffusion, texts: Sequence[Sequence[str]], encode: Encode = encode_text
) -> Float[torch.Tensor, "image *shape"]:
    """Mean over the captions of each picture of what `encode` makes of them.

    Source: Takagi & Nishimoto 2023, `img2feat_sd.py`.
    """
    states = encode(diffusion, [text for of_picture in texts for text in of_picture])
    parts = states.split([len(of_picture) for of_picture in texts])
    return torch.stack([part.mean(0) for part in parts])
