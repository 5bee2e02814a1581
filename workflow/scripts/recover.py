"""Compare what was found in one subject of a twin with what was planted there."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.evaluation.recovery import recover
from braid.provenance import recorded
from braid.store import load, save

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    identity = {"subject": job.wildcards.subject}
    scores = load(job.input.scores, {"r": ("voxel",), "q": ("voxel",)}, identity)
    truth = load(
        Path(job.input.truth) / f"{job.wildcards.subject}.nc", {"ceiling": ("voxel",)}, identity
    )
    baseline = next((load(p, {"r": ("voxel",)}, identity) for p in job.input.baseline), None)
    save(job.output.recovery, recover(scores, truth, baseline))
