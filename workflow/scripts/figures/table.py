"""Print the summary of a study as a paper does, tests and the paper's own numbers beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.drawing.publish import passport_of, publish
from braid.drawing.table import table
from braid.evaluation.comparison import compare
from braid.evaluation.findings import of_comparisons, of_table
from braid.evaluation.summary import printable, shown, summarise
from braid.provenance import recorded
from braid.store import load
from braid.study.claims import load_claims

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    claims = load_claims(Path(job.input.claims))
    printed = claims.beside(Path(job.wildcards.figure).name)
    models, trivial, against = [
        [load(path, {"r_run": ("run", "voxel")}) for path in paths]
        for paths in (job.input.scores, job.input.baselines, job.input.against)
    ]
    compared = compare([models, trivial], against)
    fits = list(dict.fromkeys(one.attrs["fit"] for one in [*models, *trivial]))
    rows = printable(summarise([*models, *trivial]), compared, fits, printed, options["simulated"])
    note = (
        f"Difference: of r from “{against[0].attrs['label']}”, mean over runs left out. "
        "Interval: t. p: sign flips of runs, Holm.\n"
        f"Paper: {claims.source}; real data, {printed[0].metric}."
    )
    figure = table(options["title"], shown(rows), note, digits=4)
    found = [*of_table(rows), *of_comparisons(compared)]
    publish(job.output, passport_of(asked.passport, options), figure, rows, found)
