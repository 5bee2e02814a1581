"""Verdicts on the terminal and for machines, and their exit codes."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from braid.cli.audit import as_json, show, worst
from braid.errors import BadInput
from braid.provenance.audit import CODES, Finding, Verdict

FINE = Verdict([], 3, 4_000_000, gone=2)
BROKEN = Verdict([Finding("OUTPUT_CHANGED", "a.nc", "is not what fit wrote")], 3, 4)
GONE = Verdict([Finding("FILE_MISSING", "raw.gz", "not here")], 2, 4)
BEHIND = Verdict([Finding("CODE_CHANGED", "a.prov.json", "fit, 2 steps")], 3, 4)
UNKNOWN = BadInput("b.png", "braid:passport", "no record", "make it again")


@pytest.mark.parametrize(
    ("found", "exit_code"),
    [
        ([FINE], 0),
        ([FINE, BEHIND], 0),
        ([FINE, GONE], 2),
        ([UNKNOWN], 2),
        ([GONE, BROKEN, UNKNOWN], 1),
    ],
)
def test_a_mismatch_outweighs_what_cannot_be_verified(found, exit_code):
    assert worst({Path(str(n)): one for n, one in enumerate(found)}) == exit_code


def test_machines_get_code_level_and_meaning():
    [fine, broken, unknown] = json.loads(
        as_json({Path("f"): FINE, Path("a"): BROKEN, Path("b"): UNKNOWN})
    )
    assert (fine["verdict"], fine["exit"], fine["findings"]) == ("verified", 0, [])
    assert fine["gone"] == 2
    [finding] = broken["findings"]
    assert (finding["code"], finding["level"]) == ("OUTPUT_CHANGED", "mismatch")
    assert finding["means"] == CODES["OUTPUT_CHANGED"][1]
    assert (unknown["exit"], unknown["findings"][0]["code"]) == (2, "CANNOT_VERIFY")


def test_people_get_a_line_for_each_file_and_its_findings():
    said = io.StringIO()
    show({Path("f"): FINE, Path("[a]"): BROKEN, Path("b"): UNKNOWN}, Console(file=said, width=150))
    text = said.getvalue()
    assert "verified  f  (3 files, 4.0 MB compared with their records; 2 inter" in text
    assert "mismatch  [a]" in text
    assert "OUTPUT_CHANGED" in text
    assert "cure: make it again" in text
