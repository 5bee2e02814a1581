"""Print the scores of some fits, without a paper beside them."""

from typing import TYPE_CHECKING

from braid.drawing.publish import passport_of, publish
from braid.drawing.table import table
from braid.evaluation.findings import of_summary
from braid.evaluation.summary import briefly, summarise
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    scores = (load(path, {"r": ("voxel",)}) for path in job.input.scores)
    rows = briefly(summarise(scores), options["fits"])
    figure = table(options["title"], rows)
    publish(job.output, passport_of(asked.passport, options), figure, rows, of_summary(rows))
