"""The last step of every figure: picture, numbers and findings, each with the same passport."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from braid.drawing.passport import Passport, write, write_rows
from braid.store import atomic


def passport_of(digest: str, options: Mapping[str, Any]) -> Passport:
    """Make the passport of a figure from what its study says of it.

    Parameters
    ----------
    digest
        Of the job that draws it.
    options
        `title`, `caption`, and whether its responses are `simulated`.
    """
    return Passport(
        digest=digest,
        title=options["title"],
        description=options["caption"],
        simulated=options["simulated"],
    )


def publish(
    outputs: Any,
    passport: Passport,
    figure: Figure,
    rows: pd.DataFrame,
    findings: Sequence[str],
) -> None:
    """Write a figure as PNG and SVG, its numbers as CSV, its findings as text: all or none.

    Parameters
    ----------
    outputs
        Has the paths `png`, `svg`, `csv` and `findings`.
    passport
        What all of them carry.
    figure
        The picture.
    rows
        The numbers in it.
    findings
        Plain sentences.
    """
    with ExitStack() as stack:
        png, svg, csv, text = (
            stack.enter_context(atomic(path))
            for path in (outputs.png, outputs.svg, outputs.csv, outputs.findings)
        )
        write(figure, {"png": png, "svg": svg}, passport)
        write_rows(rows, csv, passport)
        text.write_text("".join(f"{line}\n" for line in findings), encoding="utf-8")
