"""Which runs live in a folder, and what is said where one was killed."""

import subprocess
import sys
from pathlib import Path

import pytest

LIVES = """
import sys
from pathlib import Path
from braid.provenance.runs import say_if_left_locked
say_if_left_locked(Path(".snakemake"))
print("asked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def lives(tmp_path):
    """Start processes that ask, and live on until they are killed."""
    started = []

    def start() -> subprocess.Popen[str]:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        process = subprocess.Popen([sys.executable, "-c", LIVES], cwd=tmp_path, text=True, **pipes)
        started.append(process)
        assert process.stdout and process.stdout.readline() == "asked\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def says(process: subprocess.Popen[str]) -> str:
    process.kill()
    return process.communicate()[1]


@pytest.mark.fault(4)
def test_a_lock_is_left_only_when_no_run_lives(lives, tmp_path):
    first = lives()
    lock = Path(tmp_path, ".snakemake/locks/0.input.lock")
    lock.parent.mkdir()
    lock.write_text("x")
    second = lives()
    assert says(second) == ""
    assert says(first) == ""
    third = lives()
    assert "snakemake --unlock" in says(third)
    lock.unlink()
    assert says(lives()) == ""
