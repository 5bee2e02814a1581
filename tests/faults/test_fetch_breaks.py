"""Transfers that are killed, break off, stall, fill the disk, or meet another."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections import Counter

import psutil
import pytest
import servers
import toyclones

from braid.errors import BadInput
from braid.sources import commands, datalad

CONTENT = os.urandom(10**6)
JOB = (
    "import logging, sys; from pathlib import Path; from braid.sources import annex, datalad;"
    "logging.basicConfig(level='INFO'); datalad._PATIENCE = 0.2; annex._PAUSES = (0.0, 0.1);"
    "datalad.get(Path(sys.argv[1]), sys.argv[2])"
)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    toyclones.hurry(monkeypatch)


@pytest.fixture
def web(tmp_path):
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "big.bin").write_bytes(CONTENT)
    with servers.files_of(tmp_path / "web") as server:
        yield server


@pytest.fixture
def dataset(published, web, tmp_path):
    """Give a clone of a data set with a file whose only copy is on the web."""
    toyclones.add(published, {"big.bin": CONTENT})
    toyclones.move_to_web(published, "big.bin", f"{web.url}/big.bin")
    dataset = toyclones.clone(published, tmp_path)
    toyclones.allow_this_machine(dataset)
    return dataset


def start(dataset, path):
    command = [sys.executable, "-c", JOB, str(dataset), path]
    return subprocess.Popen(
        command, start_new_session=True, stderr=subprocess.PIPE, text=True, bufsize=1
    )


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def arrived(dataset):
    partial = dataset / ".git" / "annex" / "tmp"
    return sum(file.stat().st_size for file in partial.glob("*") if file.is_file())


@pytest.mark.fault(22, recovers=True)
def test_a_transfer_that_was_killed_goes_on_where_it_ended(dataset, web):
    web.pause = 0.002
    job = start(dataset, "big.bin")
    until(lambda: arrived(dataset) > 100_000)
    os.killpg(job.pid, signal.SIGKILL)
    job.communicate()
    web.pause, before = 0.0, arrived(dataset)
    web.asked.clear()
    assert before < len(CONTENT)
    assert datalad.get(dataset, "big.bin").read_bytes() == CONTENT
    starts = [int(match[1]) for _, _, r in web.asked if (match := re.match(r"bytes=(\d+)-", r))]
    assert starts
    assert 100_000 < starts[0] <= before


@pytest.mark.fault(22)
def test_a_transfer_that_fails_is_tried_three_times(dataset, web, caplog):
    web.failures = 10**6
    with pytest.raises(BadInput, match="no copy can be had"):
        datalad.get(dataset, "big.bin")
    assert re.findall("trying again in .*", caplog.text) == [
        "trying again in 0.01 s",
        "trying again in 0.04 s",
    ]


@pytest.mark.fault(22, recovers=True)
def test_a_transfer_that_breaks_off_is_tried_again_and_goes_on(dataset, web):
    web.cut = 1
    assert datalad.get(dataset, "big.bin").read_bytes() == CONTENT
    assert Counter(r != "" for method, _, r in web.asked if method == "GET")[True] >= 1


@pytest.mark.fault(22, recovers=True)
def test_a_transfer_that_stalls_is_given_up_and_goes_on_later(dataset, web, monkeypatch):
    web.pause = 60.0
    with monkeypatch.context() as impatient:
        impatient.setattr(commands, "_STALL", 1.0)
        impatient.setattr(commands, "_POLL", 0.2)
        with pytest.raises(BadInput, match="nothing arrived for 1 s"):
            datalad.get(dataset, "big.bin")
    web.pause = 0.0
    assert datalad.get(dataset, "big.bin").read_bytes() == CONTENT


@pytest.mark.fault(23, recovers=True)
def test_content_that_was_wrong_for_a_while_does_not_spoil_the_next_attempt(dataset, web):
    (web.folder / "big.bin").write_bytes(bytes(len(CONTENT)))
    with pytest.raises(BadInput, match="Verification of content failed") as error:
        datalad.get(dataset, "big.bin")
    assert f"{web.url}/big.bin" in str(error.value)
    (web.folder / "big.bin").write_bytes(CONTENT)
    assert datalad.get(dataset, "big.bin").read_bytes() == CONTENT


@pytest.mark.fault(22, recovers=True)
def test_content_that_changes_in_mid_transfer_is_fetched_from_its_beginning(dataset, web):
    (web.folder / "big.bin").write_bytes(bytes(len(CONTENT)))
    web.pause = 0.002
    job = start(dataset, "big.bin")
    until(lambda: arrived(dataset) > 100_000)
    os.killpg(job.pid, signal.SIGKILL)
    job.communicate()
    (web.folder / "big.bin").write_bytes(CONTENT)
    web.pause = 0.0
    assert datalad.get(dataset, "big.bin").read_bytes() == CONTENT


@pytest.mark.fault(8, recovers=True)
def test_a_full_disk_is_said_and_the_next_attempt_goes_on(dataset):
    limit = 300_000
    job = subprocess.run(
        [sys.executable, "-c", JOB, str(dataset), "big.bin"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
    )
    assert job.returncode == 1
    assert f"{limit:,} bytes of it have arrived" in job.stderr
    assert "the disk has" in job.stderr
    assert not (dataset / "big.bin").exists()
    assert datalad.get(dataset, "big.bin").read_bytes() == CONTENT


def test_a_process_that_waits_for_another_says_so_and_gets_its_file(dataset, web):
    web.pause = 0.001
    first = start(dataset, "big.bin")
    until(lambda: arrived(dataset) > 1000)
    second = start(dataset, "bold.bin")
    messages = [job.communicate(timeout=60)[1] for job in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0]
    assert f"waiting for another process that fetches files of {dataset}" in messages[1]
    assert (dataset / "big.bin").read_bytes() == CONTENT
    assert (dataset / "bold.bin").exists()


def test_a_command_that_is_given_up_leaves_no_process_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "_STALL", 0.5)
    monkeypatch.setattr(commands, "_POLL", 0.1)
    script = "sleep 60 & echo $! > child; wait"
    done = commands.run(["sh", "-c", script], tmp_path, tmp_path)
    assert "nothing arrived" in done.stderr
    child = int((tmp_path / "child").read_text())
    until(lambda: not is_running(child))


def is_running(process):
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
