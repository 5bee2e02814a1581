"""Tell two categories apart that training never saw, in a semantic embedding."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets
from braid.evaluation.identification import identify
from braid.evaluation.patterns import block_patterns
from braid.evaluation.rows import join_recordings
from braid.features.labels import embed_labels
from braid.provenance import recorded
from braid.store import load, save
from braid.study.fits import Identify

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
dataset = datasets.find(job.params.dataset)
with recorded(job):
    spec = Identify.model_validate(job.params.decoder)
    files = dict(zip(job.params.roles, map(Path, job.input.files), strict=True))
    stimulus = dataset.read_stimulus(files, tuple(job.params.recordings), "events")
    subject = {"subject": job.wildcards.subject}
    responses = [load(p, {"bold": ("tr", "voxel")}, subject) for p in job.input.responses]
    blocks = block_patterns(join_recordings(responses), stimulus, spec.hemodynamic_lag)
    names = sorted(set(stimulus.events["label"]) - set(spec.without))
    texts = [spec.texts.get(name, name) for name in names]
    vectors = embed_labels(texts, spec.template, Path(job.input.model[0]), spec.embedding)
    found = identify(blocks, vectors, names, spec.alpha)
    save(job.output.decoded, found.assign_attrs(label=spec.label))
