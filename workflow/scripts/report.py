"""Put every figure, how it was made and from what, on one page."""

from pathlib import Path
from typing import TYPE_CHECKING

from braid.drawing.passport import Passport, write_page
from braid.drawing.report import render
from braid.provenance import recorded
from braid.provenance.pages import gather
from braid.study.claims import load_claims

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    claims = [load_claims(Path(path)) for path in job.input.claims]
    records = map(Path, job.input.records)
    report = gather(job.params.studies, records, job.params.methods, claims)
    page = render(report, Path(job.input.template))
    passport = Passport(asked.passport, report.title, report.summary, simulated=False)
    write_page(page, Path(job.output.page), passport)
