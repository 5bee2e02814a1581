"""Say on a page what the record of the figure says."""

from pathlib import Path

from braid.drawing.passport import Passport, write_page
from braid.provenance import recorded
from braid.provenance.shelf import read

job = snakemake
with recorded(job) as asked:
    figure = read(Path(job.input.records))
    passport = Passport(asked.passport, "A page", "What was drawn.", simulated=False)
    page = f"<html><head></head><body>{figure.passport}</body></html>"
    write_page(page, Path(job.output.page), passport)
