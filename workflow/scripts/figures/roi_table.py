"""Print models by places of the cortex as a paper does, the paper's own numbers beside them."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.drawing.publish import passport_of, publish
from braid.drawing.roi_table import roi_table
from braid.evaluation.findings_regions import flags, of_models
from braid.evaluation.mapped import read
from braid.evaluation.region_rows import PLACES, model_rows
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
    rows = model_rows(regions, options["fits"], printed)
    source = f"Printed: {claims.source}, {printed[0].place}; real data, {printed[0].split}."
    notes = [source, *flags(claims, printed[0].place)]
    figure = roi_table(options["title"], rows, PLACES, notes)
    found = of_models(rows, claims, printed[0].place)
    publish(job.output, passport_of(asked.passport, options), figure, rows, found)
