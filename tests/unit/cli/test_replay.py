"""How a replay is told to people and to machines."""

import json
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from braid.cli.replay import as_json, show
from braid.provenance.replay import Replay
from braid.provenance.replay.levels import BEYOND, EQUAL, UNKNOWN, Comparison, Difference

SAME = Comparison("map.png", "slices", Difference(EQUAL))
MOVED = Comparison("bert.nc", "encode", Difference(BEYOND, "r: NaN at voxel 7", np.inf))
GONE = Comparison("0.nc", "fit", Difference(UNKNOWN, "the file is not kept"))


def told(figure, behind):
    return Replay("c" * 40, ["fit ran from uncommitted code"], figure, behind, None)


@pytest.mark.parametrize(
    ("figure", "behind", "exit"),
    [([SAME], [SAME, GONE], 0), ([SAME], [MOVED], 1), ([GONE], [SAME], 2), ([], [SAME], 0)],
)
def test_the_exit_says_whether_it_was_made_again(figure, behind, exit):
    assert told(figure, behind).exit == exit


def test_machines_get_plain_numbers():
    found = json.loads(as_json(told([SAME], [MOVED])))
    assert (found["exit"], found["commit"], found["picture"]) == (1, "c" * 40, None)
    [moved] = found["behind"]
    assert moved == {
        "path": "bert.nc",
        "rule": "encode",
        "level": "beyond",
        "text": "r: NaN at voxel 7",
        "largest": None,
    }


def test_people_get_a_note_a_table_and_a_verdict():
    said = StringIO()
    show(told([SAME], [MOVED]), Console(file=said, width=100))
    lines = said.getvalue().splitlines()
    assert lines[0] == "note: fit ran from uncommitted code"
    assert any("bert.nc" in line and "beyond" in line and "voxel 7" in line for line in lines)
    assert lines[-1] == "made again, and differs: 1 bit-equal, 1 beyond"
