"""Rows of the table in docs/benchmarks.md, written between markers so that the prose stays."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.measure import Measured, median

from braid.store import atomic

BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"
HEAD = ("work", "against", "figure", "reach", "reached", "BRAID", "peer", "accuracy", "basis")


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    work, against
        What was done, and what it is compared with.
    figure
        The headline: a ratio (theirs / ours) unless `unit` says otherwise.
    reach
        What it should reach; None where nothing was promised.
    at_most
        The figure should be no larger than `reach`, instead of no smaller.
    unit
        Follows the figure.
    braid, peer
        What either side took.
    accuracy
        How far from an independent solution.
    basis
        Repetitions, and what was extrapolated from what.
    """

    work: str
    against: str
    figure: float
    basis: str
    braid: str = ""
    peer: str = ""
    reach: float | None = None
    at_most: bool = False
    unit: str = "x"
    accuracy: str = ""

    def reached(self) -> bool | None:
        """Say whether the measured figure, unrounded, is what it should be."""
        if self.reach is None:
            return None
        return self.figure <= self.reach if self.at_most else self.figure >= self.reach


def render(machine: Measured, themes: Mapping[str, Sequence[Measured]]) -> str:
    """Markdown of all themes: the machine, then a table for each."""
    tables = [f"### {title}\n\n{_table([Row(**row) for row in themes[title]])}" for title in themes]
    return "\n\n".join([_machine(machine), *tables])


def write(path: Path, text: str) -> None:
    """Put `text` between the markers of a file, at its end when it has none."""
    before, _, rest = (path.read_text() if path.exists() else "").partition(BEGIN)
    after = rest.partition(END)[2] or "\n"
    with atomic(path) as partial:
        partial.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def seconds(runs: list[Measured]) -> str:
    """Say what the median repetition took."""
    return f"{median(runs):.3g} s CPU, {median(runs, 'wall'):.3g} s wall"


def as_json(rows: Sequence[Row]) -> list[Measured]:
    return [asdict(row) for row in rows]


def _table(rows: Sequence[Row]) -> str:
    lines = [HEAD, ("---",) * len(HEAD), *map(_cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    sign = "≤" if row.at_most else "≥"
    reach = "-" if row.reach is None else f"{sign} {row.reach:g}{row.unit}"
    verdict = {True: "yes", False: "**no**", None: "-"}[row.reached()]
    shown = f"{row.figure:.3g}" if row.figure < 1000 else f"{row.figure:,.0f}"
    figure = f"**{shown}{row.unit}**"
    cells = (row.work, row.against, figure, reach, verdict, row.braid, row.peer, row.accuracy)
    return (*(cell or "-" for cell in cells), row.basis)


def _machine(machine: Measured) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    rates = ", ".join(
        f"{name.replace('_', ' ')} {machine[name]['cpu'] / 1e9:.0f}"
        for name in ("sgemm", "dgemm", "torch_sgemm")
    )
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory'] / 2**30:.0f} GiB of"
        f" memory; {machine['threads']} BLAS threads on both sides; kernels"
        f" {', '.join(machine['kernels'])}; {versions}. GFLOP per CPU second: {rates}."
    )
