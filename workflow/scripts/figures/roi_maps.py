"""Draw the mean score of each region on the flattened template, for every subject."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.drawing.flatmap import flatmap
from braid.drawing.publish import passport_of, publish
from braid.drawing.regions import region_panels
from braid.evaluation.findings_regions import of_maps
from braid.evaluation.mapped import read
from braid.evaluation.region_rows import printed_regions
from braid.evaluation.regions import by_region
from braid.provenance import recorded
from braid.study.claims import load_claims

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options, [store] = job.params.figure, map(Path, job.input.store)
    files = job.input
    mapped = read(files.scores, files.destrieux, files.desikan, files.groups)
    regions = by_region(mapped.scores, mapped.areas)
    rows = regions.loc[regions["kind"] == "destrieux", :]
    panels = region_panels(rows, mapped.destrieux)
    figure = flatmap(panels, store, unit="mean r of the region")
    claims = load_claims(Path(job.input.claims))
    found = of_maps(rows, printed_regions(claims, Path(job.wildcards.figure).name))
    publish(job.output, passport_of(asked.passport, options), figure, rows, found)
