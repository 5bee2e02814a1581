"""Draw scores along the regions of language before and after a transfer."""

from typing import TYPE_CHECKING

import pandas as pd

from braid.drawing.publish import passport_of, publish
from braid.drawing.roi_lines import roi_lines
from braid.evaluation.findings_regions import of_transfer
from braid.evaluation.region_rows import transfer_rows
from braid.evaluation.regions import areas, by_section, members
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    groups = members(pd.read_csv(job.input.groups, sep="\t"))
    names = ("destrieux", "desikan")
    atlases = {name: load(job.input[name], {"region": ("voxel",)}) for name in names}
    scores = [load(path, {"r_run": ("run", "voxel")}) for path in job.input.scores]
    sections = by_section(scores, areas(atlases, groups))
    rows = transfer_rows(sections, options["fits"], groups["linguistic"])
    figure = roi_lines(options["title"], rows)
    publish(job.output, passport_of(asked.passport, options), figure, rows, of_transfer(rows))
