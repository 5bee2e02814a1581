"""Draw which layer predicts which part of the cortex, and which hemisphere better."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.drawing.layers import layers
from braid.drawing.publish import passport_of, publish
from braid.evaluation.findings_regions import of_layers
from braid.evaluation.mapped import read
from braid.evaluation.region_rows import PLACES, layer_rows
from braid.evaluation.regions import by_region
from braid.provenance import recorded
from braid.study.claims import load_claims

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    files = job.input
    mapped = read(files.scores, files.destrieux, files.desikan, files.groups)
    regions = by_region(mapped.scores, mapped.areas)
    claims = load_claims(Path(job.input.claims))
    printed = claims.beside(Path(job.wildcards.figure).name)
    rows = layer_rows(regions, options["fits"], mapped.groups, printed)
    figure = layers(options["title"], rows, PLACES)
    found = of_layers(rows, regions, options["fits"])
    publish(job.output, passport_of(asked.passport, options), figure, rows, found)
