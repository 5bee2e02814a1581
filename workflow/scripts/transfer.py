"""Train a text model to tell translations from other sentences."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.datasets.xnli import read_sentences
from braid.networks.transfer.tune import transfer
from braid.provenance import recorded
from braid.study.trained import network

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    spec = network(job.params.network)
    transfer(
        read_sentences(Path(job.input.archive), spec.languages, spec.tokenised),
        [Path(path) for path in job.input.model],
        spec,
        spec.schedule[job.wildcards.source],
        job.params.seed,
        Path(job.output.folder),
        Path(".cache/checkpoints") / asked.passport,
    )
