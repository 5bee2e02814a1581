"""Fit and score one encoding model on one part of the voxels of one subject."""

from typing import TYPE_CHECKING

from braid.evaluation.encoding import fit
from braid.evaluation.parts import part
from braid.evaluation.plan import Plan
from braid.evaluation.recordings import open_recordings
from braid.evaluation.table import tabulate
from braid.provenance import recorded
from braid.store import load, save

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    plan = Plan.model_validate(job.params.plan)
    designs = [load(path, {"design": ("tr", "layer", "feature")}) for path in job.input.designs]
    searches = [
        load(path, {"score": ("fold", "candidate", "penalty", "voxel")})
        for path in job.input.searches
    ]
    with open_recordings(job.input.responses, {"subject": job.wildcards.subject}) as recordings:
        table = tabulate(designs, recordings.head, plan)
        voxels = part(recordings.voxels, *job.params.part)
        scores, weights = fit(table, recordings, plan, voxels, searches)
    names = {"study": job.wildcards.study, "fit": job.wildcards.fit}
    save(job.output.scores, scores.assign_attrs(names))
    save(job.output.weights, weights.assign_attrs(names))
