"""Train the masked autoencoder of a study on real resting BOLD."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.datasets.rest import READERS
from braid.networks.brainlm.pretrain import pretrain
from braid.provenance import recorded
from braid.study.trained import Pretrained

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    spec = Pretrained.model_validate(job.params.network)
    archives = zip(job.params.packages, job.input.archives, strict=True)
    pretrain(
        [series for name, path in archives for series in READERS[name](Path(path))],
        spec,
        spec.schedule[job.wildcards.source],
        job.params.seed,
        Path(job.output.folder),
        Path(".cache/checkpoints") / asked.passport,
    )
