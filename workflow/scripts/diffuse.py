"""Train the U-Net of scenes, which with the autoencoder is a latent diffusion model."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.networks.diffusion.scenes import make_scenes
from braid.networks.diffusion.train import Parts, fit_diffusion
from braid.provenance import recorded
from braid.study.trained import TrainedDiffusion

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    spec = TrainedDiffusion.model_validate(job.params.network)
    fit_diffusion(
        *make_scenes(*map(Path, job.input.archives), spec, job.params.seed, half=0),
        Parts(*map(Path, (job.input.autoencoder, job.input.judge, job.input.text))),
        spec,
        spec.schedule[job.wildcards.source],
        job.params.seed,
        Path(job.output.folder),
        Path(".cache/checkpoints") / asked.passport,
    )
