"""Draw pictures that were presented beside their reconstructions, chosen by a rule."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets
from braid.drawing.publish import passport_of, publish
from braid.drawing.reconstructions import first_samples, reconstructions
from braid.evaluation.picture_grids import grid_rows, of_grid, rule
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    evaluated = [load(path, {"value": ("metric", "image")}) for path in job.input.evaluated]
    rows = grid_rows(evaluated, options["against"], options["metric"], options["count"])
    files = {role: Path(path) for role, path in options["stimuli"]["images"].items()}
    recordings = tuple(options["recordings"])
    shown = datasets.find(options["dataset"]).read_stimulus(files, recordings, "images").images
    images = rows["image"].unique()
    presented = dict(zip(images.tolist(), shown.read(images), strict=True))
    generated = [first_samples(path, rows) for path in job.input.generated]
    said = rule(rows, options["against"], generated[0].samples)
    figure = reconstructions(options["title"], rows, presented, generated, said)
    publish(job.output, passport_of(asked.passport, options), figure, rows, of_grid(rows, said))
