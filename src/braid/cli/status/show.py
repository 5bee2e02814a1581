"""A status in a terminal: a summary, a table of rules, and every failure."""

import time
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from braid.cli.status import Status, Watcher
from braid.cli.status.failures import Failure
from braid.cli.status.left import Row

_PERIOD = 2
_PERIOD_OF_SLURM = 15
"""Seconds between two looks; on a cluster each asks its controller."""
_COLOURS = {
    "running": "cyan",
    "finished": "green",
    "failed": "red",
    "killed": "red",
    "elsewhere": "yellow",
}


def watch(watcher: Watcher, console: Console) -> Status:
    """Show a run until it is over, and give its last status."""
    found = watcher.look()
    period = _PERIOD_OF_SLURM if watcher.log.slurm_run else _PERIOD
    with Live(drawn(found), console=console, auto_refresh=False, vertical_overflow="visible") as it:
        while found.life.state in ("running", "elsewhere"):
            time.sleep(period)
            found = watcher.look()
            it.update(drawn(found), refresh=True)
    return found


def drawn(found: Status) -> RenderableType:
    """All that there is to say of a run."""
    failures = (_failure(failure) for failure in found.failures)
    return Group(*_head(found), _table(found), *failures, *_orphans(found))


def duration(seconds: float) -> str:
    """Such as `3 d 04 h`, `2 h 05 min`, `12 min` or `40 s`."""
    days, hours, minutes = int(seconds // 86400), int(seconds // 3600 % 24), int(seconds // 60 % 60)
    if days:
        return f"{days} d {hours:02} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min" if minutes else f"{seconds:.0f} s"


def _head(found: Status) -> Iterator[Text]:
    colour = _COLOURS[found.life.state]
    life = f"{found.life.state}, {found.life.text}" if found.life.text else found.life.state
    yield Text.assemble((life, colour), f"; on {found.host} since {found.began}, {found.log}")
    yield Text(found.command, style="dim")
    jobs, done = sum(row.jobs for row in found.rows), sum(row.done for row in found.rows)
    share = f" ({100 * done // jobs} %)" if jobs else ""
    retried = f", {found.retried} attempts again" if found.retried else ""
    if found.silent:
        yield Text(f"Slurm's queue is not known: {found.silent}", style="yellow")
    yield Text(f"{done} of {jobs} jobs done{share}{retried}; {_time(found)}", style="bold")


def _time(found: Status) -> str:
    so_far = f"{duration(found.elapsed)} so far"
    if found.life.state == "finished":
        return f"took {duration(found.elapsed)}"
    if found.left is None:
        return f"{so_far}, time left unknown"
    return f"{so_far}, about {duration(found.left)} left"


def _table(found: Status) -> Table:
    # What ran when a run was killed does not run any more.
    over = found.life.state in ("failed", "killed")
    names = ("done", "cut off" if over else "running", "queued", "waiting", "failed", "one takes")
    table = Table("rule", box=None, padding=(0, 2))
    for name in names:
        table.add_column(name, justify="right")
    for row in found.rows:
        table.add_row(*_cells(row), style="" if row.done < row.jobs else "dim")
    return table


def _cells(row: Row) -> Iterator[str | Text]:
    yield row.rule
    yield f"{row.done}/{row.jobs}"
    for number in (row.running, row.queued, row.waiting):
        yield str(number or "")
    yield Text(str(row.failed or ""), style="red")
    yield "" if row.seconds is None else duration(row.seconds)


def _failure(failure: Failure) -> RenderableType:
    attempts = f", {failure.attempts} attempts" if failure.attempts > 1 else ""
    head = Text(f"\n{failure.rule}  {failure.wildcards}{attempts}", style="bold red")
    reason = [Text(f"  Slurm {failure.slurm_id}: {failure.reason}")] if failure.reason else []
    cure = [Text(f"  cure: {failure.cure}")] if failure.cure else []
    return Group(
        head,
        *reason,
        *cure,
        *_lines(failure.log, failure.lines),
        *_lines(failure.slurm_log, failure.slurm_lines),
    )


def _lines(path: str, lines: list[str]) -> Iterator[Text]:
    if path:
        yield Text(f"  {path}" + ("" if lines else ": nothing there"))
    yield from (Text(f"  | {line}", style="dim") for line in lines)


def _orphans(found: Status) -> Iterator[Text]:
    if found.orphans:
        ids = " ".join(job.id for job in found.orphans)
        yield Text(f"\nJobs in the queue that no run waits for any more: {ids}", style="bold red")
        yield Text("  cure: profiles/slurm/recover.sh")
