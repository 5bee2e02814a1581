"""Fit a random part of the voxels of one subject again."""

from typing import TYPE_CHECKING

from braid.evaluation.plan import Plan
from braid.evaluation.recordings import open_recordings
from braid.evaluation.sample import sample
from braid.evaluation.table import tabulate
from braid.provenance import recorded
from braid.store import load, save

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    plan = Plan.model_validate(job.params.plan)
    designs = [load(path, {"design": ("tr", "layer", "feature")}) for path in job.input.designs]
    identity = {"subject": job.wildcards.subject}
    fitted = load(job.input.scores, {"r": ("voxel",)}, identity)
    with open_recordings(job.input.responses, identity) as recordings:
        table = tabulate(designs, recordings.head, plan)
        save(job.output.sample, sample(table, recordings, plan, fitted, *job.params.draw))
