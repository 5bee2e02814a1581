"""Publish a version of a study, and say whether the workflow of today still draws it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from braid.cli.dag import Dag, planned
from braid.errors import BadInput
from braid.provenance import release as versions
from braid.provenance.release import Published, Standing, compare, load
from braid.study import load_studies

FOLDER = Path("resources/published")
_STUDIES = Path("config/studies")


def release(version: str, studies: Sequence[str], config: Sequence[str] = ()) -> list[Path]:
    """Freeze all figures of studies; returns the files written.

    Parameters
    ----------
    version
        Name of the version.
    studies
        Names; every study when empty.
    config
        Settings that the figures were drawn with, `key=value`.

    Raises
    ------
    BadInput
        When a figure was not drawn, or its audit is not clean, or HEAD is not what made it.
    """
    chosen = studies or list(load_studies(_STUDIES))
    with planned(chosen, config) as dag:
        figures = {study: _figures(dag, study) for study in chosen}
    # Nothing is written before every study was found fit.
    frozen = [versions.release(s, version, found, Path.cwd()) for s, found in figures.items()]
    return [versions.write(one, FOLDER) for one in frozen]


def check(studies: Sequence[str], folder: Path = FOLDER) -> list[Standing]:
    """Say of each published figure whether today's workflow still draws it as it did.

    Parameters
    ----------
    studies
        Names; all that are published when empty.
    folder
        Of published versions.
    """
    names = studies or sorted(path.stem for path in folder.glob("*.json"))
    return [one for name in names for one in _check(load(folder / f"{name}.json"))]


def show(standings: Sequence[Standing], console: Console) -> None:
    """Print one line for each published figure, and what is behind."""
    if not standings:
        console.print("nothing is published")
        return
    table = Table("study", "figure", "today", "changes")
    for one in standings:
        table.add_row(one.study, one.figure, one.state, "\n".join(one.changes))
    console.print(table)


def _figures(dag: Dag, study: str) -> list[Path]:
    """Records of the figures of a study."""
    drawn = (job for job in dag.jobs if "figure" in job.wildcards.keys())  # noqa: SIM118
    return [Path(job.record) for job in drawn if job.params["figure"]["study"] == study]


def _check(found: Published) -> list[Standing]:
    """Ask once for each setting that figures were drawn with."""
    configs = {json.dumps(drawn.config): drawn.config for drawn in found.figures.values()}
    today = {key: _today(found.study, config) for key, config in configs.items()}
    return [
        compare(found, figure, today[json.dumps(drawn.config)])
        for figure, drawn in found.figures.items()
    ]


def _today(study: str, config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Parameters of the steps of a study; none when there is no such study any more."""
    try:
        with planned(
            [study], [f"{key}={json.dumps(value)}" for key, value in config.items()]
        ) as dag:
            return {job.record: job.params for job in dag.jobs}
    except BadInput as error:
        if error.field != "target":
            raise
        return {}
