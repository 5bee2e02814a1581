"""Draw how often captions of one language are found by vectors decoded in another."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid import datasets
from braid.drawing.languages import languages
from braid.drawing.publish import passport_of, publish
from braid.evaluation.languages import language_rows, of_languages
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    decoded = [load(path, {"decoded": ("image", "feature")}) for path in job.input.decoded]
    files = {role: Path(path) for role, path in options["stimuli"]["captions"].items()}
    recordings = tuple(options["recordings"])
    said = datasets.find(options["dataset"]).read_stimulus(files, recordings, "captions").captions
    rows = language_rows(decoded, options["vectors"], said, options["seed"])
    figure = languages(options["title"], rows)
    publish(job.output, passport_of(asked.passport, options), figure, rows, of_languages(rows))
