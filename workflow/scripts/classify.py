"""Decode the category of each block from a run that training never saw."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets
from braid.evaluation.classification import classify
from braid.evaluation.patterns import block_patterns
from braid.evaluation.rows import join_recordings
from braid.provenance import recorded
from braid.store import load, save
from braid.study.fits import Classify

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
dataset = datasets.find(job.params.dataset)
with recorded(job):
    spec = Classify.model_validate(job.params.decoder)
    files = dict(zip(job.params.roles, map(Path, job.input.files), strict=True))
    stimulus = dataset.read_stimulus(files, tuple(job.params.recordings), "events")
    subject = {"subject": job.wildcards.subject}
    responses = [load(p, {"bold": ("tr", "voxel")}, subject) for p in job.input.responses]
    blocks = block_patterns(join_recordings(responses), stimulus, spec.hemodynamic_lag)
    found = classify(blocks, spec, job.params.seed)
    save(job.output.decoded, found.assign_attrs(label=job.wildcards.subject))
