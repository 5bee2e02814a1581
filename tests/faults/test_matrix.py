"""The table of faults: every row is injected, the page shows it, and a run counts it right."""

import re
import subprocess
import sys
from pathlib import Path

import faultmatrix

ROOT = Path(__file__).parents[2]


def test_every_row_has_a_test_and_every_test_a_row():
    marks = re.compile(r"mark\.fault\(([\d, ]+)")
    sources = [
        path.read_text("utf-8")
        for path in (ROOT / "tests").rglob("test_*.py")
        if path != Path(__file__)
    ]
    met = {row for text in sources for found in marks.findall(text) for row in found.split(", ")}
    assert {row for row in met if row} == {row.row for row in faultmatrix.rows()}


def test_rows_are_numbered():
    numbers = [row.row for row in faultmatrix.rows()]
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    assert len(numbers) >= 44


def test_the_page_shows_the_table():
    text = faultmatrix.PAGE.read_text("utf-8")
    assert faultmatrix.page(text) == text, "run python tests/faultmatrix.py"
    assert all(row.fault in text and row.outcome in text for row in faultmatrix.rows())


TOY = """
import pytest

@pytest.mark.fault(8)
def test_detected(): pass

@pytest.mark.fault(8, 21, recovers=True)
def test_recovered(): pass

@pytest.mark.fault(21)
def test_silent(): assert False

@pytest.mark.fault(33)
def test_without_its_fixture(absent): pass

@pytest.mark.attack
def test_attack(): pass
"""


def test_a_run_says_what_was_injected_detected_and_recovered(tmp_path):
    """In several processes, whose reports come home without their markers."""
    (tmp_path / "test_toy.py").write_text(TOY)
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path)]
    paths = f"pythonpath={ROOT / 'tests'}"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "-o", paths, "-n", "2", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = run.stdout.splitlines()
    table = [
        line.split()[:4] for line in lines[lines.index("faults injected, detected, recovered") :]
    ]
    assert table[2:5] == [["8", "2", "2", "1"], ["21", "2", "1", "1"], ["33", "1", "0", "a"]]
    rows = len(faultmatrix.rows())
    assert f"3 of {rows} rows injected, 1 detected; NOT as expected: 21, 33" in lines
    assert "attacks on results: 1 of 1 detected" in lines
