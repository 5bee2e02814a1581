"""Draw how the losses of networks fell while they were trained."""

from typing import TYPE_CHECKING

from braid.drawing.curves import curves
from braid.drawing.publish import passport_of, publish
from braid.evaluation.findings import of_losses
from braid.evaluation.losses import losses
from braid.provenance import recorded

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    rows = losses(zip(job.input.trained, options["trained"], strict=True))
    figure = curves(options["title"], rows)
    publish(job.output, passport_of(asked.passport, options), figure, rows, of_losses(rows))
