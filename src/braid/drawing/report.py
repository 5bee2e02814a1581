"""The report: every figure of a run in one HTML file that opens anywhere, offline."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import jinja2
import pandas as pd


class Digest(NamedTuple):
    """A digest or commit in a table: its beginning is shown, all of it on demand."""

    whole: str

    @property
    def short(self) -> str:
        """The first 12 digits."""
        return self.whole[:12]


@dataclass(frozen=True)
class Table:
    """A table of plain text, for a page or a terminal.

    Attributes
    ----------
    title
        Its heading.
    columns
        Their names.
    rows
        Cells of each row.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str | int | Digest, ...]]


@dataclass(frozen=True)
class Origins:
    """Where a figure comes from, as things were when it was made.

    Attributes
    ----------
    verdict
        Mark and word: whether all files still are what the records say.
    checked
        One sentence on what was looked at.
    tables
        Findings, steps, raw files and the rest of the chain.
    """

    verdict: str
    checked: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Entry:
    """One figure in the report.

    Attributes
    ----------
    name
        Target that makes it, such as `haxby2001_decoding`; unique, used as its anchor.
    title, caption
        Heading, and what the reader should see.
    image
        Bytes of the PNG.
    digest
        Digest of its passport.
    record
        Where its record lies, as text.
    origins
        Where it comes from.
    simulated
        Whether its responses were simulated.
    verdicts
        Plain sentences on what was found, good or bad.
    viewer
        The interactive page, where there is one.
    rows
        The numbers, where the figure is a table.
    """

    name: str
    title: str
    caption: str
    image: bytes
    digest: str
    record: str
    origins: Origins
    simulated: bool = False
    verdicts: tuple[str, ...] = ()
    viewer: str | None = None
    rows: pd.DataFrame | None = None

    @property
    def inline(self) -> str:
        """The picture as a data URI."""
        return "data:image/png;base64," + base64.b64encode(self.image).decode("ascii")


@dataclass(frozen=True)
class Study:
    """One study in the report.

    Attributes
    ----------
    name, title, citation
        Target prefix, heading, and the paper it follows.
    entries
        Its figures, in order.
    methods
        Stage (`align`, `encode`) to its sentence, in the order of the pipeline.
    raw
        Every raw file that its figures rest on.
    claims
        What its source printed, and what came out here.
    contradictions
        What its source says that cannot all hold.
    """

    name: str
    title: str
    citation: str
    entries: tuple[Entry, ...]
    methods: Mapping[str, str]
    raw: Table
    claims: Table
    contradictions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything the report shows.

    Attributes
    ----------
    title, summary
        Heading, and one paragraph on what this is.
    commit
        Commit of the code, with a word when the tree was changed.
    studies
        In the order to show them.
    data
        Data sets and weights.
    software
        Packages and their versions.
    """

    title: str
    summary: str
    commit: str
    studies: tuple[Study, ...]
    data: tuple[Table, ...]
    software: Table


def render(report: Report, template: Path) -> str:
    """Return the report as one self-contained HTML page.

    Parameters
    ----------
    report
        What to show. All text is escaped.
    template
        The page's Jinja2 template, given `report`.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.from_string(template.read_text(encoding="utf-8"))
    return page.render(report=report)
