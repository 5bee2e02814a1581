"""Show in a terminal what made a figure: a tree of steps, then tables."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from rich import table as rich_table
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from braid.drawing.report import Digest, Table
from braid.provenance import tables
from braid.provenance.story import Step, Story

# More siblings of one rule are one line.
FEW = 3


def as_json(told: Story) -> str:
    """All of a story, for machines."""
    return json.dumps(asdict(told), indent=1)


def show(told: Story, console: Console, unfold: bool = False) -> None:
    """Print a story: a tree from the figure down to raw files, then what it rests on.

    Parameters
    ----------
    told
        What to print.
    console
        Where to.
    unfold
        Print every step and every raw file on a line of its own.
    """
    console.print(_tree(told, len(told.steps) if unfold else FEW))
    console.print(_sum(told), style="bold")
    for table in tables.behind(told, float("inf") if unfold else tables.MANY):
        console.print(_drawn(table))
    packages = (" ".join(map(str, row)) for row in tables.software(told.software).rows)
    console.print(Text(f"Software: {', '.join(packages)}"))


def _sum(told: Story) -> Text:
    totals = told.totals
    simulated = "; responses were simulated" if told.simulated else ""
    return Text(
        f"{totals.steps} steps, {tables.duration(totals.seconds)}, up to "
        f"{tables.size(totals.peak_rss_bytes)}; raw files: {totals.raw_files}, "
        f"{tables.size(totals.raw_bytes)}{simulated}"
    )


def _drawn(table: Table) -> rich_table.Table:
    drawn = rich_table.Table(title=Text(table.title), title_justify="left")
    for name in table.columns:
        drawn.add_column(name, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(_cell(cell)) for cell in row))
    return drawn


def _cell(cell: str | int | Digest) -> str:
    return cell.short if isinstance(cell, Digest) else str(cell)


@dataclass
class _Grower:
    """Hangs steps below what read them; what hangs somewhere already is only named."""

    steps: Mapping[str, Step]
    few: int
    seen: set[str] = field(default_factory=set)

    def grow(self, branch: Tree, records: Iterable[str]) -> None:
        """Hang the steps of these records, and all that is upstream of them."""
        records = list(dict.fromkeys(records))
        if lost := [record for record in records if record not in self.steps]:
            branch.add(Text(f"? {_jobs(len(lost))} without a valid record", style="red"))
        steps = [self.steps[record] for record in records if record in self.steps]
        for rule in dict.fromkeys(step.rule for step in steps):
            self._hang(branch, rule, [step for step in steps if step.rule == rule])

    def _hang(self, branch: Tree, rule: str, steps: Sequence[Step]) -> None:
        known = [step for step in steps if step.record in self.seen]
        new = [step for step in steps if step.record not in self.seen]
        self.seen.update(step.record for step in new)
        if known:
            name = _name(known[0]) if len(known) == 1 else f"{rule}: {_jobs(len(known))}"
            branch.add(Text(f"{name}, see above", style="dim"))
        for group in [new] if len(new) > self.few else [[step] for step in new]:
            below = branch.add(Text(_line(group)))
            self.grow(below, (record for step in group for record in step.made_from))


def _tree(told: Story, few: int) -> Tree:
    head, *_ = told.steps
    grower = _Grower({step.record: step for step in told.steps}, few, {head.record})
    drawn = Tree(Text(_line([head]), style="bold"))
    grower.grow(drawn, head.made_from)
    return drawn


def _line(steps: Sequence[Step]) -> str:
    """Say what one step was, or how many of a rule there were, and what they took."""
    time = tables.duration(sum(step.seconds for step in steps))
    memory = tables.size(max(step.peak_rss_bytes for step in steps))
    first, *others = steps
    if others:
        return f"{first.rule}: {_jobs(len(steps))}, {time}, up to {memory}"
    return f"{_name(first)}: {time}, {memory}, {first.outputs[0].sha256[:12]}"


def _name(step: Step) -> str:
    return " ".join([step.rule, *step.wildcards.values()])


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count} jobs"
