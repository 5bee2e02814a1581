"""Vectors of captions in one language, by an encoder of sentences in many languages."""

from itertools import chain
from pathlib import Path

import numpy as np
import xarray as xr
from jaxtyping import Int

from braid.features.captions import captions
from braid.features.labels import embed_labels
from braid.timing import Stimulus

QUERY = "query: {label}"
"""How multilingual E5 wants texts that are compared with their like (Wang et al. 2024)."""


def extract(
    stimulus: Stimulus,
    model: Path,
    numbers: Int[np.ndarray, " image"],
    seed: int,
    *,
    language: str,
) -> xr.Dataset:
    """Mean over the captions of each picture of their vectors, each of length 1; one layer.

    A vector is the mean over tokens of the last hidden state (Wang et al. 2024, Multilingual E5
    text embeddings, arXiv 2402.05672).

    Parameters
    ----------
    stimulus
        Its captions.
    model
        Folder of the encoder.
    numbers
        Of the pictures.
    seed
        Not used: nothing is drawn.
    language
        Of the captions.

    Returns
    -------
    xr.Dataset
        Variable `features` (image, layer, feature), float32; attributes `shape` and `language`.

    Raises
    ------
    BadInput
        When the model cannot be read, or a picture has no caption in this language.
    """
    of_pictures = captions(stimulus, numbers, language)
    texts = sorted(set(chain(*of_pictures)))
    vectors = dict(zip(texts, embed_labels(texts, QUERY, model, "sentence"), strict=True))
    means = [np.mean([vectors[said] for said in own], axis=0) for own in of_pictures]
    values = np.stack(means)[:, None]
    return xr.Dataset(
        {"features": (("image", "layer", "feature"), values)},
        {"image": numbers, "layer": [0]},
        {"shape": [values.shape[-1]], "language": language},
    )
