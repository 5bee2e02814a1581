"""Settings of a cluster that decide how a run must behave."""

from pathlib import Path

import pytest

from braid.cluster.settings import answers, read, remembers

SHOWN = (Path(__file__).parent / "said/sandbox.config.txt").read_text()


def shown(**changes):
    """What the real cluster says, with other values."""
    lines = SHOWN.splitlines()
    for name, value in changes.items():
        [at] = [n for n, line in enumerate(lines) if line.partition("=")[0].strip() == name]
        lines[at] = f"{name} = {value}"
    return read("\n".join(lines))


def test_a_real_cluster_with_a_database_that_asks_for_nothing():
    said = read(SHOWN)
    assert (said.cluster, said.version, said.job_age) == ("braid", "22.05.8", 600)
    assert (said.requeues, said.accounting, said.enforces) == (True, True, False)


def test_a_cluster_without_a_database():
    assert not shown(AccountingStorageType="accounting_storage/none").accounting


def test_a_cluster_that_asks_for_accounts():
    said = shown(AccountingStorageEnforce="associations,limits,qos,safe", JobRequeue="0")
    assert (said.requeues, said.enforces) == (False, True)


@pytest.mark.parametrize(
    ("age", "first", "expected"),
    [("300 sec", 100, True), ("300 sec", 101, False), ("1h", 1200, True), ("2 sec", 5, False)],
)
def test_whether_the_executor_takes_the_word_of_squeue(age, first, expected):
    assert answers(shown(MinJobAge=age), first) is expected


@pytest.mark.parametrize(("age", "expected"), [("300 sec", True), ("180 sec", False)])
def test_whether_squeue_still_knows_what_ended(age, expected):
    # After a while the executor asks every 180 s.
    assert remembers(shown(MinJobAge=age)) is expected
