"""From features of pictures to a design matrix whose rows are trials."""

from itertools import product

import numpy as np
import xarray as xr
from jaxtyping import Float32, Int

from braid.errors import BadInput
from braid.store import FEATURE_BLOCK, Shards
from braid.timing.stimulus import Stimulus


def present(shards: Shards, stimulus: Stimulus) -> xr.Dataset:
    """Give each trial the features of its picture, z-scored over all trials.

    Beside the result, a block of features is in memory: 30,000 trials of 6,400 features take 768 MB
    and a third of that.

    Parameters
    ----------
    shards
        `features` (image, layer, feature) of every picture that was shown.
    stimulus
        One event per trial, whose label is the number of its picture, and the times of the trials.

    Returns
    -------
    xarray.Dataset
        `design` (tr, layer, feature), float32, with layers and attributes of the shards, and per
        row `run`, `time` and `image`. A feature that all trials share is 0.

    Raises
    ------
    BadInput
        When a picture is in no shard, or a feature is not finite.
    """
    images = stimulus.events["label"].to_numpy(int)
    _, layers, features = shards.shape
    design = np.empty((len(images), layers, features), np.float32)
    for layer, start in product(range(layers), range(0, features, FEATURE_BLOCK)):
        block = slice(start, start + FEATURE_BLOCK)
        values = shards.read(images, block, layer)
        _require_finite(values, images, shards.head, layer, start)
        design[:, layer, block] = _standard(values)
    when = np.concatenate(list(stimulus.times.values()))
    rows = {"run": stimulus.events["run"].to_numpy(str), "time": when, "image": images}
    return (
        shards.head.drop_dims("image")
        .assign(design=(("tr", "layer", "feature"), design))
        .assign_coords({name: ("tr", values) for name, values in rows.items()})
        .assign_attrs(clock="tr")
    )


def _standard(values: Float32[np.ndarray, "tr feature"]) -> Float32[np.ndarray, "tr feature"]:
    """Standardise in place; a feature that does not vary is 0."""
    varies = np.ptp(values, axis=0) > 0
    values -= values.mean(axis=0, dtype=np.float64)
    values /= np.where(varies, values.std(axis=0, dtype=np.float64), np.inf)
    return values


def _require_finite(
    values: Float32[np.ndarray, "tr feature"],
    images: Int[np.ndarray, " tr"],
    head: xr.Dataset,
    layer: int,
    start: int,
) -> None:
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        name = head["layer"].to_numpy()[layer]
        raise BadInput(
            f"features {head.attrs['feature']} of {head.attrs['dataset']}",
            f"picture {images[row]}, layer {name}, feature {start + column}",
            "not finite",
            "delete the shard that has it and run its rule again",
        )
