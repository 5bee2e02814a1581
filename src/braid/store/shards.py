"""Features of many pictures, a file for each stretch of their numbers, read a block at a time."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import h5py
import numpy as np
from jaxtyping import Float32, Int

from braid.errors import BadInput
from braid.store.arrays import load

_AGAIN = "run the rule that makes the shards again, for every picture that was shown"


def shard_numbers(pictures: int, size: int, shard: int) -> range:
    """Numbers of the pictures in a shard.

    Parameters
    ----------
    pictures
        How many pictures there are in all.
    size
        Numbers to a shard; the last has what is left.
    shard
        Which, counted from 0.
    """
    return range(shard * size, min((shard + 1) * size, pictures))


class Shards(ExitStack[None]):
    """One variable (image, layer, feature) of several artefacts, each of a stretch of pictures.

    Reading a block of features reads that block of every shard that has one of the pictures, in
    one piece when it begins and ends at multiples of `braid.store.FEATURE_BLOCK`.

    Parameters
    ----------
    paths
        Artefacts that `save` wrote, each with a coordinate `image`, ascending.
    name
        The variable.

    Attributes
    ----------
    numbers
        Pictures that the shards hold, in the order of the files.
    shape
        Pictures, layers and features.
    head
        What else the first shard says: coordinates and attributes, without the variable.

    Raises
    ------
    BadInput
        When two files have different layers or features.
    """

    def __init__(self, paths: Sequence[str | Path], name: str) -> None:
        super().__init__()
        self.head = load(paths[0], without=(name,))
        self._first = paths[0]
        files = [self.enter_context(h5py.File(path)) for path in paths]
        self._arrays = [cast(h5py.Dataset, file[name]) for file in files]
        self._numbers = [cast(h5py.Dataset, file["image"])[...] for file in files]
        self.numbers: Int[np.ndarray, " image"] = np.concatenate(self._numbers)
        _, layers, features = self._arrays[0].shape
        for path, array in zip(paths, self._arrays, strict=True):
            _require_features(path, array, (layers, features))
        self.shape = (len(self.numbers), layers, features)

    def read(
        self, numbers: Int[np.ndarray, " row"], features: slice, layer: int = 0
    ) -> Float32[np.ndarray, "row feature"]:
        """Read some features of these pictures, whatever their order, repeats among them too.

        Beside the result, one block of one shard is in memory.

        Raises
        ------
        BadInput
            When no shard has a picture.
        """
        missing = np.setdiff1d(numbers, self.numbers)
        if missing.size:
            problem = f"{missing.size} pictures are in no shard, first {missing[0]}"
            raise BadInput(self._first, "image", problem, _AGAIN)
        width = len(range(*features.indices(self.shape[-1])))
        rows = np.empty((len(numbers), width), np.float32)
        for held, array in zip(self._numbers, self._arrays, strict=True):
            here = np.isin(numbers, held)
            if here.any():
                rows[here] = array[:, layer, features][np.searchsorted(held, numbers[here])]
        return rows


def _require_features(path: str | Path, array: h5py.Dataset, expected: tuple[int, int]) -> None:
    if array.shape[1:] != expected:
        found, wanted = (
            f"{layers} x {features}" for layers, features in (array.shape[1:], expected)
        )
        problem = f"{found} layers and features, {wanted} in the first file"
        raise BadInput(path, "feature", problem, "use shards of one feature")
