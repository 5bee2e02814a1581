"""Replay a figure, or a sample of the voxels behind it."""

import logging
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from braid.errors import BadInput
from braid.provenance.chain import Chain
from braid.provenance.chain import chain as chain_of
from braid.provenance.passports import record_of
from braid.provenance.replay.asked import asked_otherwise, ran_otherwise
from braid.provenance.replay.checkout import checkout, link
from braid.provenance.replay.compare import compare
from braid.provenance.replay.engine import make
from braid.provenance.replay.levels import BEYOND, UNKNOWN, Comparison, Difference
from braid.provenance.replay.maps import draw_change
from braid.provenance.replay.sampled import (
    Sample,
    compare_sample,
    models,
    read_by_sample,
    target,
)
from braid.provenance.replay.scope import scope
from braid.provenance.schema import Record
from braid.provenance.shelf import read

log = logging.getLogger("braid")


class Replay(NamedTuple):
    """What came of a replay."""

    commit: str
    remarks: list[str]
    """What was not asked or run as recorded."""
    figure: list[Comparison]
    """Of the figure's own files; empty after a sample."""
    behind: list[Comparison]
    """Of all files that were made on the way."""
    picture: Path | None
    """Where on the brain r differs."""

    @property
    def exit(self) -> int:
        """0 within tolerance; 1 beyond; 2 when nothing is left to compare the figure with."""
        if any(one.difference.level == BEYOND for one in [*self.figure, *self.behind]):
            return 1
        return 2 if any(one.difference.level == UNKNOWN for one in self.figure) else 0


def replay(
    file: Path,
    results: Path,
    *,
    stage: str | None = None,
    sample: Sample | None = None,
    out: Path | None = None,
) -> Replay:
    """Make a figure again at its recorded commit, with its recorded settings, and compare.

    Parameters
    ----------
    file
        The figure, or any other artefact.
    results
        The folder of results.
    stage
        A rule whose recorded outputs are taken as they are; from raw files when not given.
    sample
        Fit a part of the voxels alone, from recorded designs and responses.
    out
        Where to draw, for figures on a brain, the change of r.

    Raises
    ------
    BadInput
        When it cannot be replayed: the commit or an input is gone or changed, or a job fails.
    """
    found = chain_of(record_of(file, results))
    if found.head.code.commit is None:
        problem = "the figure was made outside of a git checkout"
        raise BadInput(found.head.path, "code.commit", problem, "replay a figure of a commit")
    return _sampled(found, sample) if sample else _whole(found, stage, out)


def _whole(found: Chain, stage: str | None, out: Path | None) -> Replay:
    part, head = scope(found, stage), found.head
    remarks = _warned(part.again, head)
    with checkout(found.shelf.root, str(head.code.commit)) as folder:
        link(found, part.given, folder)
        make(folder, [head.outputs[0].path], head)
        remarks += filter(None, (_asked_otherwise(record, folder) for record in part.again))
        figure, *behind = [list(_compared(record, found, folder)) for record in part.again]
        picture = draw_change(found, folder, out) if out else None
    return Replay(str(head.code.commit), remarks, figure, [*chain.from_iterable(behind)], picture)


def _sampled(found: Chain, sample: Sample) -> Replay:
    fitted, head = models(found), found.head
    given = {file.path: file for record in fitted for file in read_by_sample(record, found)}
    remarks = _warned(fitted, head)
    with checkout(found.shelf.root, str(head.code.commit)) as folder:
        link(found, given.values(), folder)
        make(folder, [target(record, sample) for record in fitted], head)
        behind = [compare_sample(record, sample, found, folder) for record in fitted]
    return Replay(str(head.code.commit), remarks, [], behind, None)


def _warned(records: list[Record], head: Record) -> list[str]:
    """Remarks on what ran then, said before anything runs now."""
    remarks = ran_otherwise(records, str(head.code.commit))
    for remark in remarks:
        log.warning(remark)
    return remarks


def _asked_otherwise(record: Record, folder: Path) -> str:
    again = folder / record.path
    return asked_otherwise(record, read(again)) if again.exists() else ""


def _compared(record: Record, found: Chain, folder: Path) -> Iterator[Comparison]:
    again = folder / record.path
    made = {file.path: file for file in read(again).outputs} if again.exists() else {}
    for file in record.outputs:
        difference = Difference(BEYOND, "was not made again")
        if file.path in made:
            places = found.shelf.place(file.path), folder / file.path
            difference = compare(file, places[0], made[file.path], places[1])
        yield Comparison(file.path, record.rule, difference)
