"""Draw the scores of each subject on slices of its anatomy."""

from typing import TYPE_CHECKING

from braid.datasets import read_anatomies
from braid.drawing.publish import passport_of, publish
from braid.drawing.slices import Map, grid_of, slices
from braid.evaluation.findings import of_null, of_scores
from braid.evaluation.summary import summarise
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    scores = [load(path, {"r": ("voxel",), "q": ("voxel",)}) for path in job.input.scores]
    baselines = [load(path, {"r": ("voxel",)}) for path in job.input.baselines]
    anatomies = read_anatomies(options["dataset"], options["anatomy"])
    maps = [
        Map(
            f"{one.attrs['subject']}, {one.attrs['label']}",
            one["r"].values.astype(float),
            grid_of(one),
            anatomies[one.attrs["subject"]],
            one["q"].values.astype(float),
            note=of_null(one),
        )
        for one in scores
    ]
    figure = slices(options["title"], maps, unit="correlation r")
    passport = passport_of(asked.passport, options)
    rows = summarise([*scores, *baselines])
    publish(job.output, passport, figure, rows, of_scores(scores, baselines))
