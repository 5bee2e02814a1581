"""Average half of the responses."""

from braid.provenance import recorded
from braid.store import load, save

job = snakemake
with recorded(job):
    bold = load(job.input.responses)["bold"]
    half = bold.isel(voxel=slice(job.params.part, None, 2))
    save(job.output.scores, half.mean("tr").to_dataset(name="r"))
