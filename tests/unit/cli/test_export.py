"""What `braid export` says of a crate."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from braid.cli.export import show
from braid.provenance.crate.contents import Contents, Item
from braid.provenance.shelf import Shelf


def test_it_says_what_is_in_what_is_only_named_and_why():
    items = {
        "a": Item("a", "", 1_500_000, b""),
        "b": Item("b", "", 10, None, "under a licence"),
        "c": Item("c", "", None, None, "under a licence"),
    }
    contents = Contents(Shelf(Path(), Path(), "results"), [], {}, items)
    text = StringIO()
    show(contents, Path("out"), Console(file=text, width=200))
    first, second, third = text.getvalue().splitlines()
    assert first == "out: 0 jobs, 1 files and records, 1.5 MB"
    assert second == "  2 only named: under a licence"
    assert third == "verify it anywhere: python out/audit.py"
