"""Turn the responses of a subject into brain vectors, one for each TR."""

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from braid.datasets import read_places
from braid.evaluation.recordings import open_recordings
from braid.networks.compress import Given, compress
from braid.provenance import recorded
from braid.store import load, save
from braid.study.encoders import Encoder

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    identity = {"subject": job.wildcards.subject}
    files = dict(zip(job.params.places, map(Path, job.input.places), strict=True))
    measured = {"r": ("voxel",), "q": ("voxel",)}
    given = Given(
        scores=[load(path, measured, identity) for path in job.input.scores],
        network=[Path(path) for path in job.input.network],
        places=read_places(job.params.dataset, files, job.wildcards.subject),
    )
    encoder = TypeAdapter(Encoder).validate_python(job.params.encoder)
    with open_recordings(job.input.responses, identity) as recordings:
        brain = compress(encoder, recordings, given, job.wildcards.source)
    save(job.output.brain, brain)
