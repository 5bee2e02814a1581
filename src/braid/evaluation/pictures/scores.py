"""All metrics of a study, on the pictures that were generated for one subject."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
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


Stretches = Iterable[Float32[np.ndarray, "_ feature"]]


class Look(NamedTuple):
    """What several metrics may compare: a layer of a network that saw pictures of one size."""

    network: str
    layer: str
    side: int


class Seen(NamedTuple):
    """What a layer makes of pictures, anew each time that it is asked for.

    For `category` the features are scores of the categories, of which the highest counts.
    """

    presented: Callable[[], Stretches]
    generated: Callable[[], Stretches]
    """Of all samples of the first picture, then of the second, and so on."""


class _Scored(NamedTuple):
    value: Float[np.ndarray, " image"]
    chance: float


def look_of(metric: Metric, source: Source) -> Look:
    """Say what a metric compares, if it needs a network."""
    return Look(metric.model[source], metric.layer[source], metric.size[source])


def evaluate(
    presented: UInt8[np.ndarray, "image row column 3"],
    generated: xr.DataArray,
    metrics: Sequence[Metric],
    source: Source,
    seen: Mapping[Look, Seen],
) -> xr.Dataset:
    """Score generated pictures by every metric.

    Only the features of one look, and one picture's pixels, are held at a time; metrics that
    correlate the same features share the correlations.

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
        For each metric that needs a network, what `look_of` says of it.

    Returns
    -------
    xr.Dataset
        `value` (metric, image), mean over samples; `chance` (metric): one half for `two_way`, and
        for the others the mean over pictures and samples that do not belong together: each
        picture with what was generated for the next one (of pixels), or for any other one;
        `better` (metric): 1 where higher is better, -1 where lower is. Coordinates `metric`, the
        label, and `image`.
    """

    @cache
    def correlated(look: Look) -> Float[np.ndarray, "image image sample"]:
        return similarity.correlations(seen[look].presented(), seen[look].generated())

    def by_features(metric: Metric) -> _Scored:
        look = look_of(metric, source)
        if metric.kind == "category":
            return _by_category(*(_highest(features()) for features in seen[look]))
        return _by_correlation(correlated(look), metric.variant)

    scored = [
        _by_pixels(presented, generated.values, metric, metric.size[source])
        if metric.kind in OF_PIXELS
        else by_features(metric)
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


def _by_correlation(
    r: Float[np.ndarray, "image image sample"], variant: similarity.Variant | None
) -> _Scored:
    if variant:
        return _Scored(similarity.two_way(r, variant), 0.5)
    others = ~np.eye(len(r), dtype=bool)
    return _Scored(similarity.distance(r), float(1 - r[others].mean(dtype=np.float64)))


def _by_category(presented: Int[np.ndarray, " image"], flat: Int[np.ndarray, " made"]) -> _Scored:
    generated = flat.reshape(len(presented), -1)
    same = presented[:, None, None] == generated
    others = ~np.eye(len(presented), dtype=bool)
    return _Scored(similarity.category(presented, generated), float(same[others].mean()))


def _highest(stretches: Stretches) -> Int[np.ndarray, " picture"]:
    return np.concatenate([stretch.argmax(axis=1) for stretch in stretches])
