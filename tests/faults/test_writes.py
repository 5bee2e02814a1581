"""A job that dies while it writes leaves no file under the final name."""

import os
import signal
import subprocess
import sys
import time

import pytest

WRITE = """
import numpy as np, xarray as xr
from braid.store import save
save("out/x.nc", xr.Dataset({"bold": (("tr", "voxel"), np.ones((500, 60000)))}))
"""


def partial_of(folder):
    return next((path for path in folder.glob(".partial-*") if path.stat().st_size > 1e6), None)


@pytest.mark.fault(2)
def test_a_killed_write_leaves_no_artefact(tmp_path):
    (tmp_path / "out").mkdir()
    process = subprocess.Popen([sys.executable, "-c", WRITE], cwd=tmp_path, start_new_session=True)
    while process.poll() is None and not partial_of(tmp_path / "out"):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert partial_of(tmp_path / "out"), "killed before it wrote: nothing was tested"
    assert not (tmp_path / "out/x.nc").exists()


@pytest.mark.fault(8)
@pytest.mark.parametrize("megabytes", [1, 50])
def test_a_full_disk_leaves_nothing(tmp_path, megabytes):
    limited = f"import resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({megabytes * 10**6},) * 2)\n"
    ignored = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    run = subprocess.run(
        [sys.executable, "-c", limited + ignored + WRITE],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert run.returncode != 0
    assert not (tmp_path / "out/x.nc").exists()
