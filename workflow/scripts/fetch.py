"""Fetch one file of a data set at its pinned version."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.provenance import recorded
from braid.sources.origins import Origin, fetch

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    origin = Origin.model_validate(job.params.origin)
    lock = next(map(Path, job.input.lock), None)
    fetch(origin, job.wildcards.path, lock, Path(".cache"), Path(job.output.file))
