"""The command `braid`: each question a subcommand."""

import json
import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from braid.errors import BadInput

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Config = Annotated[
    list[str], typer.Option("--config", "-C", help="Setting, key=value, as for snakemake.")
]
_DOWNLOADS = Path(".cache")


@app.callback()
def braid() -> None:
    """Ask BRAID about a study before or after it runs. Run it at the root of the repository."""


@app.command()
def plan(
    targets: Annotated[list[str], typer.Argument(help="Figures, studies or files.")],
    config: Config = [],  # noqa: B006  (typer reads it, nobody changes it)
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Say what a target takes: files, bytes, jobs, memory, disk, hours. Nothing runs."""
    # Snakemake takes a second to import: only who plans waits for it.
    from braid.cli.dag import planned
    from braid.cli.plan import plan as add_up
    from braid.cli.plan import show

    # As with snakemake, several settings may follow one --config.
    settings = [word for word in targets if "=" in word]
    with planned([word for word in targets if word not in settings], config + settings) as dag:
        found = add_up(dag, _DOWNLOADS)
    if as_json:
        tables = {name: [row._asdict() for row in rows] for name, rows in found._asdict().items()}
        typer.echo(json.dumps(tables, indent=1))
    else:
        show(found, Console())


@app.command()
def lock(
    dataset: Annotated[str, typer.Argument(help="A row of config/datasets.tsv.")],
    place: Annotated[
        str, typer.Option("--from", help="Clone or bucket; else the published one.")
    ] = "",
) -> None:
    """Write resources/locks/<dataset>.tsv anew, and say what changes. No content is fetched."""
    from braid.cli import locks

    changes = locks.relock(dataset, place, _DOWNLOADS)
    typer.echo("\n".join(changes) or "nothing changes")


def main() -> None:
    """Run the command; bad input is one message, not a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        app()
    except BadInput as error:
        typer.echo(f"error: {error}", err=True)
        raise SystemExit(2) from None
