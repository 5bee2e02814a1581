"""Put the features of pictures where a subject saw them."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets
from braid.provenance import recorded
from braid.store import Shards, save
from braid.timing import present

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
dataset = datasets.find(job.wildcards.dataset)
with recorded(job):
    files = dict(zip(job.params.roles, map(Path, job.input.files), strict=True))
    stimulus = dataset.read_stimulus(files, tuple(job.params.recordings), "events")
    with Shards(job.input.features, "features") as shards:
        save(job.output.design, present(shards, stimulus), mode=job.params.mode)
