"""The fault matrix: its rows, what a run of tests says of them, its table in the documentation.

`python tests/faultmatrix.py` writes that table anew.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "reliability.md"
_TABLE = re.compile(r"(?<=<!-- faults -->\n).*(?=<!-- end of faults -->)", re.DOTALL)


class Row(NamedTuple):
    """One kind of fault."""

    row: str
    fault: str
    outcome: str
    """What must happen then."""


def rows() -> list[Row]:
    """Read the table of faults."""
    with (TESTS / "faults" / "matrix.tsv").open(encoding="utf-8") as file:
        return [Row(**line) for line in csv.DictReader(file, delimiter="\t")]


def label(item: pytest.Item) -> None:
    """Give a test properties that its report carries home, from other processes, too."""
    for marker in item.iter_markers("attack"):
        item.user_properties.append((marker.name, "detected"))
    for marker in item.iter_markers("fault"):
        said = "recovered" if marker.kwargs.get("recovers") else "detected"
        item.user_properties += [("fault", (str(row), said)) for row in marker.args]


def summary(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Yield lines that say how many attacks and faults there were, and what came of them."""
    seen = [report for report in reports if report.when == "call" or report.failed]
    attacks = [report for report in seen if any(n == "attack" for n, _ in report.user_properties)]
    if attacks:
        passed = sum(report.passed for report in attacks)
        yield f"attacks on results: {passed} of {len(attacks)} detected"
    tests, passed, recovered = Counter[str](), Counter[str](), Counter[str]()
    for report in seen:
        for row, said in (value for name, value in report.user_properties if name == "fault"):
            tests[row] += 1
            passed[row] += report.passed
            recovered[row] += report.passed and said == "recovered"
    if tests:
        yield from _table(tests, passed, recovered)


def _table(tests: Counter[str], passed: Counter[str], recovered: Counter[str]) -> Iterator[str]:
    met = [row for row in rows() if tests[row.row]]
    yield "faults injected, detected, recovered"
    yield f"{'row':>4} {'tests':>5} {'passed':>6} {'recovered':>9}  fault"
    for row, fault, _ in met:
        yield f"{row:>4} {tests[row]:5} {passed[row]:6} {recovered[row] or '':>9}  {fault}"
    whole = [row for row in met if passed[row.row] == tests[row.row]]
    yield f"{len(met)} of {len(rows())} rows injected, {len(whole)} detected; " + (
        "nothing lost or silently wrong"
        if whole == met
        else f"NOT as expected: {', '.join(row.row for row in met if row not in whole)}"
    )


def page(text: str) -> str:
    """Put the table of faults into the text of the page."""
    lines = ["| | what breaks | what happens |", "|---|---|---|"]
    lines += [f"| {row} | {fault} | {outcome} |" for row, fault, outcome in rows()]
    return _TABLE.sub(lambda _: "\n".join(lines) + "\n", text)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
