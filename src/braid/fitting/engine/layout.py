"""Where each TR stands in memory: runs that a fold tests lie together, with room between runs.

The room is zeros, as wide as the longest delay, so that a delayed copy of the features is a shifted
view of one array; and a fold is a few long stretches of rows rather than a list of indices.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int, Shaped

from braid.fitting.folds import Folds


@dataclass(frozen=True)
class Layout:
    """Places of rows, in an array of `length` rows.

    Attributes
    ----------
    length
        Rows of the array, with the room.
    places
        Of each row of X.
    rows
        Places of the rows that Y holds.
    train, test
        Places of the rows of each fold.
    atoms
        Places, in order, of rows of Y that the same folds leave out; together all rows of Y.
    stretches
        The same places as slices: they may span room between runs, but no other row.
    left_out
        For each fold, which atoms it does not train on.
    """

    length: int
    places: Int[np.ndarray, " tr"]
    rows: Int[np.ndarray, " row"]
    train: list[Int[np.ndarray, " _"]]
    test: list[Int[np.ndarray, " _"]]
    atoms: list[Int[np.ndarray, " _"]]
    stretches: list[list[slice]]
    left_out: Bool[np.ndarray, "fold atom"]


def lay_out(
    runs: Shaped[np.ndarray, " tr"],
    rows: Int[np.ndarray, " row"],
    folds: Folds,
    delays: Sequence[int],
) -> Layout:
    """Give each TR its place.

    Parameters
    ----------
    runs
        Run label of each row of X; the rows of a run are consecutive TRs.
    rows
        Rows of X that Y holds.
    folds
        (train, test) indices into `rows`.
    delays
        In TRs.

    Raises
    ------
    ValueError
        When a fold trains on rows that it tests, takes a row twice, or has none of either.
    """
    _require_apart(folds)
    places, length = place(_order(runs, rows, folds), delays)
    outside = np.stack([~np.isin(np.arange(len(rows)), train) for train, _ in folds])
    patterns, atom_of_row = np.unique(outside, axis=1, return_inverse=True)
    members = [rows[atom_of_row.ravel() == i] for i in range(patterns.shape[1])]
    return Layout(
        length=length,
        places=places,
        rows=places[rows],
        train=[places[rows[train]] for train, _ in folds],
        test=[places[rows[test]] for _, test in folds],
        atoms=[np.sort(places[member]) for member in members],
        stretches=[_stretches(places, member) for member in members],
        left_out=patterns,
    )


def consecutive(runs: Shaped[np.ndarray, " tr"]) -> list[Int[np.ndarray, " _"]]:
    """Rows of each stretch of one run label."""
    edges = np.flatnonzero(runs[1:] != runs[:-1]) + 1
    return np.split(np.arange(len(runs)), edges)


def place(
    segments: Sequence[Int[np.ndarray, " _"]], delays: Sequence[int]
) -> tuple[Int[np.ndarray, " tr"], int]:
    """Place of each row, segment after segment, with room that no delay can cross; the length."""
    room = max(0, *delays) - min(0, *delays)
    places, cursor = np.empty(sum(map(len, segments)), dtype=np.int64), room
    for segment in segments:
        places[segment] = np.arange(cursor, cursor + len(segment))
        cursor += len(segment) + room
    return places, cursor


def _require_apart(folds: Folds) -> None:
    for train, test in folds:
        both = np.concatenate([train, test])
        if not len(train) or not len(test) or len(np.unique(both)) < len(both):
            raise ValueError("a fold needs rows to train on and other rows to test, each row once")


def _stretches(places: np.ndarray, members: np.ndarray) -> list[slice]:
    others = np.sort(np.delete(places, members))
    inside = np.sort(places[members])
    passed = np.searchsorted(others, inside)
    ends = np.flatnonzero(np.diff(passed)) + 1
    return [slice(int(part[0]), int(part[-1]) + 1) for part in np.split(inside, ends)]


def _order(runs: np.ndarray, rows: np.ndarray, folds: Folds) -> list[np.ndarray]:
    """Runs, sorted by the first fold that tests any of their rows."""
    tested = np.full(len(runs), len(folds))
    for k, (_, test) in reversed(list(enumerate(folds))):
        tested[rows[test]] = k
    return sorted(consecutive(runs), key=lambda segment: tested[segment].min())
