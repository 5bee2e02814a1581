"""Draw how much a choice changes the score of each voxel."""

from typing import TYPE_CHECKING

import numpy as np

from braid.drawing.difference import difference
from braid.drawing.publish import passport_of, publish
from braid.evaluation.findings import of_difference
from braid.evaluation.summary import summarise
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    scores = [load(path, {"r": ("voxel",)}) for path in job.input.scores]
    first, second = [[one for one in scores if one.attrs["fit"] == fit] for fit in options["fits"]]
    figure = difference(
        options["title"],
        np.concatenate([one["r"].values.astype(float) for one in first]),
        np.concatenate([one["r"].values.astype(float) for one in second]),
        (first[0].attrs["label"], second[0].attrs["label"]),
    )
    found = [of_difference(*pair) for pair in zip(first, second, strict=True)]
    publish(job.output, passport_of(asked.passport, options), figure, summarise(scores), found)
