"""Conditioning c: what a diffusion model is told of a picture, from its captions."""

from itertools import chain
from pathlib import Path
from typing import Literal

import numpy as np
import xarray as xr
from jaxtyping import Int

from braid.features.captions import captions
from braid.features.diffusion.batches import gather
from braid.features.diffusion.conditioning import conditioning
from braid.features.diffusion.model import load
from braid.features.diffusion.text import count_cut, encode_text, mean_state
from braid.timing import Stimulus


def extract(
    stimulus: Stimulus,
    model: Path,
    numbers: Int[np.ndarray, " image"],
    seed: int,
    *,
    tokens: Literal["all", "mean"] = "all",
) -> xr.Dataset:
    """Mean over the captions of each picture of the states of their tokens; one layer.

    Parameters
    ----------
    stimulus
        Its captions.
    model
        Folder of the diffusion model.
    numbers
        Of the pictures.
    seed
        Not used: nothing is drawn.
    tokens
        `all`: shape (token, width). `mean`: (width,), of each caption the mean of the tokens that
        are not filling.

    Returns
    -------
    xr.Dataset
        As `gather`; attribute `cut` counts the captions that were longer than the model takes.

    Raises
    ------
    BadInput
        When the model cannot be read, or a picture has no caption.
    """
    diffusion = load(model)
    encode = encode_text if tokens == "all" else mean_state
    found = gather(
        numbers,
        np.arange(1),
        diffusion.device,
        lambda part: conditioning(diffusion, captions(stimulus, part), encode)[:, None],
    )
    cut = count_cut(diffusion, list(chain(*captions(stimulus, numbers))))
    return found.assign_attrs(cut=cut)
