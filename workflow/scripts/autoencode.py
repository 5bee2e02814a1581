"""Train an autoencoder on the responses of all subjects."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.networks.autoencoder import fit_autoencoder
from braid.provenance import recorded
from braid.store import load
from braid.study.trained import Coded

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    spec, source = Coded.model_validate(job.params.network), job.wildcards.source
    rows = {
        "train": spec.cut.rows(spec.training[source]),
        "validation": spec.cut.rows(spec.validation[source]),
    }
    fit_autoencoder(
        [load(path, {"bold": ("tr", "voxel")})["bold"].values for path in job.input.responses],
        rows,
        spec.sizes[source],
        spec.schedule[source],
        job.params.seed,
        Path(job.output.folder),
        Path(".cache/checkpoints") / asked.passport,
    )
