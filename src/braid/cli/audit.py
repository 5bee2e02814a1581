"""`braid audit`: the verdict on figures, for people and for machines."""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from braid.errors import BadInput
from braid.provenance.audit import CODES, Finding, Today, Verdict, audit

_COLOURS = {"mismatch": "red", "unknown": "yellow", "behind": "cyan", "note": "dim"}
_ABSENT = "CANNOT_VERIFY"


def verdicts(
    files: Sequence[Path], results: Path, *, deep: bool, since: bool
) -> dict[Path, Verdict | BadInput]:
    """Audit files; an error instead of a verdict where nothing is on record.

    Parameters
    ----------
    files
        Figures or artefacts.
    results
        The folder of results.
    deep
        Whether to hash every file anew.
    since
        Whether to ask today's workflow what changed.
    """
    return {file: _verdict(file, results, deep, since) for file in files}


def _verdict(file: Path, results: Path, deep: bool, since: bool) -> Verdict | BadInput:
    try:
        return audit(file, results, deep=deep, today=_today if since else None)
    except BadInput as error:
        return error


def _today(settings: Mapping[str, object]) -> AbstractContextManager[Today]:
    # Snakemake takes seconds to parse the workflow: only who asks what changed waits for it.
    from braid.cli.today import today

    return today(settings)


def worst(found: Mapping[Path, Verdict | BadInput]) -> int:
    """Exit code of several verdicts: 1 before 2 before 0."""
    exits = {2 if isinstance(one, BadInput) else one.exit for one in found.values()}
    return 1 if 1 in exits else max(exits)


def show(found: Mapping[Path, Verdict | BadInput], console: Console) -> None:
    """Print a line for each file, and a table of what was found."""
    for file, one in found.items():
        if isinstance(one, BadInput):
            console.print(f"[yellow]cannot verify[/]  {escape(str(file))}", highlight=False)
            console.print(f"  {one}", highlight=False, markup=False)
            continue
        colour = ("green", "red", "yellow")[one.exit]
        size = f"{one.files} files, {one.bytes / 1e6:,.1f} MB compared with their records"
        size += f"; {one.gone} intermediates not kept" if one.gone else ""
        console.print(f"[{colour}]{one.word}[/]  {escape(str(file))}  ({size})", highlight=False)
        if one.findings:
            console.print(_table(one.findings))


def _table(findings: Sequence[Finding]) -> Table:
    table = Table("code", "file or record", "what", box=None, padding=(0, 2))
    for finding in findings:
        colour = _COLOURS[finding.level]
        words = (escape(finding.path), escape(finding.text))
        table.add_row(f"[{colour}]{finding.code}[/]", *words)
    return table


def as_json(found: Mapping[Path, Verdict | BadInput]) -> str:
    """Verdicts for machines."""
    return json.dumps([_plain(file, one) for file, one in found.items()], indent=1)


def _plain(file: Path, one: Verdict | BadInput) -> dict[str, object]:
    if isinstance(one, BadInput):
        finding = {"code": _ABSENT, "level": "unknown", "path": one.file, "text": str(one)}
        return {"file": str(file), "verdict": "cannot verify", "exit": 2, "findings": [finding]}
    findings = [
        {
            "code": f.code,
            "level": f.level,
            "means": CODES[f.code][1],
            "path": f.path,
            "text": f.text,
        }
        for f in one.findings
    ]
    return {
        "file": str(file),
        "verdict": one.word,
        "exit": one.exit,
        "files": one.files,
        "bytes": one.bytes,
        "gone": one.gone,
        "findings": findings,
    }
