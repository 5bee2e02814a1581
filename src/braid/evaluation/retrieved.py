"""Retrieval by decoded features, beside the other metrics of a reconstruction."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import xarray as xr

from braid.evaluation.picture_rows import of_retrieval
from braid.evaluation.pictures.retrieval import retrieval
from braid.store import Shards, load
from braid.study.names import Source
from braid.study.pictures import Metric, Retrieval

Files = Sequence[str | Path]


def retrieved(
    parts: Mapping[str, tuple[Files, Files]], spec: Retrieval, source: Source, seed: int
) -> list[xr.Dataset]:
    """How often decoded features find the true ones of their picture, and the reverse.

    Parameters
    ----------
    parts
        Name of a feature to the artefact of its decoder, or nothing, and its shards.
    spec, source
        How many pictures there are to choose from.
    seed
        Of the galleries.
    """
    return [
        of_retrieval(_retrieve(decoded[0], shards, spec, source, seed), name)
        for name, (decoded, shards) in parts.items()
        if decoded
    ]


def with_kinds(
    scores: xr.Dataset, metrics: Sequence[Metric], further: Sequence[xr.Dataset]
) -> xr.Dataset:
    """Say of what kind each metric is, and set further ones below them."""
    told = scores.assign_coords(kind=("metric", [metric.kind for metric in metrics]))
    return xr.concat([told, *further], "metric", join="outer", combine_attrs="override")


def _retrieve(
    decoded: str | Path, shards: Files, spec: Retrieval, source: Source, seed: int
) -> xr.Dataset:
    found = load(decoded, {"decoded": ("image", "feature")})
    numbers = found["image"].to_numpy()
    with Shards(shards, "features") as held:
        true = held.read(numbers, slice(None))
    mean = true.mean(axis=0)
    # Without what all pictures share, which the cosine would count.
    centred = true - mean, found["decoded"].to_numpy() - mean
    hits = retrieval(*centred, spec.gallery[source], spec.draws, seed)
    return hits.assign_coords(image=numbers)
