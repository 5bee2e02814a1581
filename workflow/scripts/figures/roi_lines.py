"""Draw scores along the regions of language before and after a transfer."""

from typing import TYPE_CHECKING

from braid.drawing.publish import passport_of, publish
from braid.drawing.roi_lines import roi_lines
from braid.evaluation.findings_regions import of_transfer
from braid.evaluation.mapped import read
from braid.evaluation.region_rows import transfer_rows
from braid.evaluation.regions import by_section
from braid.provenance import recorded

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    files = job.input
    mapped = read(files.scores, files.destrieux, files.desikan, files.groups)
    sections = by_section(mapped.scores, mapped.areas)
    rows = transfer_rows(sections, options["fits"], mapped.groups["linguistic"])
    figure = roi_lines(options["title"], rows)
    publish(job.output, passport_of(asked.passport, options), figure, rows, of_transfer(rows))
