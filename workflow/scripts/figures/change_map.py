"""Draw where the cortex is predicted better by one fit than by another."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.drawing.change_map import change_map
from braid.drawing.publish import passport_of, publish
from braid.evaluation.findings import of_difference
from braid.evaluation.summary import summarise
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options, [store] = job.params.figure, map(Path, job.input.store)
    scores = [load(path, {"r": ("voxel",), "q": ("voxel",)}) for path in job.input.scores]
    first, second = [[one for one in scores if one.attrs["fit"] == fit] for fit in options["fits"]]
    pairs = list(zip(first, second, strict=True))
    figure = change_map(pairs, store)
    found = [of_difference(*pair) for pair in pairs]
    publish(job.output, passport_of(asked.passport, options), figure, summarise(scores), found)
