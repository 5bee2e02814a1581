"""Draw responses from the seed in the raw text: 2 MB."""

from pathlib import Path

import numpy as np
import xarray as xr

from braid.provenance import recorded
from braid.store import save

job = snakemake
with recorded(job):
    seed = int(Path(job.input.raw).read_text().split()[1])
    bold = np.random.default_rng(seed).standard_normal((500, 1000), dtype=np.float32)
    save(job.output.responses, xr.Dataset({"bold": (("tr", "voxel"), bold)}))
