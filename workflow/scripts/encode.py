"""Gather the parts of one encoding model of one subject."""

from typing import TYPE_CHECKING

from braid.evaluation.gather import gather
from braid.provenance import recorded
from braid.store import load, save, stitch
from braid.study.chance import Chance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    parts = [
        load(path, {"r": ("voxel",)}, {"subject": job.wildcards.subject})
        for path in job.input.scores
    ]
    save(job.output.scores, gather(parts, Chance.model_validate(job.params.chance)))
    stitch(job.output.weights, job.input.weights, "coef")
