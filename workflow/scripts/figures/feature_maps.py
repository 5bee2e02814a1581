"""Draw where feature spaces predict each subject's brain, and which of them predicts best."""

from typing import TYPE_CHECKING

import pandas as pd

from braid.datasets import read_anatomies
from braid.drawing.feature_maps import feature_maps, mapped
from braid.drawing.publish import passport_of, publish
from braid.evaluation.findings import of_scores
from braid.evaluation.winners import by_subject, level_rows, of_levels, of_winners, stream_rows
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    scores, along = [
        [load(path, {"r": ("voxel",), "q": ("voxel",), "roi": ("voxel",)}) for path in paths]
        for paths in (job.input.scores, job.input.levels)
    ]
    baselines = [load(path, {"r": ("voxel",)}) for path in job.input.baselines]
    anatomies = read_anatomies(options["dataset"], options["anatomy"])
    subjects = [mapped(own, anatomies[name]) for name, own in by_subject(scores).items()]
    streams, levels = stream_rows(scores), level_rows(along, options["levels"])
    figure = feature_maps(options["title"], subjects, streams, levels)
    found = [*of_winners(streams), *of_levels(levels), *of_scores(scores, baselines)]
    rows = pd.concat([streams, levels])
    publish(job.output, passport_of(asked.passport, options), figure, rows, found)
