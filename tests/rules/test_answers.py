"""The stand-ins for Slurm's commands call Slurm, whoever else stands in for them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BIN = Path(__file__).parents[2] / "profiles/slurm/bin"


@pytest.mark.parametrize("links", [(True, True), (False, True), (True, False)])
def test_stand_ins_of_two_checkouts_do_not_call_each_other(tmp_path, links):
    """A run that is started by another has both on its PATH, as links or as copies."""
    slurm = tmp_path / "slurm"
    slurm.mkdir()
    (slurm / "squeue").write_text("#!/bin/sh\necho Slurm: $*\n")
    (slurm / "squeue").chmod(0o755)
    copies = [
        shutil.copytree(BIN, tmp_path / name / "bin", symlinks=linked)
        for name, linked in zip("ab", links, strict=True)
    ]
    path = os.pathsep.join(map(str, [*copies, slurm, os.environ["PATH"]]))
    said = subprocess.run(
        [copies[0] / "squeue", "--version"],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    ).stdout
    assert said == "Slurm: --version\n"
