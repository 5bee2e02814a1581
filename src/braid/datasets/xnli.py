"""XNLI-15way: 10,000 sentences in 15 languages (Conneau et al. 2018), for training, not responses.

Licence CC BY-NC 4.0: not for commercial use, to be cited. Known defects:

- Quotation marks are part of the text: they open no quoted field, and are not always in pairs.
- The archive holds each sentence twice: as written (`orig`), and cut into tokens (`tok`).
"""

import csv
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pandas as pd

from braid.errors import BadInput
from braid.sources.archives import read_member
from braid.store.pointers import refuse_pointer

NAME = "xnli"
LOCKED = ("XNLI-15way.zip",)
LANGUAGES = (
    *("ar", "bg", "de", "el", "en", "es", "fr", "hi"),
    *("ru", "sw", "th", "tr", "ur", "vi", "zh"),
)

_MEMBER = "XNLI-15way/xnli.15way.{}.tsv"
_REFETCH = "delete it and fetch it again"


def read_sentences(
    archive: Path, languages: Sequence[str], tokenised: bool = False
) -> pd.DataFrame:
    """Read parallel sentences: a row has one sentence in each of the languages.

    Parameters
    ----------
    archive
        XNLI-15way.zip as published.
    languages
        Which of `LANGUAGES`, in the order wanted.
    tokenised
        Whether to read the sentences that are cut into tokens by spaces.

    Returns
    -------
    pandas.DataFrame
        A column per language, a row per sentence (10,000 as published).

    Raises
    ------
    BadInput
        When the archive was not fetched, is damaged or hostile or lacks the table; when the table
        is not UTF-8, has other columns, or a cell is missing or blank.
    """
    refuse_pointer(archive)
    name = _MEMBER.format("tok" if tokenised else "orig")
    table = _table(archive, name, read_member(archive, name))
    blank = table.map(lambda text: not text.strip()).to_numpy()
    if blank.any():
        row, column = (int(n) for n in min(zip(*blank.nonzero(), strict=True)))
        field = f"{name}, line {row + 2}, column {LANGUAGES[column]}"
        raise BadInput(archive, field, "no sentence", _REFETCH)
    return table.loc[:, list(languages)]


def _table(archive: Path, name: str, content: bytes) -> pd.DataFrame:
    try:
        table = pd.read_csv(
            BytesIO(content),
            sep="\t",
            dtype=str,
            encoding="utf-8",
            keep_default_na=False,
            quoting=csv.QUOTE_NONE,
            header=None,
        )
    except ValueError as error:
        raise BadInput(archive, name, f"not a UTF-8 table ({error})", _REFETCH) from error
    header = tuple(table.iloc[0])
    if header != LANGUAGES:
        problem = f"has the columns {header}, expected {LANGUAGES}"
        raise BadInput(archive, name, problem, _REFETCH)
    return table.set_axis(pd.Index(header), axis=1).iloc[1:].reset_index(drop=True)
