"""Draw which layer predicts which part of the cortex, and which hemisphere better."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from braid.drawing.layers import layers
from braid.drawing.publish import passport_of, publish
from braid.evaluation.findings_regions import of_layers
from braid.evaluation.region_rows import PLACES, layer_rows
from braid.evaluation.regions import areas, by_region, members
from braid.provenance import recorded
from braid.store import load
from braid.study.claims import load_claims

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    groups = members(pd.read_csv(job.input.groups, sep="\t"))
    names = ("destrieux", "desikan")
    atlases = {name: load(job.input[name], {"region": ("voxel",)}) for name in names}
    scores = (load(path, {"r_run": ("run", "voxel")}) for path in job.input.scores)
    regions = by_region(scores, areas(atlases, groups))
    claims = load_claims(Path(job.input.claims))
    printed = claims.beside(Path(job.wildcards.figure).name)
    rows = layer_rows(regions, options["fits"], groups, printed)
    figure = layers(options["title"], rows, PLACES)
    found = of_layers(rows, regions, options["fits"])
    publish(job.output, passport_of(asked.passport, options), figure, rows, found)
