"""What a source printed: every number with its place, and where two of its places disagree."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from braid.study.names import Name, Strict, Text
from braid.study.yaml import Problem, validate

MEAN = "mean"
"""The row of a printed table that holds the mean of its other rows."""


class Cells(Strict):
    """Our number stands in the CSV of a figure."""

    figure: Name
    where: dict[Text, Text] = {}
    """Column and value that the rows have."""
    column: Text
    statistic: Literal["value", "sum", "distinct"] = "value"
    """`value` wants one row; `distinct` counts different values."""


class Parameter(Strict):
    """Our number is a parameter of one job behind a figure; of a list, its length."""

    figure: Name
    rule: Name
    where: dict[Name, Text]
    """Wildcards of the job."""
    parameter: Text
    """Dotted, such as `plan.tr`."""


class Extent(Strict):
    """Our number is the length of a dimension of what one job behind a figure wrote."""

    figure: Name
    rule: Name
    where: dict[Name, Text]
    role: Name
    dimension: Name


class Data(Strict):
    """The data that the numbers of a source come from."""

    dataset: Name
    files: PositiveInt
    bytes: PositiveInt
    """As locked in resources/locks or config/packages.tsv."""

    def __str__(self) -> str:
        return f"{self.dataset} ({self.bytes / 1e9:.3f} GB, files: {self.files})"


class Printed(Strict):
    """What one printed number, or a table of them, says of itself."""

    id: Name
    about: Text
    """In words of our own, never a quotation."""
    place: Text
    """Table, figure or section of the source."""
    metric: Text
    split: Text
    variant: Text
    tolerance: NonNegativeFloat
    """Largest absolute difference that counts as the same number."""
    source: Literal["public", "any"] = "public"
    """Which responses may reproduce it; simulated ones never do."""
    gpu: bool = False
    """Whether it needs one."""
    missing: Text | None = None
    """What this project does not have or do yet, and would have to."""


class Number(Printed):
    """One printed number."""

    value: float
    ours: Cells | Parameter | Extent | None = None
    """Where our number stands; none when no figure has it yet."""


class Counterpart(Strict):
    """Which rows of the CSV of a figure stand beside the rows of a printed table."""

    figure: Name
    where: dict[Text, Text]
    row: Text
    """Column that holds the names of the rows."""


class Table(Printed):
    """A printed table."""

    columns: Annotated[dict[Name, Text], Field(min_length=1)]
    """Printed column to the column of our CSV."""
    rows: Annotated[dict[Name, tuple[float, ...]], Field(min_length=1)]
    """Numbers of each row, in the order of the columns."""
    ours: Counterpart | None = None

    def numbers(self) -> Iterator[Number]:
        """Each cell as a number of its own."""
        shared = self.model_dump(include=set(Printed.model_fields) - {"id"})
        for row, values in self.rows.items():
            for (name, column), value in zip(self.columns.items(), values, strict=True):
                ours = self._cells(row, column)
                yield Number(**shared, id=f"{self.id}_{row}_{name}", value=value, ours=ours)

    def _cells(self, row: str, column: str) -> Cells | None:
        if self.ours is None:
            return None
        where = self.ours.where | {self.ours.row: row}
        return Cells(figure=self.ours.figure, where=where, column=column)


class Disagreement(Strict):
    """Two places of a source that cannot both hold."""

    places: Annotated[tuple[Text, ...], Field(min_length=1)]
    problem: Text


class Claims(Strict):
    """All that a source printed."""

    study: Name
    source: Text
    data: Data
    numbers: tuple[Number, ...] = ()
    tables: tuple[Table, ...] = ()
    contradictions: tuple[Disagreement, ...] = ()

    def all(self) -> list[Number]:
        """Every number, those of tables included."""
        return [*self.numbers, *(number for table in self.tables for number in table.numbers())]

    def needs(self, number: Number) -> str:
        """Say what it takes to compute a number here."""
        said = (str(self.data), "a GPU" if number.gpu else None, number.missing)
        return "; ".join(part for part in said if part)

    def beside(self, figure: str) -> tuple[Table, ...]:
        """Printed tables whose rows stand beside those of a figure."""
        return tuple(table for table in self.tables if table.ours and table.ours.figure == figure)


def load_claims(path: Path) -> Claims:
    """Read and check the claims of one study.

    Raises
    ------
    BadInput
        Listing every problem of the file, each with its line.
    """
    return validate(path, Claims, _contradictions)


def load_all_claims(folder: Path) -> dict[str, Claims]:
    """Read every `*.yaml` of a folder; returns claims by study, in alphabetical order."""
    return {path.stem: load_claims(path) for path in sorted(folder.glob("*.yaml"))}


def _contradictions(claims: Claims) -> Iterator[Problem]:
    """Yield rows that are too long or short, then ids that stand twice."""
    for i, table in enumerate(claims.tables):
        for name, values in table.rows.items():
            if len(values) != len(table.columns):
                problem = f"{len(values)} numbers for {len(table.columns)} columns"
                yield ("tables", i, "rows", name), problem
    sections: Mapping[str, tuple[Printed, ...]] = {
        "numbers": claims.numbers,
        "tables": claims.tables,
    }
    seen = set[str]()
    for section, entries in sections.items():
        for i, entry in enumerate(entries):
            if entry.id in seen:
                yield (section, i, "id"), f"{entry.id!r} stands twice"
            seen.add(entry.id)
