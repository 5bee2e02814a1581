"""Numbers that a source printed beside ours, each with the record that vouches for it."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from braid.errors import BadInput
from braid.provenance.chain import chain
from braid.provenance.schema import Record
from braid.provenance.shelf import Shelf, read, shelf_of
from braid.store import load, sha256
from braid.study.claims import MEAN, Cells, Claims, Extent, Number, Parameter, Table

Outcome = Literal["reproduced", "differs", "not run here"]


class Judged(NamedTuple):
    """One printed number, and what became of it here."""

    study: str
    claim: str
    place: str
    metric: str
    split: str
    variant: str
    printed: float
    ours: float | None
    tolerance: float
    outcome: Outcome
    needs: str
    """What it takes to compute it here."""
    record: str
    """Recorded path of the record of our figure; empty where there is none."""


class Contradiction(NamedTuple):
    """Places of a source that cannot all hold."""

    study: str
    places: tuple[str, ...]
    problem: str


def judge(claims: Iterable[Claims], figures: Iterable[Path]) -> list[Judged]:
    """Compare every printed number with ours.

    Parameters
    ----------
    claims
        What each source printed.
    figures
        Records of figures; those drawn from simulated responses do not count.

    Raises
    ------
    BadInput
        When a claim points at what its figure does not hold, or a file was changed since.
    """
    measured = {path: record for path in figures if not _simulated(record := read(path))}
    return [_judged(one, number, measured) for one in claims for number in one.all()]


def contradictions(claims: Iterable[Claims]) -> list[Contradiction]:
    """List where a source contradicts itself, wrong means in its tables included."""
    found: list[Contradiction] = []
    for one in claims:
        told = ((said.places, said.problem) for said in one.contradictions)
        found += [Contradiction(one.study, *said) for said in [*told, *_wrong_means(one.tables)]]
    return found


def _simulated(record: Record) -> bool:
    figure: Any = record.params["figure"]
    return figure["simulated"]


def _judged(claims: Claims, number: Number, figures: Mapping[Path, Record]) -> Judged:
    path = _figure(claims.study, number, figures)
    ours = _ours(number, path) if path else None
    return Judged(
        study=claims.study,
        claim=number.id,
        place=number.place,
        metric=number.metric,
        split=number.split,
        variant=number.variant,
        printed=number.value,
        ours=ours,
        tolerance=number.tolerance,
        outcome=_outcome(number, ours),
        needs=claims.needs(number),
        record=figures[path].path if path else "",
    )


def _outcome(number: Number, ours: float | None) -> Outcome:
    if ours is None:
        return "not run here"
    return "reproduced" if abs(ours - number.value) <= number.tolerance else "differs"


def _figure(study: str, number: Number, figures: Mapping[Path, Record]) -> Path | None:
    """Find the record of the figure that holds our number."""
    name = f"{study}/{number.ours.figure}" if number.ours else ""
    found = (
        path
        for path, record in figures.items()
        if record.wildcards["figure"] == name
        and number.source in ("any", record.wildcards["source"])
    )
    return next(found, None)


def _ours(number: Number, figure: Path) -> float:
    try:
        return float(_read(number, figure))
    except BadInput:
        raise
    except (LookupError, TypeError, ValueError) as error:
        cure = "correct the `ours` of this claim in resources/claims"
        raise BadInput(figure, number.id, f"does not hold it ({error!r})", cure) from error


def _read(number: Number, figure: Path) -> float:
    match number.ours:
        case Cells() as cells:
            return _cells(cells, figure)
        case Parameter() as parameter:
            return _parameter(parameter, figure)
        case Extent() as extent:
            return _extent(extent, figure)
    raise LookupError(number.ours)


def _cells(cells: Cells, figure: Path) -> float:
    rows = pd.read_csv(_written(read(figure), "csv", shelf_of(figure)))
    kept = [rows[column].astype(str) == value for column, value in cells.where.items()]
    column = rows.loc[np.logical_and.reduce(kept) if kept else slice(None), cells.column]
    match cells.statistic:
        case "sum":
            return column.sum()
        case "distinct":
            return column.nunique()
    return column.item()


def _parameter(parameter: Parameter, figure: Path) -> float:
    _, record = _job(parameter, figure)
    value: Any = record.params
    for name in parameter.parameter.split("."):
        value = value[name]
    return len(value) if isinstance(value, list) else value


def _extent(extent: Extent, figure: Path) -> float:
    shelf, record = _job(extent, figure)
    return load(_written(record, extent.role, shelf)).sizes[extent.dimension]


def _job(job: Parameter | Extent, figure: Path) -> tuple[Shelf, Record]:
    """Find the one job behind a figure that a claim is about."""
    behind = chain(figure)
    [record] = (
        record
        for record in behind.records.values()
        if record.rule == job.rule and job.where.items() <= record.wildcards.items()
    )
    return behind.shelf, record


def _written(record: Record, role: str, shelf: Shelf) -> Path:
    """Find the file that a job wrote in a role, and that is still as it wrote it."""
    [file] = (file for file in record.outputs if file.role == role)
    path = shelf.place(file.path)
    if sha256(path) != file.sha256:
        raise BadInput(path, "sha256", "changed since its job wrote it", f"braid audit {path}")
    return path


def _wrong_means(tables: Iterable[Table]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield printed means that rounding before or after averaging does not explain."""
    for table in tables:
        if MEAN in table.rows:
            others = [values for row, values in table.rows.items() if row != MEAN]
            for i, printed in enumerate(table.rows[MEAN]):
                values = [row[i] for row in others]
                if abs(np.mean(values) - printed) > _step(printed, *values):
                    problem = f"{list(table.columns)[i]}: the mean of its rows is "
                    yield (table.place,), f"{problem}{np.mean(values):.6g}, printed is {printed:g}"


def _step(*printed: float) -> float:
    """One in the last digit that numbers were printed with."""
    digits = max(len(repr(value).partition(".")[2]) for value in printed)
    return 1.001 * 10.0**-digits  # binary fractions are not exact
