"""Decode features of presented pictures from responses to them."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

from braid.evaluation.recordings import open_any, open_recordings
from braid.evaluation.regression.decode import decode
from braid.provenance import recorded
from braid.store import Shards, save
from braid.study.pictures import Regress

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job), ExitStack() as stack:
    spec = Regress.model_validate(job.params.decoder)
    subject = {"subject": job.wildcards.subject}
    recordings = stack.enter_context(open_recordings(job.input.responses, subject))
    others = stack.enter_context(open_any(job.input.others))
    shards = stack.enter_context(Shards(job.input.features, "features"))
    found = decode(recordings, shards, spec, job.wildcards.source, job.params.seed, others)
    names = {"study": job.wildcards.study, "decoder": job.wildcards.decoder, **subject}
    save(job.output.decoded, found.assign_attrs(names), mode=job.params.mode)
