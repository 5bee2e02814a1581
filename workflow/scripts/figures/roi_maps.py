"""Draw the mean score of each region on the flattened template, for every subject."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from braid.drawing.flatmap import flatmap
from braid.drawing.publish import passport_of, publish
from braid.drawing.regions import region_panels
from braid.evaluation.findings_regions import of_maps
from braid.evaluation.region_rows import printed_regions
from braid.evaluation.regions import areas, by_region, members
from braid.provenance import recorded
from braid.store import load
from braid.study.claims import load_claims

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options, [store] = job.params.figure, map(Path, job.input.store)
    groups = members(pd.read_csv(job.input.groups, sep="\t"))
    names = ("destrieux", "desikan")
    atlases = {name: load(job.input[name], {"region": ("voxel",)}) for name in names}
    scores = (load(path, {"r_run": ("run", "voxel")}) for path in job.input.scores)
    regions = by_region(scores, areas(atlases, groups))
    rows = regions.loc[regions["kind"] == "destrieux", :]
    figure = flatmap(region_panels(rows, atlases["destrieux"]), store, unit="mean r of the region")
    claims = load_claims(Path(job.input.claims))
    found = of_maps(rows, printed_regions(claims, Path(job.wildcards.figure).name))
    publish(job.output, passport_of(asked.passport, options), figure, rows, found)
