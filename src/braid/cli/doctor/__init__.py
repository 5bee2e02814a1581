"""`braid doctor`: whether a run will go well here, on this machine and on its cluster."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from braid.cli.doctor import folder, machine, software
from braid.cli.doctor.check import Check, made, ok
from braid.cluster.ask import has
from braid.errors import BadInput

_COLOURS = {"ok": "green", "warning": "yellow", "failure": "red"}


def examine() -> list[Check]:
    """Check everything.

    Raises
    ------
    BadInput
        When this folder is not the root of a checkout.
    """
    if not Path("Snakefile").exists():
        cure = "go to the root of the checkout"
        raise BadInput(Path().resolve(), "Snakefile", "is not in this folder", cure)
    looks = [
        ("python", software.python),
        ("git", software.git),
        ("git-annex", software.annex),
        ("checkout", folder.checkout),
        ("studies", folder.studies),
        ("disk", machine.disk),
        ("quota", machine.quota),
        (".cache", machine.cache),
        ("clock", machine.clock),
        ("gpu", lambda: machine.gpu(folder.configuration())),
        ("output cache", folder.output_cache),
        ("lock", folder.runs),
        ("records", folder.records),
        ("slurm", _slurm),
    ]
    return [check for name, look in looks for check in made(name, look)]


def _slurm() -> Iterator[Check]:
    if not has("sinfo"):
        yield ok("slurm", "not on this machine: jobs run here, `snakemake TARGET`")
        return
    # The executor takes a second to import.
    from braid.cli.doctor.cluster import survey
    from braid.cli.doctor.slurm import checks

    yield from checks(survey())


def fill() -> list[str]:
    """Write into the profile what the cluster says, and say what changed.

    Raises
    ------
    BadInput
        When there is no cluster, or it does not answer.
    """
    if not has("sinfo"):
        cure = "go to a login node of the cluster, or load its module"
        raise BadInput("braid doctor", "--fill", "there is no Slurm on this machine", cure)
    from braid.cli.doctor.cluster import survey
    from braid.cli.doctor.fill import fill as write

    return write(survey())


def failed(checks: Sequence[Check]) -> bool:
    """Whether something has to be mended before a run."""
    return any(check.state == "failure" for check in checks)


def show(checks: Sequence[Check], console: Console) -> None:
    """Print a line for each check, and a cure below each that is not right."""
    table = Table("check", "", "what was found", box=None, padding=(0, 2))
    for check in checks:
        cure = f"\n[bold]cure: {escape(check.cure)}[/]" if check.cure else ""
        state = f"[{_COLOURS[check.state]}]{check.state}[/]"
        table.add_row(check.name, state, escape(check.text) + cure)
    console.print(table, highlight=False)
    console.print(_sum(checks), highlight=False)


def _sum(checks: Sequence[Check]) -> str:
    states = [check.state for check in checks]
    counts = ((states.count(state), state) for state in ("failure", "warning"))
    bad = [f"{count} {state}{'s' if count > 1 else ''}" for count, state in counts if count]
    return ", ".join(bad) or "all is well"


def as_json(checks: Sequence[Check]) -> str:
    """Checks for machines."""
    return json.dumps([check._asdict() for check in checks], indent=1)
