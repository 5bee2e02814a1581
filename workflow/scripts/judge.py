"""Train the judge of scenes, on garments that no generator meets."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.networks.diffusion.judge import fit_judge
from braid.networks.diffusion.scenes import make_scenes
from braid.provenance import recorded
from braid.study.trained import TrainedJudge

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    spec = TrainedJudge.model_validate(job.params.network)
    scenes = make_scenes(*map(Path, job.input.archives), spec, job.params.seed, half=1)
    fit_judge(
        *scenes,
        spec,
        spec.schedule[job.wildcards.source],
        job.params.seed,
        Path(job.output.folder),
        Path(".cache/checkpoints") / asked.passport,
    )
