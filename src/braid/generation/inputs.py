"""What a reconstruction begins from: decoded features, or the true ones of the same pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float32, Int

from braid.generation.pictures import seeds
from braid.store import Shards, load

Files = Sequence[str | Path]


class Given(NamedTuple):
    """Features of test pictures, in the shape that they had before they were flattened.

    Attributes
    ----------
    numbers
        Of the pictures.
    z, c
        What there is of both.
    """

    numbers: Int[np.ndarray, " image"]
    z: Float32[np.ndarray, "image ..."] | None
    c: Float32[np.ndarray, "image ..."] | None

    def frame(self, samples: int, seed: int) -> xr.Dataset:
        """What is known of the pictures before they are generated: their numbers and seeds."""
        drawn = seeds(seed, self.numbers, samples)
        return xr.Dataset({"seed": (("image", "sample"), drawn)}, {"image": self.numbers})


def read_given(z: tuple[Files, Files], c: tuple[Files, Files], *, true_features: bool) -> Given:
    """Read what a reconstruction begins from.

    Parameters
    ----------
    z, c
        Of each, the artefact of its decoder and the shards of the feature that it decodes; or
        nothing and nothing.
    true_features
        Whether the features themselves are taken in place of what was decoded.
    """
    found = [_read(*files, true_features) if files[0] else None for files in (z, c)]
    numbers = next(part["image"].to_numpy() for part in found if part is not None)
    return Given(numbers, *(None if part is None else part.to_numpy() for part in found))


def read_true(shards: Files, numbers: Int[np.ndarray, " image"]) -> Float32[np.ndarray, "image f"]:
    """Read the true features of some pictures."""
    with Shards(shards, "features") as held:
        return held.read(numbers, slice(None))


def _read(decoded: Files, true: Files, true_features: bool) -> xr.DataArray:
    found = load(decoded[0], {"decoded": ("image", "feature")})
    numbers, shape = found["image"].to_numpy(), np.atleast_1d(found.attrs["shape"])
    values = read_true(true, numbers) if true_features else found["decoded"].to_numpy()
    dims = ("image", *(f"axis{axis}" for axis in range(len(shape))))
    return xr.DataArray(values.reshape(-1, *shape), {"image": numbers}, dims)
