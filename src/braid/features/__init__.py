"""One module per kind of feature: a stimulus goes in, labelled rows in time come out.

Every module of `KINDS` offers `extract(stimulus, model, **options)`: `model` is the folder of
its weights, or None for kinds without any; the options are those of the kind in a study file.
It returns the artefact of rule `extract` without the names of data set and feature.
"""

from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast, runtime_checkable

import numpy as np
import xarray as xr
from jaxtyping import Int

from braid.timing import Stimulus


@runtime_checkable
class Extractor(Protocol):
    """What every module named in `KINDS` offers."""

    def extract(self, stimulus: Stimulus, model: Path | None, **options: object) -> xr.Dataset:
        """Variable `features` (time, layer, feature), float32."""
        ...


@runtime_checkable
class PictureExtractor(Protocol):
    """What every module named in `PICTURE_KINDS` offers."""

    def extract(
        self,
        stimulus: Stimulus,
        model: Path,
        numbers: Int[np.ndarray, " image"],
        seed: int,
        **options: object,
    ) -> xr.Dataset:
        """Variable `features` (image, layer, feature), float32; attribute `shape` of a layer."""
        ...


KINDS = MappingProxyType(
    {
        "conditions": "braid.features.conditions",
        "language_model": "braid.features.language_model",
        "tuned_model": "braid.features.language_model",
        "run_time": "braid.features.run_time",
        "static_vectors": "braid.features.static_vectors",
        "word_rate": "braid.features.word_rate",
    }
)


PICTURE_KINDS = MappingProxyType(
    {
        "caption_vectors": "braid.features.caption_vectors",
        "diffusion_c": "braid.features.diffusion.c",
        "diffusion_unet": "braid.features.diffusion.unet",
        "diffusion_z": "braid.features.diffusion.z",
        "diffusion_zc": "braid.features.diffusion.zc",
        "picture_statistics": "braid.features.picture_statistics",
    }
)
"""What goes from pictures to features, one row for each."""

NEEDS = MappingProxyType(
    {
        "caption_vectors": ("captions",),
        "diffusion_c": ("captions",),
        "diffusion_unet": ("images", "captions"),
        "diffusion_z": ("images",),
        "diffusion_zc": ("images", "captions"),
        "picture_statistics": ("images",),
    }
)
"""What of the stimulus they read: told here, for a plan must not wait for their libraries."""


def find(kind: str) -> Extractor:
    """Return the module that extracts features of this kind.

    Raises
    ------
    KeyError
        When no module is registered under that name.
    """
    return cast(Extractor, import_module(KINDS[kind]))


def find_of_pictures(kind: str) -> PictureExtractor:
    """Return the module that extracts features of this kind from pictures.

    Raises
    ------
    KeyError
        When no module is registered under that name.
    """
    return cast(PictureExtractor, import_module(PICTURE_KINDS[kind]))
