"""The report: every figure of a run in one HTML file that opens anywhere, offline."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2
import pandas as pd


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
    """

    name: str
    title: str
    citation: str
    entries: tuple[Entry, ...]
    methods: Mapping[str, str]


@dataclass(frozen=True)
class Data:
    """One data set or set of weights that was used.

    Attributes
    ----------
    name, version, licence, url
        As in the reviewed tables of the repository.
    """

    name: str
    version: str
    licence: str
    url: str


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
    software
        Package to version.
    data
        Data sets and weights.
    """

    title: str
    summary: str
    commit: str
    studies: tuple[Study, ...]
    software: Mapping[str, str]
    data: tuple[Data, ...]


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
