"""Space, quotas, caches and clocks of a machine."""

from pathlib import Path

import pytest

from braid.cli.doctor import machine
from braid.cli.doctor.machine import Quota, quotas

# What quota-tools 4.06 prints with --no-wrap --raw-grace.
QUOTAS = """\
Disk quotas for user ada (uid 1001): 
     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace
/dev/sdb1          9600*   9000   20000  1795397211       5       0     100       0
nfs.lab:/home   5123456       0       0       0   45213  100000  120000       0
"""


def states(found):
    return [(check.name, check.state) for check in found]


def test_quotas_of_space_and_of_files():
    assert quotas(QUOTAS) == [
        Quota("/dev/sdb1", "space", 9600, 9000),
        Quota("/dev/sdb1", "files", 5, 100),
        Quota("nfs.lab:/home", "files", 45213, 100_000),
    ]


def test_no_quotas():
    assert quotas("Disk quotas for user ada (uid 1001): none\n") == []


@pytest.mark.parametrize(("free", "state"), [(1e9, "failure"), (10e9, "warning"), (100e9, "ok")])
def test_space(free, state):
    assert machine.roomy(free, "ext4").state == state


def test_space_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [check] = machine.disk()
    assert f"on {machine.file_system()}" in check.text


def test_a_cache_that_can_be_written_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert states(machine.cache()) == [(".cache", "ok")]
    assert not list(tmp_path.iterdir())


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".cache").write_text("a file where a folder belongs")
    [check] = machine.cache()
    assert check.state == "failure"
    assert "Not a directory" in check.text


def test_the_clock_of_this_file_system(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert states(machine.clock()) == [("clock", "ok")]


@pytest.mark.parametrize(("seconds", "said"), [(90.0, "90 s ahead"), (-5.0, "5 s behind")])
def test_a_clock_that_is_off(seconds, said):
    check = machine.skewed(seconds)
    assert check.state == "failure"
    assert said in check.text


def test_this_folder_lies_on_a_file_system_that_is_mounted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert machine.file_system() in {
        line.split()[2] for line in Path("/proc/mounts").read_text().splitlines()
    }
