"""The commands around a run: whether it will go well here, and how it fares."""

from typing import Annotated

import typer
from rich.console import Console

Machines = Annotated[bool, typer.Option("--json", help="For machines.")]


def doctor(
    fill: Annotated[
        bool, typer.Option("--fill", help="Write what the Slurm cluster says into profiles/slurm.")
    ] = False,
    as_json: Machines = False,
) -> None:
    """Check machine, checkout and cluster before a run: exit 1 when something has to be mended."""
    from braid.cli import doctor as doctors

    if fill:
        typer.echo("\n".join(doctors.fill()) or "nothing to fill", err=as_json)
    checks = doctors.examine()
    if as_json:
        typer.echo(doctors.as_json(checks))
    else:
        doctors.show(checks, Console())
    raise typer.Exit(doctors.failed(checks))


def status(
    watch: Annotated[bool, typer.Option("--watch", help="Until the run is over.")] = False,
    as_json: Machines = False,
) -> None:
    """Say how the newest run here fares, and why jobs failed: exit 1 when any did."""
    from braid.cli import status as runs
    from braid.cli.status import show

    watcher, console = runs.Watcher(), Console()
    if watch:
        found = show.watch(watcher, console)
    else:
        found = watcher.look()
        console.print(show.drawn(found)) if not as_json else typer.echo(runs.as_json(found))
    raise typer.Exit(found.exit)
