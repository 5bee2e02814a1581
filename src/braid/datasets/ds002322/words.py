"""Words of ds002322 with their times and the annotators' columns, and what is wrong with them.

The file, `code/annotations.tsv`, is UTF-8 with CRLF and no last line end. Known defects:

- 31 clitics ("did" "nt", "what" "’s") are rows of their own without times, in two spellings.
- "suddenly" ends before it starts, with the end of a word before it; a "you" lasts no time.
- A spreadsheet made TRUE of "true".
- Three words have two surprisals, joined by a comma; one word has none.
- Parts of speech are alternatives joined by bars, blank for 19 words; 38 words have no prosodic
  break, six no node counts.
"""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from braid.errors import BadInput
from braid.store.pointers import refuse_pointer

TIMES = ("Word Onset", "Word Offset")
SURPRISALS = (
    "2-gram lexSurprisal",
    "3-gram lexSurprisal",
    "2-gram posSurprisal",
    "3-gram posSurprisal",
)
COLUMNS = (
    *("Words", *TIMES, "IsLex", "LogFreq", "POS", "ProsBreak", *SURPRISALS, "CFG Surprisal"),
    *("CFG BU nodeCount", "CFG TD nodeCount", "MG BU nodeCount", "MG TD nodeCount"),
)

_REFETCH = "fetch it again and check its digest against the lock"


def read_annotations(path: Path) -> pd.DataFrame:
    """Read the words as published, with numbers for numbers and NaN where one is blank.

    Returns
    -------
    pandas.DataFrame
        The 16 columns under their published names. A word of two tokens has two surprisals in
        the file; here it has their sum (chain rule).

    Raises
    ------
    BadInput
        When the file was not fetched, is not UTF-8, has other columns, or a field is no number.
    """
    text = _text(path)
    numbers = {
        name: _numbers(path, name, text[name].tolist(), _sum if name in SURPRISALS else float)
        for name in COLUMNS
        if name not in ("Words", "POS")
    }
    return text.assign(**numbers)


def read_words(path: Path) -> pd.DataFrame:
    """Read the annotations as events: every word with times, and as it was said.

    A clitic has the times of the word that it is spoken with; a word that ends before it starts
    lasts until the next one; TRUE is "true". The published columns stay as they are.

    Returns
    -------
    pandas.DataFrame
        `onset`, `offset` (s, on the clock of the sound file), `label`, and the 16 columns.

    Raises
    ------
    BadInput
        When the file is malformed, or a word has no time, a negative one, or one before its
        predecessor's.
    """
    table = read_annotations(path)
    onset, offset = (table[name] for name in TIMES)
    following = onset.bfill().shift(-1)
    words = table.assign(
        onset=onset.ffill(),
        offset=offset.mask(offset < onset, following).ffill(),
        label=table["Words"].replace("TRUE", "true"),
    )
    _check_times(path, words)
    return words


def _text(path: Path) -> pd.DataFrame:
    # Not by pandas, to which the fields that a short row lacks are blank.
    refuse_pointer(path)
    try:
        header, *rows = (
            line.split("\t") for line in path.read_text("utf-8").strip("\n").split("\n")
        )
    except UnicodeDecodeError as error:
        raise BadInput(path, f"byte {error.start}", f"not UTF-8 ({error})", _REFETCH) from error
    if tuple(header) != COLUMNS:
        raise BadInput(path, "line 1", f"expected the columns {COLUMNS}, found {header}", _REFETCH)
    for line, row in enumerate(rows, start=2):
        if len(row) != len(COLUMNS):
            problem = f"has {len(row)} fields, expected {len(COLUMNS)}"
            raise BadInput(path, f"line {line}", problem, _REFETCH)
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def _numbers(path: Path, name: str, column: list[str], read: Callable[[str], float]) -> list[float]:
    """Values of a column, NaN where it is blank."""
    numbers = []
    for line, text in enumerate(column, start=2):
        try:
            numbers.append(read(text) if text else math.nan)
        except ValueError:
            field = f"line {line}, column {name}"
            raise BadInput(path, field, f"{text!r} is no number", _REFETCH) from None
    return numbers


def _sum(text: str) -> float:
    return sum(map(float, text.split(",")))


def _check_times(path: Path, words: pd.DataFrame) -> None:
    onset, offset = words["onset"].to_numpy(), words["offset"].to_numpy()
    faults = {
        "has no times, nor has a word before it": ~np.isfinite(onset + offset),
        "starts before 0 s": onset < 0,
        "ends before it starts": offset < onset,
        "starts before the one before it": np.diff(onset, prepend=0) < 0,
    }
    bad = np.array(list(faults.values()))
    if bad.any():
        row = int(np.argmax(bad.any(axis=0)))
        problem = f"{words['label'].iloc[row]!r} {list(faults)[np.argmax(bad[:, row])]}"
        raise BadInput(path, f"line {row + 2}", problem, _REFETCH)
