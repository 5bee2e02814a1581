"""Praat TextGrids: the intervals of one tier, checked."""

import codecs
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from braid.errors import BadInput
from braid.store.pointers import refuse_pointer

# Why not praatio: it builds every tier, so that overlapping phones refuse a file whose words are
# fine (wheretheressmoke); it drops the sign of a negative time, ignores the declared number of
# intervals, stops silently at the first row that it cannot read, and crashes on the chronological
# form. Praat's own definition is shorter than a check around all that: a TextGrid is its free
# standing numbers and quoted texts, `!` opens a comment, everything else is decoration
# (Praat manual, "TextGrid file formats"). The tests hold this reader against praatio.
_TOKEN = re.compile(
    r'"(?P<text>[^"]*(?:""[^"]*)*)"'
    r"|(?<!\S)!.*"
    r"|(?<!\S)(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?!\S)"
)
_KINDS = ("IntervalTier", "TextTier")
_CHRONOLOGICAL = "Praat chronological TextGrid text file"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# Aligners print rounded times: a shorter overlap is rounding, not two words at once.
ROUNDING = 1e-3

_Token = float | str
_Record = list[_Token]


class _Tier(NamedTuple):
    """A tier as written: name, start, end and number of intervals, then rows that end in a text."""

    header: list[_Token]
    records: list[_Record]


def read_tier(path: str | Path, names: tuple[str, ...] = ("word", "words")) -> pd.DataFrame:
    """Read the one interval tier of a TextGrid that bears one of `names`; ignore the others.

    Parameters
    ----------
    path
        Long, short or chronological form, in UTF-8 or (with its byte order mark) UTF-16.
    names
        Names under which the tier may go.

    Returns
    -------
    pandas.DataFrame
        Columns `onset`, `offset` in seconds and `label`, one row per interval, in order of time.

    Raises
    ------
    BadInput
        When the file was not fetched or is not text; when the tier is missing, twice there, or
        holds another number of intervals than it declares; when an interval is not two times and
        a label, is reversed, negative, past the end of its tier, or overlaps the one before.
    """
    refuse_pointer(path)
    tier = _pick(path, _tiers(_tokens(_decode(path))), names)
    table = _table(path, tier)
    _check_times(path, tier, table)
    return table


def _decode(path: str | Path) -> str:
    content = Path(path).read_bytes()
    encoding = "utf-16" if content.startswith(_UTF16) else "utf-8"  # whose mark is decoration
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            path,
            f"byte {error.start}",
            f"{content[error.start : error.end]!r} is not {encoding} ({error.reason})",
            f"fetch it again, or if it is Latin-1: iconv -f latin1 -t utf-8 {path}",
        ) from error


def _tokens(text: str) -> list[_Token]:
    found = (match for match in _TOKEN.finditer(text) if match.lastgroup)
    return [
        float(match["number"]) if match["number"] else match["text"].replace('""', '"')
        for match in found
    ]


def _tiers(tokens: list[_Token]) -> list[_Tier]:
    """Cut the tokens at the headers: a kind and a name, which no label is, before a number."""
    starts = [
        i
        for i, (kind, name, start) in enumerate(zip(tokens, tokens[1:], tokens[2:], strict=False))
        if kind in _KINDS and isinstance(name, str) and isinstance(start, float)
    ]
    if tokens[:1] == [_CHRONOLOGICAL]:
        return _chronological(tokens, starts)
    return [
        _Tier(tokens[start + 1 : start + 5], _records(tokens[start + 5 : stop]))
        for start, stop in pairwise([*starts, len(tokens)])
    ]


def _chronological(tokens: list[_Token], starts: list[int]) -> list[_Tier]:
    """All headers come first, without a length; then each record opens with its tier's number."""
    records = _records(tokens[starts[-1] + 4 :]) if starts else []
    owned = [[r[1:] for r in records if r[0] == tier] for tier, _ in enumerate(starts, start=1)]
    return [
        _Tier([*tokens[start + 1 : start + 4], float(len(own))], own)
        for start, own in zip(starts, owned, strict=True)
    ]


def _records(tokens: Iterable[_Token]) -> list[_Record]:
    """Group tokens so that each group ends with a text."""
    groups: list[_Record] = [[]]
    for token in tokens:
        groups[-1].append(token)
        if isinstance(token, str):
            groups.append([])
    return [group for group in groups if group]


def _pick(path: str | Path, tiers: list[_Tier], names: tuple[str, ...]) -> _Tier:
    chosen = [tier for tier in tiers if tier.header[:1] in [[name] for name in names]]
    if len(chosen) != 1:
        found = ", ".join(repr(tier.header[0]) for tier in tiers if tier.header) or "none"
        raise BadInput(
            path,
            f"tier {' or '.join(names)}",
            f"expected it once, found {len(chosen)}; tiers in the file: {found}",
            "rename the tier of the words, or fetch the file again",
        )
    return chosen[0]


def _table(path: str | Path, tier: _Tier) -> pd.DataFrame:
    """Rows of the tier as a table, when each has its three values and none is missing."""
    if [type(token) for token in tier.header] != [str, float, float, float]:
        raise _bad(path, tier, "header", f"expected name, start, end and size: {tier.header}")
    for number, record in enumerate(tier.records, start=1):
        if [type(token) for token in record] != [float, float, str]:
            problem = f"expected two times and a label, found {record}"
            raise _bad(path, tier, f"interval {number}", problem)
    if len(tier.records) != tier.header[3]:
        problem = f"declares {tier.header[3]:g} intervals, holds {len(tier.records)}"
        raise _bad(path, tier, "size", problem)
    return pd.DataFrame(tier.records, columns=pd.Index(["onset", "offset", "label"]))


def _check_times(path: str | Path, tier: _Tier, table: pd.DataFrame) -> None:
    onset, offset = (table[name].to_numpy(float) for name in ("onset", "offset"))
    end = float(tier.header[2])
    before = np.concatenate([[0.0], offset])[: len(offset)]
    faults = {
        "its times are not finite": ~np.isfinite(onset + offset),
        "it starts before 0 s": onset < 0,
        "it ends before it starts": offset < onset,
        "it starts before the one before it ends": onset < before - ROUNDING,
        f"it ends after its tier, at {end:g} s": offset > end + ROUNDING,
    }
    bad = np.array(list(faults.values()))
    if bad.any():
        row = int(np.argmax(bad.any(axis=0)))
        problem = list(faults)[np.argmax(bad[:, row])]
        found = f"{onset[row]:g} to {offset[row]:g} s, {table['label'][row]!r}"
        raise _bad(path, tier, f"interval {row + 1}", f"{problem} ({found})")


def _bad(path: str | Path, tier: _Tier, place: str, problem: str) -> BadInput:
    return BadInput(
        path,
        f"tier {tier.header[0]!r}, {place}",
        problem,
        "correct it in Praat, or fetch the file again and check its digest",
    )
