"""Compare generated pictures with the presented ones."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets
from braid.evaluation.pictures.scores import evaluate
from braid.evaluation.pictures.seen import Judge, look
from braid.evaluation.retrieved import retrieved, with_kinds
from braid.provenance import recorded
from braid.store import load, save
from braid.study.pictures import Metric, Retrieval

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
dataset = datasets.find(job.params.dataset)
with recorded(job):
    source, params, files = job.wildcards.source, job.params, job.input
    metrics = [Metric.model_validate(one) for one in params.metrics.values()]
    found = zip(params.networks.items(), map(Path, files.networks), strict=True)
    judges = {name: Judge(folder, kind) for (name, kind), folder in found}
    stimuli = dict(zip(params.roles, map(Path, files.files), strict=True))
    images = dataset.read_stimulus(stimuli, tuple(params.recordings), "images").images
    made = load(files.pictures, {"pictures": ("image", "sample", "row", "column", "channel")})
    presented, generated = images.read(made["image"].to_numpy()), made["pictures"]
    seen = look(metrics, source, judges, presented, generated.to_numpy())
    scores = evaluate(presented, generated, metrics, source, seen)
    parts = {"z": (files.z, files.true_z), "c": (files.c, files.true_c)}
    spec = Retrieval.model_validate(params.retrieval)
    further = retrieved(parts, spec, source, params.seed)
    save(job.output.scores, with_kinds(scores, metrics, further).assign_attrs(made.attrs))
