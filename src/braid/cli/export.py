"""`braid export` in words: what a crate holds, and what it only names."""

from collections import Counter
from pathlib import Path

from rich.console import Console

from braid.provenance.crate.contents import Contents


def show(contents: Contents, folder: Path, console: Console) -> None:
    """Print what went into a crate, what did not and why, and how to verify it.

    Parameters
    ----------
    contents
        What `braid.provenance.crate.export.export` gave back.
    folder
        The crate.
    console
        Where to.
    """
    items = contents.items.values()
    held = [item for item in items if item.source is not None]
    size = sum(item.size or 0 for item in held) / 1e6
    told = f"{len(contents.records)} jobs, {len(held)} files and records, {size:,.1f} MB"
    console.print(f"{folder}: {told}", highlight=False)
    for why, count in Counter(item.why for item in items if item.why).items():
        console.print(f"  {count} only named: {why}", highlight=False)
    console.print(f"verify it anywhere: python {folder}/audit.py", highlight=False)
