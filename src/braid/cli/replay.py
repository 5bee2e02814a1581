"""Show how near a figure that was made again comes to the recorded one."""

import json
import math
from typing import Any

from rich.console import Console
from rich.table import Table

from braid.provenance.replay import Replay
from braid.provenance.replay.levels import BEYOND, EQUAL, Comparison

COLOURS = {EQUAL: "green", BEYOND: "red"}


def show(found: Replay, console: Console) -> None:
    """Print what differs, the figure's own files first, and a verdict."""
    for remark in found.remarks:
        console.print(f"note: {remark}", style="yellow", highlight=False)
    table = Table("file", "replay", "what differs most", title=f"Replayed at {found.commit[:12]}")
    for one in [*found.figure, *found.behind]:
        level = one.difference.level
        table.add_row(one.path, f"[{COLOURS.get(level, 'yellow')}]{level}", one.difference.text)
    console.print(table)
    if found.picture:
        console.print(f"change of r on the brain: {found.picture}", highlight=False)
    console.print(_verdict(found), style="bold", highlight=False)


def as_json(found: Replay) -> str:
    """Return the same for machines."""
    told = found._asdict() | {
        "figure": [_plain(one) for one in found.figure],
        "behind": [_plain(one) for one in found.behind],
        "picture": found.picture and str(found.picture),
        "exit": found.exit,
    }
    return json.dumps(told, indent=1)


def _plain(one: Comparison) -> dict[str, Any]:
    difference = one.difference._asdict()
    largest = one.difference.largest
    finite = largest if largest is not None and math.isfinite(largest) else None
    return {"path": one.path, "rule": one.rule} | difference | {"largest": finite}


def _verdict(found: Replay) -> str:
    levels = [one.difference.level for one in [*found.figure, *found.behind]]
    counts = ", ".join(f"{levels.count(level)} {level}" for level in dict.fromkeys(levels))
    verdict = ("made again", "made again, and differs", "cannot be compared")[found.exit]
    return f"{verdict}: {counts}"
