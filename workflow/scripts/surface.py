"""Prepare the surfaces of all subjects for pycortex, caches included."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.drawing.cortex_store import build
from braid.provenance import recorded

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    for subject, files in job.params.subjects.items():
        build({role: Path(p) for role, p in files.items()}, subject, Path(job.output.store))
