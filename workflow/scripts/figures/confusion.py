"""Draw which category was answered for which, beside the permutation null."""

from typing import TYPE_CHECKING

from braid.drawing.confusion import confusion
from braid.drawing.publish import passport_of, publish
from braid.evaluation.findings import of_decoding
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    [decoded] = [load(p, {"confusion": ("truth", "answer")}) for p in job.input.classified]
    figure = confusion(
        options["title"],
        decoded["confusion"].values,
        list(decoded["truth"].values),
        decoded.attrs["accuracy"],
        decoded["null"].values,
        decoded.attrs["p"],
    )
    rows = decoded["confusion"].to_dataframe().reset_index()
    publish(
        job.output,
        passport_of(asked.passport, options),
        figure,
        rows,
        of_decoding([decoded]),
    )
