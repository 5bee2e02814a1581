"""Read one recording and bring its responses into the form that every fit wants."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets
from braid.datasets.responses import standardise
from braid.provenance import recorded
from braid.store import save

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
dataset = datasets.find(job.wildcards.dataset)
with recorded(job):
    files = dict(zip(job.params.roles, map(Path, job.input.files), strict=True))
    data = dataset.read_responses(files, job.wildcards.subject, job.wildcards.recording)
    save(job.output.responses, standardise(data, job.params.cleaning), mode=job.params.mode)
