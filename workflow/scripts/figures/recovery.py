"""Draw what was found in a twin against what had been planted there."""

from typing import TYPE_CHECKING

import pandas as pd

from braid.drawing.publish import passport_of, publish
from braid.drawing.recovery import Recovery, recovery
from braid.evaluation.findings import of_recovery
from braid.provenance import recorded
from braid.store import load

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    recovered = [load(path, {"r": ("voxel",)}) for path in job.input.recovered]
    subjects = [
        Recovery(
            one.attrs["subject"],
            one["ceiling"].values.astype(float),
            one["r"].values.astype(float),
            one.attrs["correlation"],
            {name: one.attrs[name] for name in ("precision", "recall", "dice")},
            one["r"].values[~one["planted"].values.astype(bool)].astype(float),
        )
        for one in recovered
    ]
    figure = recovery(job.params.figure["title"], subjects)
    publish(
        job.output,
        passport_of(asked.passport, job.params.figure),
        figure,
        pd.DataFrame([one.attrs for one in recovered]),
        of_recovery(recovered),
    )
