"""Draw how well features were decoded from the brain, controls apart."""

from typing import TYPE_CHECKING

from braid.drawing.decoding import decoding
from braid.drawing.publish import passport_of, publish
from braid.evaluation.regression.rows import decoding_rows, of_decoders
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    dims = {"r": ("feature",), "influence": ("image",)}
    decoded = [load(path, dims, without=("decoded",)) for path in job.input.decoded]
    rows = decoding_rows(decoded)
    figure = decoding(options["title"], rows)
    publish(job.output, passport_of(asked.passport, options), figure, rows, of_decoders(rows))
