"""What ds003643 says in text: its words with their times, its numbers of scans, its participants.

Known defects of `annotation/XX/lppXX_word_information.csv`:

- Rows without a word: halves of contractions in English, two empty lines in French.
- Some rows repeat, misspell or add words. resources/ds003643/repairs.tsv lists them by their place
  among the rows, counted from 0. One is made where the row still says what was wrong, so that it
  cannot harm a corrected file, or the twin's.
- Times start anew in each section.

The places were found by readers of the files (l-bg/llms_brain_lateralization; the older copy of
the English words in neuranna/le-petit-prince, which has the same rows).
"""

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd

from braid.errors import BadInput
from braid.store.pointers import refuse_pointer

_REPAIRS = Path(__file__).parents[4] / "resources" / "ds003643" / "repairs.tsv"
_ABSENT = "n/a"
_NUMBERS = ["onset", "offset", "section"]
_SCAN_ROWS = ("audio (s)", "scan_raw", "scan_preproc")
_REFETCH = "fetch it again and check its digest against the lock"


def read_words(path: Path, language: str) -> pd.DataFrame:
    """Read the words of all sections in one language, repaired.

    Parameters
    ----------
    path
        A `word_information.csv`, in UTF-8 with or without its byte order mark.
    language
        EN, FR or CN.

    Returns
    -------
    pandas.DataFrame
        Columns `section`, `onset`, `offset` (s from the start of the section's sound), `label`.

    Raises
    ------
    BadInput
        When the file was not fetched, lacks a column, or a word lacks a number or ends before it
        starts.
    """
    refuse_pointer(path)
    words = _repaired(_table(path), language)
    words = words.loc[words["word"] != ""]
    _require_times(path, words)
    named = words.rename(columns={"word": "label"}).astype({"section": int})
    return named.loc[:, ["section", "onset", "offset", "label"]].reset_index(drop=True)


def read_scans(path: Path) -> pd.DataFrame:
    """Read the README's table of the seconds and scans of each section.

    Returns
    -------
    pandas.DataFrame
        Indexed by `language` and `section`, columns `audio` (s), `raw` and `preproc` (scans).

    Raises
    ------
    BadInput
        When the file was not fetched or has no such table.
    """
    refuse_pointer(path)
    cells = [line.strip().strip("|").split("|") for line in path.read_text("utf-8").splitlines()]
    rows = [[cell.strip(" *") for cell in row] for row in cells if len(row) > 2]
    rows = [row for row in rows if row[1] in _SCAN_ROWS]
    if [row[1] for row in rows] != [*_SCAN_ROWS] * (len(rows) // 3) or not rows:
        problem = f"expected rows of {', '.join(_SCAN_ROWS)} in turn, found {[r[1] for r in rows]}"
        raise BadInput(path, "table of scans", problem, _REFETCH)
    blocks = [_block(*rows[start : start + 3]) for start in range(0, len(rows), 3)]
    return pd.concat(blocks).astype({"raw": int, "preproc": int})


def read_participants(path: Path) -> pd.DataFrame:
    """Read who was scanned; the file starts with a byte order mark.

    Returns
    -------
    pandas.DataFrame
        `participant_id`, `age`, `sex`, `correct_quiz_questions`, `total_quiz_questions`; the
        French took no quiz, which is NA in columns of whole numbers.
    """
    return pd.read_csv(path, sep="\t", encoding="utf-8-sig", na_values="n/a").convert_dtypes()


def _table(path: Path) -> pd.DataFrame:
    """The columns that are read; words that look like missing values are words."""
    try:
        table = pd.read_csv(
            path,
            encoding="utf-8-sig",
            dtype=str,
            keep_default_na=False,
            usecols=["word", *_NUMBERS],
        )
    except ValueError as error:
        raise BadInput(path, "columns", str(error), _REFETCH) from error
    numbers = {name: pd.to_numeric(table[name], errors="coerce") for name in _NUMBERS}
    return table.assign(word=table["word"].str.strip(), **numbers)


def _repaired(words: pd.DataFrame, language: str) -> pd.DataFrame:
    """Correct what the table of repairs names; a word to drop becomes none."""
    label, letters = words["word"].copy(), words["word"].map(_letters)
    for repair in _repairs(language):
        here = letters == _letters(repair["found"])
        if repair["row"] != _ABSENT:
            here &= words.index == int(repair["row"])
        label[here] = "" if repair["right"] == _ABSENT else repair["right"]
    return words.assign(word=label)


def _repairs(language: str) -> list[dict[str, str]]:
    with _REPAIRS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row for row in rows if row["language"] == language]


def _letters(word: str) -> str:
    """A word without case and signs, which copies of the file differ in."""
    return re.sub(r"\W", "", word.casefold())


def _require_times(path: Path, words: pd.DataFrame) -> None:
    numbers = words[_NUMBERS].to_numpy(float)
    bad = ~np.isfinite(numbers).all(axis=1) | (words["offset"] < words["onset"]).to_numpy()
    if bad.any():
        row = words[bad].iloc[0]
        raise BadInput(
            path,
            f"row {words.index[bad][0]} ({row['word']!r})",
            f"onset {row['onset']}, offset {row['offset']}, section {row['section']} are no "
            "interval of a section",
            _REFETCH,
        )


def _block(audio: list[str], raw: list[str], preproc: list[str]) -> pd.DataFrame:
    """Three rows of the README's table; the name of the language stands in the middle one."""
    columns = {"audio": audio, "raw": raw, "preproc": preproc}
    numbers = pd.DataFrame({name: pd.to_numeric(row[2:]) for name, row in columns.items()})
    sections = range(1, len(numbers) + 1)
    names = ["language", "section"]
    return numbers.set_axis(pd.MultiIndex.from_product([[raw[0]], sections], names=names))
