"""What the networks of a study's metrics make of presented and of generated pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8

from braid.evaluation.pictures.pixels import batches
from braid.evaluation.pictures.scores import Seen
from braid.features.vision import features
from braid.study.names import Source
from braid.study.pictures import Metric


class Judge(NamedTuple):
    """A network: its folder, and what loads it (`braid.features.vision.NETWORKS`)."""

    folder: Path
    kind: str


def look(
    metrics: Sequence[Metric],
    source: Source,
    judges: Mapping[str, Judge],
    presented: UInt8[np.ndarray, "image row column 3"],
    generated: UInt8[np.ndarray, "image sample row column 3"],
) -> dict[str, Seen]:
    """Give what each metric that has a network compares, made when it is asked for.

    Parameters
    ----------
    metrics, source
        Of the study.
    judges
        By the name that a metric gives its network.
    presented, generated
        Pictures.
    """
    return {
        metric.label: _seen(metric, source, judges[metric.model[source]], presented, generated)
        for metric in metrics
        if metric.model
    }


def _seen(
    metric: Metric, source: Source, judge: Judge, presented: np.ndarray, generated: np.ndarray
) -> Seen:
    layer, side = metric.layer[source], metric.size[source]
    return Seen(
        *(
            features(batches(pictures, side), judge.folder, judge.kind, layer)
            for pictures in (presented, generated)
        )
    )
