"""All metrics of a study, on the pictures that were generated for one subject."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float, Float32, Int, UInt8

from braid.evaluation.pictures import similarity
from braid.evaluation.pictures.pixels import chroma, luminance, pixels, resize, ssim
from braid.study.names import Source
from braid.study.pictures import Metric

OF_PIXELS = MappingProxyType(
    {"pixels": pixels, "luminance": luminance, "chroma": chroma, "ssim": ssim}
)
"""Metrics that need no network, by kind."""


class Seen(NamedTuple):
    """What a layer makes of pictures, in stretches that are made when they are asked for.

    For `category` the features are scores of the categories, of which the highest counts.
    """

    presented: Iterable[Float32[np.ndarray, "_ feature"]]
    generated: Iterable[Float32[np.ndarray, "_ feature"]]
    """Of all samples of the first picture, then of the second, and so on."""


class _Scored(NamedTuple):
    value: Float[np.ndarray, " image"]
    chance: float


def evaluate(
    presented: UInt8[np.ndarray, "image row column 3"],
    generated: xr.DataArray,
    metrics: Sequence[Metric],
    source: Source,
    seen: Mapping[str, Seen],
) -> xr.Dataset:
    """Score generated pictures by every metric.

    Only one metric's features, and one picture's pixels, are held at a time.

    Parameters
    ----------
    presented
        The pictures, of any size.
    generated
        (image, sample, row, column, channel), with coordinate `image`, in the same order.
    metrics
        Their labels differ.
    source
        Whose sizes are meant.
    seen
        By label, for each metric that needs a network.

    Returns
    -------
    xr.Dataset
        `value` (metric, image), mean over samples; `chance` (metric): one half for `two_way`, and
        for the others the mean over pictures and samples that do not belong together: each
        picture with what was generated for the next one (of pixels), or for any other one;
        `better` (metric): 1 where higher is better, -1 where lower is. Coordinates `metric`, the
        label, and `image`.
    """
    scored = [
        _by_pixels(presented, generated.values, metric, metric.size[source])
        if metric.kind in OF_PIXELS
        else _by_features(metric, seen[metric.label])
        for metric in metrics
    ]
    return xr.Dataset(
        {
            "value": (("metric", "image"), np.stack([one.value for one in scored])),
            "chance": ("metric", [one.chance for one in scored]),
            "better": ("metric", [-1 if one.kind == "distance" else 1 for one in metrics]),
        },
        coords={"metric": [one.label for one in metrics], "image": generated["image"].values},
    )


def _by_pixels(
    presented: UInt8[np.ndarray, "image row column 3"],
    generated: UInt8[np.ndarray, "image sample row column 3"],
    metric: Metric,
    side: int,
) -> _Scored:
    score = OF_PIXELS[metric.kind]
    value, chance = np.empty(len(presented)), np.empty(len(presented))
    for i in range(len(presented)):
        # The picture itself, and the one before, which these samples were not generated for.
        true, made = resize(presented[[i, i - 1]], side), resize(generated[[i]], side)
        value[i], chance[i] = score(true, np.repeat(made, 2, axis=0))
    return _Scored(value, float(chance.mean()))


def _by_features(metric: Metric, seen: Seen) -> _Scored:
    if metric.kind == "category":
        return _by_category(_highest(seen.presented), _highest(seen.generated))
    r = similarity.correlations(seen.presented, seen.generated)
    if metric.variant:
        return _Scored(similarity.two_way(r, metric.variant), 0.5)
    others = ~np.eye(len(r), dtype=bool)
    return _Scored(similarity.distance(r), float(1 - r[others].mean(dtype=np.float64)))


def _by_category(presented: Int[np.ndarray, " image"], flat: Int[np.ndarray, " made"]) -> _Scored:
    generated = flat.reshape(len(presented), -1)
    same = presented[:, None, None] == generated
    others = ~np.eye(len(presented), dtype=bool)
    return _Scored(similarity.category(presented, generated), float(same[others].mean()))


def _highest(stretches: Iterable[Float32[np.ndarray, "_ feature"]]) -> Int[np.ndarray, " picture"]:
    return np.concatenate([stretch.argmax(axis=1) for stretch in stretches])
