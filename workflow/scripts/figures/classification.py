"""Draw how often models told translations from other sentences, against chance."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from braid.drawing.classification import classification
from braid.drawing.publish import passport_of, publish
from braid.evaluation.agreement import accuracy_rows
from braid.evaluation.findings_regions import of_classification
from braid.evaluation.region_rows import printed_of
from braid.provenance import recorded
from braid.study.claims import load_claims

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

job = snakemake
with recorded(job) as asked:
    options = job.params.figure
    answers = {
        languages: {model: pd.read_csv(path) for model, path in models.items()}
        for languages, models in options["predictions"].items()
    }
    rows = accuracy_rows(answers)
    claims = load_claims(Path(job.input.claims))
    printed = printed_of(claims, Path(job.wildcards.figure).name, "languages")
    figure = classification(options["title"], rows, printed)
    found = of_classification(rows, printed)
    publish(job.output, passport_of(asked.passport, options), figure, rows, found)
