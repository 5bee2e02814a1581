"""Tune a text model with the brain vectors of one subject, or of all."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets
from braid.networks.aligner.tune import tune
from braid.networks.cutting import cut_rows, cut_stimulus
from braid.provenance import recorded
from braid.store import load
from braid.study.trained import Tuned

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
dataset = datasets.find(job.params.dataset)
with recorded(job) as asked:
    spec, source = Tuned.model_validate(job.params.network), job.wildcards.source
    files = dict(zip(job.params.roles, map(Path, job.input.files), strict=True))
    stimulus = dataset.read_stimulus(files, tuple(job.params.recordings), "events")
    vectors = [load(path, {"brain": ("tr", "feature")}) for path in job.input.brain]
    brain = [cut_rows(one, spec.cut) for one in vectors]
    tune(
        cut_stimulus(stimulus, brain[0], spec.cut),
        brain,
        Path(job.input.model[0]),
        spec,
        spec.schedule[source],
        {"training": spec.training[source], "validation": spec.validation[source]},
        job.params.seed,
        Path(job.output.folder),
        Path(".cache/checkpoints") / asked.passport,
    )
