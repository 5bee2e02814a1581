"""Draw the scores of each subject on its flattened cortex, and as an interactive page."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.drawing.flatmap import Panel, flatmap
from braid.drawing.passport import write_page
from braid.drawing.publish import passport_of, publish
from braid.drawing.viewer import view
from braid.evaluation.findings import of_null, of_scores
from braid.evaluation.summary import summarise
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options, [store] = job.params.figure, map(Path, job.input.store)
    scores = [load(path, {"r": ("voxel",), "q": ("voxel",)}) for path in job.input.scores]
    baselines = [load(path, {"r": ("voxel",)}) for path in job.input.baselines]
    panels = [
        Panel(
            f"{one.attrs['subject']}, {one.attrs['label']}",
            one.attrs["subject"],
            one.attrs["space"],
            one["r"].values.astype(float),
            one["q"].values.astype(float),
            note=of_null(one),
        )
        for one in scores
    ]
    passport = passport_of(asked.passport, options)
    figure = flatmap(panels, store, unit="r")
    rows = summarise([*scores, *baselines])
    publish(job.output, passport, figure, rows, of_scores(scores, baselines))
    template, simulated = Path(job.input.template), options["simulated"]
    page = view(options["title"], panels, store, template, "r", simulated)
    write_page(page, Path(job.output.html), passport)
