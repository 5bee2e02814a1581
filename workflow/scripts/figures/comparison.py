"""Draw which models predict better than the one that all are compared with."""

from typing import TYPE_CHECKING

from braid.drawing.comparison import comparison
from braid.drawing.publish import passport_of, publish
from braid.evaluation.comparison import compare
from braid.evaluation.findings import of_comparisons
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    models, against = [
        [load(path, {"r_run": ("run", "voxel")}) for path in paths]
        for paths in (job.input.scores, job.input.against)
    ]
    compared = compare([models], against)
    figure = comparison(options["title"], compared)
    found = of_comparisons(compared)
    publish(job.output, passport_of(asked.passport, options), figure, compared, found)
