"""Write the twin of a data set, and outside it what was planted there."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from braid.provenance import recorded
from braid.sources.datalad import head
from braid.store import atomic
from braid.twins.ds003020 import write

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    write(
        Path(job.output.data),
        Path(job.output.truth),
        table=pd.read_csv(job.input.table, sep="\t"),
        text_archive=Path(job.input.text),
        vectors=Path(job.input.vectors),
        seed=job.params.seed,
    )
    with atomic(job.output.commit) as partial:
        partial.write_text(head(Path(job.output.data)) + "\n", encoding="utf-8")
