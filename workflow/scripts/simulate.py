"""Write the twin of a data set, outside it what was planted there, and a lock of its files."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import twins
from braid.provenance import recorded
from braid.sources import locks

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
twin = twins.find(job.wildcards.dataset)
with recorded(job):
    given = {"table": job.input.table} | job.params.given
    data = Path(job.output.data)
    paths = {name: Path(path) for name, path in given.items()}
    twin.write(data, Path(job.output.truth), paths, job.params.seed)
    locks.write(Path(job.output.lock), locks.of_data(data))
