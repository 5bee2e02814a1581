"""Link the raw text, as a fetched file is linked."""

import os
from pathlib import Path

from braid.provenance import recorded

job = snakemake
with recorded(job):
    content = Path(".cache", job.wildcards.source, "raw.txt")
    content.parent.mkdir(parents=True, exist_ok=True)
    content.write_text("seed 6\n" if job.params.origin["simulated"] else "seed 5\n")
    target = Path(job.output.file)
    target.symlink_to(os.path.relpath(content.resolve(), target.parent.resolve()))
