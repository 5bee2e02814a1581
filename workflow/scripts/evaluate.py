"""Summarise the scores of every subject and model of a study."""

from typing import TYPE_CHECKING

from braid.evaluation.summary import summarise
from braid.provenance import recorded
from braid.store import atomic, load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    rows = summarise(load(path, {"r": ("voxel",)}) for path in job.input.scores)
    with atomic(job.output.summary) as partial:
        rows.to_csv(partial, index=False, lineterminator="\n")
