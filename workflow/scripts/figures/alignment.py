"""Print how well the words of each run meet its TRs."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets
from braid.drawing.alignment import alignment
from braid.drawing.publish import passport_of, publish
from braid.evaluation.findings import of_alignment
from braid.provenance import recorded
from braid.timing import audit, seconds

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    dataset, runs = datasets.find(options["dataset"]), tuple(options["series"])
    words, sounds = (
        dataset.read_stimulus({r: Path(p) for r, p in options["stimuli"][kind].items()}, runs, kind)
        for kind in ("events", "sound")
    )
    lengths = {run: seconds(path) for run, path in sounds.sound.items()}
    rows = audit(words, lengths, options["series"])
    figure = alignment(options["title"], rows)
    publish(job.output, passport_of(asked.passport, options), figure, rows, of_alignment(rows))
