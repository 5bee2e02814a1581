"""Turn some pictures, or their captions, into one feature space."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets, features
from braid.provenance import recorded
from braid.store import save
from braid.timing.stimulus import merge, shown

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
dataset = datasets.find(job.wildcards.dataset)
with recorded(job):
    files = dict(zip(job.params.roles, map(Path, job.input.files), strict=True))
    recordings = tuple(job.params.recordings)
    stimulus = merge([dataset.read_stimulus(files, recordings, kind) for kind in job.params.needs])
    model, numbers = next(map(Path, job.input.model), None), shown(stimulus, *job.params.span)
    extract = features.find_of_pictures(job.params.kind).extract
    found = extract(stimulus, model, numbers, job.params.seed, **job.params.options)
    names = {"dataset": job.wildcards.dataset, "feature": job.wildcards.feature}
    save(job.output.features, found.assign_attrs(names), mode=job.params.mode)
