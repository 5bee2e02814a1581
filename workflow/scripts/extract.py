"""Turn the stimuli of a data set into one feature space."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets, features
from braid.provenance import recorded
from braid.store import save

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
dataset = datasets.find(job.wildcards.dataset)
with recorded(job):
    files = dict(zip(job.params.roles, map(Path, job.input.files), strict=True))
    stimulus = dataset.read_stimulus(files, tuple(job.params.recordings), "events")
    model = next(map(Path, job.input.model), None)
    found = features.find(job.params.kind).extract(stimulus, model, **job.params.options)
    save(
        job.output.features,
        found.assign_attrs(dataset=job.wildcards.dataset, feature=job.wildcards.feature),
    )
