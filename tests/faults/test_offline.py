"""A compute node without internet: what fetches runs before, and nothing else asks the network."""

import os
import subprocess
import sys

import checkouts
import pytest

# Python runs this before anything else; it notes who asks the network.
SPY = """
import os
import socket
import sys

connect = socket.socket.connect


def noted(self, address):
    if self.family != socket.AF_UNIX:
        with open(os.environ["ATTEMPTS"], "a") as file:
            print(sys.argv, address, file=file)
    return connect(self, address)


socket.socket.connect = noted
"""
TARGET = "haxby2001_identification"
OFFLINE = ("unshare", "--user", "--map-root-user", "--net", "--")


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """Give a checkout in which everything was fetched, a way to run commands there, and a note."""
    if subprocess.run([*OFFLINE, "true"], check=False).returncode:
        pytest.skip("this machine does not let users switch the network off")
    folder = checkouts.build(tmp_path_factory.mktemp("offline") / "checkout")
    spy = folder.parent / "spy"
    spy.mkdir()
    (spy / "sitecustomize.py").write_text(SPY)
    attempts = folder.parent / "attempts"
    environment = os.environ | {
        "PYTHONPATH": f"{spy}{os.pathsep}{folder / 'src'}",
        "ATTEMPTS": str(attempts),
    }

    def run(*command):
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )

    fetched = ["--until", "fetch", "fetch_model", "--config", "source=twin", "--", TARGET]
    done = run(*checkouts.command(*fetched))
    assert done.returncode == 0, done.stderr
    attempts.write_text("")
    return folder, run, attempts


def test_the_network_is_off_and_attempts_are_noted(node):
    _, run, attempts = node
    ask = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    assert "unreachable" in run(*OFFLINE, sys.executable, "-c", ask).stderr
    assert "192.0.2.1" in attempts.read_text()
    attempts.write_text("")


@pytest.mark.fault(60)
def test_what_is_computed_needs_no_network_and_asks_for_none(node):
    folder, run, attempts = node
    work = checkouts.command("--config", "source=twin", "--", TARGET)
    done = run(*OFFLINE, *work)
    assert done.returncode == 0, done.stderr
    figure = folder / "results/twin/figures/haxby2001/identification.png"
    assert figure.exists()
    assert attempts.read_text() == ""
