"""Print how alike presented and reconstructed pictures are, with controls and the source beside."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.drawing.picture_table import picture_table
from braid.drawing.publish import passport_of, publish
from braid.evaluation.picture_findings import checks, notes, of_checks, of_source, of_tests
from braid.evaluation.picture_rows import beside_source, printed_rows, score_rows
from braid.provenance import recorded
from braid.store import load
from braid.study.claims import load_claims

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    claims = load_claims(Path(job.input.claims))
    name, seed = Path(job.wildcards.figure).name, options["seed"]
    evaluated = [load(path, {"value": ("metric", "image")}) for path in job.input.evaluated]
    scores = score_rows(evaluated, options["against"], seed)
    rows = beside_source(scores, claims, name, options["simulated"])
    printed, said = printed_rows(claims, rows), notes(rows, claims, options)
    figure = picture_table(options["title"], rows, printed, options["controls"], said)
    checked = checks(evaluated, options["nulls"], seed)
    found = [*of_checks(checked), *of_tests(rows), *of_source(rows)]
    publish(job.output, passport_of(asked.passport, options), figure, rows, found)
