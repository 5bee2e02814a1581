"""Figures that say where they come from: a digest in the file that leads to its record."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure, FigureBase, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

from braid.errors import BadInput
from braid.store import atomic

KEY = "braid:passport"
SIMULATED = "simulated data"
DPI = 160
FOOTER = 0.28  # inches at the foot of each figure, kept free for the passport
PLACES = 9  # decimals of places, in shares of the figure
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
MARKUP = re.compile(rf'{KEY}(?::|" content=")([0-9a-f]+)')


@dataclass(frozen=True)
class Passport:
    """What a figure carries wherever it is copied.

    Attributes
    ----------
    digest
        Lower-case hexadecimal digest that the figure's record is found by.
    title, description
        What the figure is, and one sentence on what it shows.
    simulated
        Whether the responses were simulated.
    """

    digest: str
    title: str
    description: str
    simulated: bool

    @property
    def data(self) -> str:
        """Where the responses came from, in two words."""
        return SIMULATED if self.simulated else "measured data"


def write(figure: Figure, outputs: Mapping[str, Path], passport: Passport) -> None:
    """Write a figure in each format, with its passport in the file and at its foot.

    Parameters
    ----------
    figure
        A figure of this room: constrained layout, foot still free. It gains the foot line.
    outputs
        Format (`png`, `svg`) to path. The same figure and passport give the same bytes.
    passport
        What to carry.
    """
    with mpl.rc_context({"svg.hashsalt": "braid", "font.family": "DejaVu Sans"}):
        _sign(figure, passport)
        _settle(figure)
        for kind, path in outputs.items():
            with atomic(path) as partial:
                figure.savefig(partial, format=kind, dpi=DPI, metadata=METADATA[kind](passport))


def write_page(page: str, path: Path, passport: Passport) -> None:
    """Write an HTML page, its passport first thing in `<head>`."""
    meta = f'<meta name="{KEY}" content="{passport.digest}">'
    meta += f'<meta name="braid:data" content="{passport.data}">'
    with atomic(path) as partial:
        partial.write_text(page.replace("<head>", f"<head>{meta}", 1), encoding="utf-8")


def write_rows(rows: pd.DataFrame, path: Path, passport: Passport) -> None:
    """Write a table as CSV whose last columns, `data` and `passport`, repeat in every row.

    A comment line would break plain readers; a column is read by all of them, and a row that
    is pasted into another table still says where it came from.
    """
    signed = rows.assign(data=passport.data, passport=passport.digest)
    with atomic(path) as partial:
        signed.to_csv(partial, index=False, lineterminator="\n")


def read(path: Path) -> str:
    """Return the digest that a PNG, SVG, HTML or CSV file carries, whatever its name.

    Raises
    ------
    BadInput
        When the file carries none.
    """
    digest = _of_png(path) if _is_png(path) else _of_text(path)
    if digest is None:
        raise BadInput(
            path, KEY, "no passport in this file", "pass a file as BRAID wrote it, not a conversion"
        )
    return digest


def _sign(figure: Figure, passport: Passport) -> None:
    share = FOOTER / figure.get_figheight()
    layout = figure.get_layout_engine()
    if isinstance(layout, ConstrainedLayoutEngine):
        layout.set(rect=(0, share, 1, 1 - share))
    edge = 0.1 / figure.get_figwidth()
    line = {"y": share * 0.45, "va": "center", "fontsize": 7}
    figure.text(1 - edge, s=f"passport {passport.digest[:16]}", ha="right", color="#666666", **line)
    if passport.simulated:
        figure.text(edge, s=SIMULATED, ha="left", color="#B00020", weight="bold", **line)


def _settle(figure: Figure) -> None:
    """Lay a figure out, once for all formats, in places that are the same in each process.

    The last digits of what the layout's solver finds are not, and an SVG shows them: in the names
    of its clips, and where a place lies between two that it can write.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for part in _parts(figure):
        part.bbox_relative.bounds = tuple(np.round(part.bbox_relative.bounds, PLACES))
    for axes in figure.axes:
        axes.set_position(tuple(np.round(axes.get_position(original=True).bounds, PLACES)))


def _parts(figure: FigureBase) -> Iterator[SubFigure]:
    for part in figure.subfigs:
        yield part
        yield from _parts(part)


def _png_metadata(passport: Passport) -> dict[str, str]:
    return {
        "Title": passport.title,
        "Description": f"{passport.description} ({passport.data})",
        KEY: passport.digest,
    }


def _svg_metadata(passport: Passport) -> dict[str, str | None]:
    return {
        "Title": passport.title,
        "Description": f"{passport.description} ({passport.data})",
        "Identifier": f"{KEY}:{passport.digest}",
        "Date": None,  # the day of drawing would change the bytes
    }


METADATA = {"png": _png_metadata, "svg": _svg_metadata}


def _is_png(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(PNG_MAGIC)) == PNG_MAGIC


def _of_png(path: Path) -> str | None:
    with Image.open(path) as image:
        return image.info.get(KEY)


def _of_text(path: Path) -> str | None:
    text = path.read_text(encoding="utf-8", errors="replace")
    found = MARKUP.search(text)
    return found[1] if found else next(csv.DictReader(text.splitlines()), {}).get("passport")
