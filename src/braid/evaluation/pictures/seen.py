"""What the networks of a study's metrics make of presented and of generated pictures."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8

from braid.evaluation.pictures.pixels import batches
from braid.evaluation.pictures.scores import Look, Seen, Stretches, look_of
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
) -> dict[Look, Seen]:
    """Give what the metrics that have a network compare, made when it is asked for.

    Parameters
    ----------
    metrics, source
        Of the study.
    judges
        By the name that a metric gives its network.
    presented, generated
        Pictures.
    """
    looks = {look_of(metric, source) for metric in metrics if metric.model}
    return {one: _seen(one, judges[one.network], presented, generated) for one in looks}


def _seen(look: Look, judge: Judge, presented: np.ndarray, generated: np.ndarray) -> Seen:
    def of(pictures: np.ndarray) -> Stretches:
        return features(batches(pictures, look.side), judge.folder, judge.kind, look.layer)

    return Seen(partial(of, presented), partial(of, generated))
