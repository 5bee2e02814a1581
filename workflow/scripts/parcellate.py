"""Name the vertices of the template surface after an atlas."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.datasets.atlases import regions
from braid.provenance import recorded
from braid.store import save

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    save(job.output.regions, regions(Path(job.input.archive), job.wildcards.atlas))
