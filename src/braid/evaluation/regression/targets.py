"""Features of pictures as targets of a fit: read in blocks, and refused where they are broken."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from braid.errors import BadInput
from braid.evaluation.decoding import PerTrial
from braid.store import Shards


@dataclass(frozen=True)
class Targets:
    """Features (image, feature) of some pictures, read when they are asked for.

    Attributes
    ----------
    shards
        Where they are.
    images
        Numbers of the pictures.
    """

    shards: Shards
    images: Int[np.ndarray, " image"]

    @property
    def shape(self) -> tuple[int, ...]:
        """Pictures and features."""
        return len(self.images), self.shards.shape[-1]

    def __getitem__(self, key: tuple[slice, slice]) -> Float[np.ndarray, "image feature"]:
        """Read some features of all these pictures.

        Raises
        ------
        BadInput
            When a picture has no features, or one of them is not finite.
        """
        values = self.shards.read(self.images, key[1])
        broken = ~np.isfinite(values).all(axis=1)
        if broken.any():
            head = self.shards.head.attrs
            problem = f"not finite for {broken.sum()} pictures, first {self.images[broken][0]}"
            raise BadInput(
                "{dataset} {feature}".format(**head), "features", problem, "extract them again"
            )
        return values


def per_row(shards: Shards, images: Int[np.ndarray, " row"]) -> PerTrial:
    """Targets of rows that show pictures, each picture read once."""
    pictures, shown = np.unique(images, return_inverse=True)
    return PerTrial(Targets(shards, pictures), shown)
