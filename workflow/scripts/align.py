"""Bring a feature space to the TRs that the responses have."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets
from braid.provenance import recorded
from braid.store import load, save
from braid.timing import align

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
dataset = datasets.find(job.wildcards.dataset)
with recorded(job):
    files = dict(zip(job.params.roles, map(Path, job.input.files), strict=True))
    stimulus = dataset.read_stimulus(files, tuple(job.params.recordings), "events")
    features = load(job.input.features, {"features": ("time", "layer", "feature")})
    how = (job.params.method, job.params.series, job.params.heard)
    save(job.output.design, align(features, stimulus.times, stimulus.trim, *how))
