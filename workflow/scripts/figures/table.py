"""Print the summary of a study as a paper does, the paper's own numbers beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from braid.drawing.publish import passport_of, publish
from braid.drawing.table import table
from braid.evaluation.findings import of_table
from braid.evaluation.summary import printable
from braid.provenance import recorded
from braid.study.claims import load_claims

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    claims = load_claims(Path(job.input.claims))
    printed = claims.beside(Path(job.wildcards.figure).name)
    rows = printable(pd.read_csv(job.input.summary), options["fits"], printed)
    note = f"Paper: {claims.source}; real data, {printed[0].metric}."
    figure = table(options["title"], rows, note)
    publish(job.output, passport_of(asked.passport, options), figure, rows, of_table(rows))
