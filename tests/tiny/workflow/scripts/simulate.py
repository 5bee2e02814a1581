"""Write raw text that nobody measured, and its lock."""

from pathlib import Path

from braid.provenance import recorded
from braid.sources import locks

job = snakemake
with recorded(job):
    data = Path(job.output.data)
    data.mkdir(parents=True)
    (data / "raw.txt").write_text("seed 6\n")
    locks.write(Path(job.output.lock), locks.of_data(data))
