"""Tests on a real Slurm, which `make slurm-test` starts and stops."""

import subprocess
from pathlib import Path

import pytest
import slurm_runs as runs

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here, so that it runs only when asked for."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slurm)


@pytest.fixture(scope="session", autouse=True)
def cluster() -> None:
    """Refuse to run without the cluster, or on another one."""
    told = subprocess.run(
        ["scontrol", "show", "config"], capture_output=True, text=True, check=False
    ).stdout
    assert "ClusterName             = braid" in told, "start it: tests/slurm/cluster/start.sh"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the faulty workflow and the house's profile."""
    return runs.build(tmp_path / "faulty")
