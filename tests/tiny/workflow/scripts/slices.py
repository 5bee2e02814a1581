"""Draw the means."""

import pandas as pd

from braid.drawing.publish import passport_of, publish
from braid.drawing.style import canvas
from braid.provenance import recorded
from braid.store import load

job = snakemake
with recorded(job) as asked:
    scores = [load(path)["r"].values for path in job.input.scores]
    figure = canvas(3, 2)
    axes = figure.subplots()
    for part, values in enumerate(scores):
        axes.hist(values, bins=20, alpha=0.5, label=f"part {part}")
    axes.legend()
    rows = pd.DataFrame({"part": [0, 1], "mean": [float(values.mean()) for values in scores]})
    publish(job.output, passport_of(asked.passport, job.params.figure), figure, rows, ["Done."])
