"""Print models by places of the cortex as a paper does, the paper's own numbers beside them."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from braid.drawing.publish import passport_of, publish
from braid.drawing.roi_table import roi_table
from braid.evaluation.findings_regions import flags, of_models
from braid.evaluation.region_rows import PLACES, model_rows
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
    rows = model_rows(regions, options["fits"], printed)
    source = f"Printed: {claims.source}, {printed[0].place}; real data, {printed[0].split}."
    notes = [source, *flags(claims, printed[0].place)]
    figure = roi_table(options["title"], rows, PLACES, notes)
    found = of_models(rows, claims, printed[0].place)
    publish(job.output, passport_of(asked.passport, options), figure, rows, found)
