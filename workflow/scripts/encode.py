"""Fit and score one encoding model of one subject."""

from typing import TYPE_CHECKING

from braid.evaluation.encoding import Plan, encode
from braid.provenance import recorded
from braid.store import load, save

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    designs = [load(path, {"design": ("tr", "layer", "feature")}) for path in job.input.designs]
    recordings = [
        load(path, {"bold": ("tr", "voxel")}, {"subject": job.wildcards.subject})
        for path in job.input.responses
    ]
    scores, weights = encode(designs, recordings, Plan.model_validate(job.params.plan))
    names = {"study": job.wildcards.study, "fit": job.wildcards.fit}
    save(job.output.scores, scores.assign_attrs(names))
    save(job.output.weights, weights.assign_attrs(names))
