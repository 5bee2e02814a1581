"""The command `braid`: each question a subcommand."""

import json
import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from braid.cli import running
from braid.errors import BadInput

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Config = Annotated[
    list[str], typer.Option("--config", "-C", help="Setting, key=value, as for snakemake.")
]
Results = Annotated[Path, typer.Option(help="The folder of results.")]
_DOWNLOADS = Path(".cache")
_RESULTS = Path("results")


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
def why(
    file: Annotated[Path, typer.Argument(help="A figure, wherever it was copied.")],
    results: Results = _RESULTS,
    unfold: Annotated[bool, typer.Option("--all", help="Every step and raw file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Say what made a figure, from its picture down to raw files."""
    from braid.cli import why as whys
    from braid.provenance.why import why as tell

    told = tell(file, results)
    if as_json:
        typer.echo(whys.as_json(told))
    else:
        whys.show(told, Console(), unfold)


@app.command()
def audit(
    files: Annotated[
        list[Path], typer.Argument(help="Figures, copies of them, artefacts, or one crate.")
    ],
    results: Results = _RESULTS,
    deep: Annotated[bool, typer.Option("--deep", help="Hash every file anew.")] = False,
    since: Annotated[bool, typer.Option(help="Also say what changed since.")] = True,
    data: Annotated[Path | None, typer.Option(help="Where the data of a crate may be.")] = None,
    signers: Annotated[
        Path | None, typer.Option(help="Whom to trust, as ssh-keygen has it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Check figures down to their raw files: exit 0 verified, 1 mismatch, 2 cannot verify."""
    from braid.cli import audit as audits
    from braid.provenance.crate import verify as crates

    if (files[0] / crates.METADATA).exists():
        crate = crates.verify(files[0], data, signers)
        typer.echo(crates.shown(crate, as_json=as_json))
        raise typer.Exit(crate.exit)

    found = audits.verdicts(files, results, deep=deep, since=since)
    if as_json:
        typer.echo(audits.as_json(found))
    else:
        audits.show(found, Console())
    raise typer.Exit(audits.worst(found))


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A figure, wherever it was copied.")],
    results: Results = _RESULTS,
    stage: Annotated[str, typer.Option("--from", help="Begin after this rule.")] = "",
    sample: Annotated[int, typer.Option(help="Only so many random voxels of each fit.")] = 0,
    seed: Annotated[int, typer.Option(help="Which voxels.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder for a map of what changed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Make a figure again at its commit: exit 0 within tolerance, 1 beyond, 2 not comparable."""
    from braid.cli import replay as replays
    from braid.provenance.replay import replay as again
    from braid.provenance.replay.sampled import Sample

    drawn = Sample(sample, seed) if sample else None
    found = again(file, results, stage=stage or None, sample=drawn, out=out)
    if as_json:
        typer.echo(replays.as_json(found))
    else:
        replays.show(found, Console())
    raise typer.Exit(found.exit)


@app.command()
def export(
    files: Annotated[list[Path], typer.Argument(help="Figures or artefacts.")],
    crate: Annotated[Path, typer.Option(help="Folder to make.")],
    results: Results = _RESULTS,
    data: Annotated[bool, typer.Option("--data", help="Copy open data, too.")] = False,
    sign: Annotated[Path | None, typer.Option(help="Private ssh key to sign with.")] = None,
) -> None:
    """Write figures with all that is on record of them as an RO-Crate for others to check."""
    from braid.cli import export as exports
    from braid.provenance.crate.export import export as write

    exports.show(write(files, results, crate, data=data, key=sign), crate, Console())


@app.command()
def claims(
    studies: Annotated[list[str], typer.Argument(help="All that have claims when none.")] = [],  # noqa: B006
    results: Results = _RESULTS,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Compare what the sources printed with what came out here."""
    from braid.cli import claims as papers

    judged, contradicting = papers.claims(studies, results)
    if as_json:
        told = {"claims": judged, "contradictions": contradicting}
        plain = {name: [row._asdict() for row in rows] for name, rows in told.items()}
        typer.echo(json.dumps(plain, indent=1))
    else:
        papers.show(judged, contradicting, Console())


@app.command()
def release(
    version: Annotated[str, typer.Argument(help="Such as 1.0.0; none with --check.")] = "",
    studies: Annotated[list[str], typer.Argument(help="All when none.")] = [],  # noqa: B006
    config: Config = [],  # noqa: B006
    check: Annotated[
        bool, typer.Option("--check", help="Say whether today's workflow draws what is published.")
    ] = False,
) -> None:
    """Freeze the digests of all figures of a version, or check those that are published."""
    from braid.cli import release as releases

    if not version and not check:
        raise BadInput("braid release", "VERSION", "not given", "name one, such as 1.0.0")
    if check:
        standings = releases.check([version, *studies] if version else studies)
        releases.show(standings, Console())
        raise typer.Exit(any(standing.state == "gone" for standing in standings))
    for path in releases.release(version, studies, config):
        typer.echo(path)


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


app.command()(running.doctor)
app.command()(running.status)


def main() -> None:
    """Run the command; bad input is one message, not a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        app()
    except BadInput as error:
        typer.echo(f"error: {error}", err=True)
        raise SystemExit(2) from None
