"""Draw which band of features explains which region of each subject."""

from typing import TYPE_CHECKING

from braid.datasets import read_anatomies
from braid.drawing.bands import Split, bands
from braid.drawing.publish import passport_of, publish
from braid.drawing.slices import grid_of
from braid.evaluation.findings import of_bands
from braid.evaluation.summary import band_rows
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    scores = [load(path, {"split": ("band", "voxel")}) for path in job.input.scores]
    anatomies = read_anatomies(options["dataset"], options["anatomy"])
    splits = [
        Split(
            f"{one.attrs['subject']}, {one.attrs['label']}",
            one["split"].values.astype(float),
            one["region"].values,
            grid_of(one),
            anatomies[one.attrs["subject"]],
            one["q"].values.astype(float),
        )
        for one in scores
    ]
    figure = bands(options["title"], list(scores[0]["band"].values), splits)
    passport = passport_of(asked.passport, options)
    publish(job.output, passport, figure, band_rows(scores), of_bands(scores))
