"""Generate pictures from decoded features."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.features.diffusion.model import load
from braid.generation.inputs import read_given
from braid.generation.pictures import generate
from braid.generation.stretches import save
from braid.provenance import recorded
from braid.study.pictures import Reconstruct

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    source, files = job.wildcards.source, job.input
    spec = Reconstruct.model_validate(job.params.reconstruction)
    parts = (files.z, files.true_z), (files.c, files.true_c)
    _, z, c = given = read_given(*parts, true_features=spec.true_features)
    frame = given.frame(spec.samples[source], job.params.seed)
    names = {"subject": job.wildcards.subject, "reconstruction": job.wildcards.reconstruction}
    model, drawn = load(Path(files.model[0])), frame["seed"].to_numpy()
    save(
        job.output.pictures,
        frame.assign_attrs(**names, label=spec.label),
        spec.size[source],
        generate(model, z, c, spec, source, drawn),
        job.params.mode,
    )
