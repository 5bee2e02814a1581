"""Draw what a trained generator makes of captions."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.drawing.publish import passport_of, publish
from braid.drawing.samples import samples
from braid.evaluation.picture_grids import of_samples, sample_rows
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    dims = ("caption", "sample", "row", "column", "channel")
    made = [
        load(Path(folder) / "samples.nc", {"pictures": dims}).assign_attrs(label=one["network"])
        for folder, one in zip(job.input.trained, options["trained"], strict=True)
    ]
    figure = samples(options["title"], made)
    rows = sample_rows(made)
    publish(job.output, passport_of(asked.passport, options), figure, rows, of_samples(rows))
