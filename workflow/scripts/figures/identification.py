"""Draw how often two unseen categories were told apart, against the exact null."""

from typing import TYPE_CHECKING

from braid.drawing.identification import Identification, identification
from braid.drawing.publish import passport_of, publish
from braid.evaluation.findings import of_decoding
from braid.evaluation.identification import pair_matrix, pair_rows
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    decoded = [load(path, {"right": ("pair",)}) for path in job.input.identified]
    results = [
        Identification(
            label=one.attrs["label"],
            categories=tuple(one.attrs["categories"]),
            accuracy=one.attrs["accuracy"],
            null=one["null"].values,
            p=one.attrs["p"],
            pairs=pair_matrix(one),
        )
        for one in decoded
    ]
    figure = identification(options["title"], results)
    publish(
        job.output,
        passport_of(asked.passport, options),
        figure,
        pair_rows(decoded),
        of_decoding(decoded),
    )
