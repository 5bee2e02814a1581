"""Praat TextGrid files as a data set holds them: long, short, UTF-8 or UTF-16."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, cycle, pairwise
from pathlib import Path
from typing import NamedTuple

from braid.store import atomic


class Interval(NamedTuple):
    """A labelled stretch of time, in seconds."""

    start: float
    end: float
    label: str


Tiers = Mapping[str, Sequence[Interval]]


def fill(
    intervals: Sequence[Interval], end: float, first: str, last: str, gaps: Sequence[str]
) -> list[Interval]:
    """Cover the whole recording: every silence becomes an interval of its own.

    Parameters
    ----------
    intervals
        In order, without overlap.
    end
        Length of the recording in seconds.
    first, last
        Labels of the silence before and after.
    gaps
        Labels of the silences between, taken in turn.
    """
    markers = cycle(gaps)
    filled = [Interval(0.0, intervals[0].start, first), intervals[0]]
    for left, right in pairwise(intervals):
        if right.start > left.end:
            filled.append(Interval(left.end, right.start, next(markers)))
        filled.append(right)
    return [*filled, Interval(intervals[-1].end, end, last)]


def write_long(path: Path, tiers: Tiers, end: float, encoding: str = "utf-8") -> None:
    """Write the long text form (Praat manual, "TextGrid file formats")."""
    head = ["xmin = 0", f"xmax = {end}", "tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    items = chain.from_iterable(
        _long_tier(number, name, tiers[name], end) for number, name in enumerate(tiers, 1)
    )
    _write(path, [*head, *items], encoding)


def write_short(path: Path, tiers: Tiers, end: float) -> None:
    """Write the short text form: the same values without their names."""
    head = ["0", f"{end}", "<exists>", f"{len(tiers)}"]
    items = chain.from_iterable(_short_tier(name, tiers[name], end) for name in tiers)
    _write(path, [*head, *items], "utf-8")


def _write(path: Path, lines: Sequence[str], encoding: str) -> None:
    text = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", *lines, ""]
    with atomic(path) as partial:
        partial.write_text("\n".join(text), encoding=encoding)


def _long_tier(number: int, name: str, intervals: Sequence[Interval], end: float) -> Iterator[str]:
    yield f"    item [{number}]:"
    yield '        class = "IntervalTier"'
    yield f"        name = {_quoted(name)}"
    yield "        xmin = 0"
    yield f"        xmax = {end}"
    yield f"        intervals: size = {len(intervals)}"
    for count, interval in enumerate(intervals, 1):
        yield f"        intervals [{count}]:"
        yield f"            xmin = {interval.start}"
        yield f"            xmax = {interval.end}"
        yield f"            text = {_quoted(interval.label)}"


def _short_tier(name: str, intervals: Sequence[Interval], end: float) -> Iterator[str]:
    yield from ('"IntervalTier"', _quoted(name), "0", f"{end}", f"{len(intervals)}")
    for interval in intervals:
        yield from (f"{interval.start}", f"{interval.end}", _quoted(interval.label))


def _quoted(label: str) -> str:
    return '"' + label.replace('"', '""') + '"'
