"""Train the autoencoder of scenes."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.networks.diffusion.autoencoder import fit_autoencoder
from braid.networks.diffusion.scenes import make_scenes
from braid.provenance import recorded
from braid.study.trained import TrainedAutoencoder

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    spec = TrainedAutoencoder.model_validate(job.params.network)
    training, validation = make_scenes(
        *map(Path, job.input.archives), spec, job.params.seed, half=0
    )
    fit_autoencoder(
        training.pixels,
        validation.pixels,
        spec,
        spec.schedule[job.wildcards.source],
        job.params.seed,
        Path(job.output.folder),
        Path(".cache/checkpoints") / asked.passport,
    )
