"""Two tables compared number by number, two texts line by line, their passports apart."""

from pathlib import Path

import numpy as np
import pandas as pd

from braid.drawing import passport
from braid.errors import BadInput
from braid.provenance.replay.arrays import distances
from braid.provenance.replay.levels import BEYOND, SUMMARY, WITHIN, Difference, worst

SIGNED = Difference(WITHIN, "equal but for the passport")
"""The passport says what was asked; `braid.provenance.replay.asked` names what differs in it."""


def compare_tables(recorded: Path, again: Path) -> Difference:
    """Compare two CSV files; texts and integers must agree, numbers within 1e-4."""
    one, other = (
        pd.read_csv(p).drop(columns="passport", errors="ignore") for p in (recorded, again)
    )
    if list(one.columns) != list(other.columns) or len(one) != len(other):
        return Difference(
            BEYOND, f"{len(one)} rows of {list(one)}, now {len(other)} of {list(other)}"
        )
    found = [_column(str(name), one.loc[:, name], other.loc[:, name]) for name in one.columns]
    return worst([SIGNED, *(difference for difference in found if difference)])


def compare_texts(recorded: Path, again: Path) -> Difference:
    """Compare two texts byte by byte, where they carry passports without these."""
    one, other = (_unsigned(path).splitlines() for path in (recorded, again))
    if one == other:
        return SIGNED
    pairs = zip(one, other, strict=False)
    first = next((n for n, (a, b) in enumerate(pairs, 1) if a != b), min(len(one), len(other)) + 1)
    return Difference(BEYOND, f"bytes differ, first in line {first}")


def _column(name: str, one: pd.Series, other: pd.Series) -> Difference | None:
    if one.dtype != other.dtype:
        return Difference(BEYOND, f"{name}: {one.dtype} recorded, {other.dtype} now")
    apart = distances(one.fillna(np.nan).to_numpy(), other.fillna(np.nan).to_numpy())
    if not apart.any():
        return None
    row = int(apart.argmax())
    text = f"{name}: {one[row]} recorded, {other[row]} now, in row {row}"
    return Difference(WITHIN if apart[row] <= SUMMARY else BEYOND, text, float(apart[row]))


def _unsigned(path: Path) -> bytes:
    content = path.read_bytes()
    try:
        digest = passport.read(path)
    except BadInput:
        return content
    return content.replace(digest.encode(), b"").replace(digest[:16].encode(), b"")
