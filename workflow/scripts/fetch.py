"""Fetch one file of a data set at its pinned version."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.provenance import recorded
from braid.sources.origins import Origin, fetch

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    simulated = [Path(path).read_text(encoding="utf-8").strip() for path in job.input.commit]
    commit = next(iter(simulated), job.params.commit)
    origin = Origin.model_validate(job.params.origin)
    fetch(origin, job.wildcards.path, commit, Path(".cache"), Path(job.output.file))
