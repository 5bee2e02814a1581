"""Print the summary of a study as a paper does, the paper's own numbers beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import yaml

from braid.drawing.publish import passport_of, publish
from braid.drawing.table import table
from braid.evaluation.findings import of_table
from braid.evaluation.summary import printable
from braid.provenance import recorded

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    claims = yaml.safe_load(Path(job.input.claims).read_text(encoding="utf-8"))
    rows = printable(pd.read_csv(job.input.summary), options["fits"], claims)
    note = f"Paper: {claims['source']}; real data, {claims['metric']}."
    figure = table(options["title"], rows, note)
    publish(job.output, passport_of(asked.passport, options), figure, rows, of_table(rows))
