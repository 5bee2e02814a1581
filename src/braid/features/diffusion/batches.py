"""Pictures in batches that the device has room for, and the artefact they are gathered in."""

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float, Float32, Int, Shaped

BATCH = MappingProxyType({"cpu": 8, "cuda": 32})
"""Pictures that pass at once, by device; changes speed and memory, results only by rounding."""


def batches(
    count: int, device: torch.device, work: Callable[[slice], Any]
) -> Iterator[tuple[slice, Any]]:
    """Yield what `work` makes of each stretch; where memory runs out, of shorter ones from there.

    Raises
    ------
    torch.OutOfMemoryError
        When there is no room for a single one.
    """
    size, start = BATCH[device.type], 0
    while start < count:
        stretch = slice(start, min(start + size, count))
        try:
            done = work(stretch)
        except torch.OutOfMemoryError:
            if size == 1:
                raise
            size //= 2
        else:
            yield stretch, done
            start = stretch.stop


def gather(
    numbers: Int[np.ndarray, " image"],
    layers: Shaped[np.ndarray, " layer"],
    device: torch.device,
    work: Callable[[Int[np.ndarray, " part"]], Float[torch.Tensor, "part layer *shape"]],
) -> xr.Dataset:
    """Features of pictures, as rule `embed` keeps them.

    Parameters
    ----------
    numbers
        Of the pictures: rows of their file.
    layers
        Labels of the layers.
    device
        Where `work` computes.
    work
        From the numbers of a few pictures to their features.

    Returns
    -------
    xr.Dataset
        Variable `features` (image, layer, feature), float32; attribute `shape` is that of one
        layer before it was flattened.
    """
    parts = batches(len(numbers), device, lambda stretch: _host(work(numbers[stretch])))
    values = np.concatenate([part for _, part in parts])
    return xr.Dataset(
        {"features": (("image", "layer", "feature"), values.reshape(*values.shape[:2], -1))},
        coords={"image": numbers, "layer": layers},
        attrs={"shape": values.shape[2:]},
    )


def _host(values: Float[torch.Tensor, "*shape"]) -> Float32[np.ndarray, "*shape"]:
    return values.float().cpu().numpy()
