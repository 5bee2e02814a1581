"""Runs that were made honestly, for every attack and fault a copy."""

import os
import shutil
from pathlib import Path

import pytest
import tinyrepo
from filelock import FileLock


@pytest.fixture(scope="session")
def honest(tmp_path_factory):
    """Give a repository with a public and a twin run of its workflow, made once for all tests."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "honest"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            _make(folder.with_suffix(".partial")).rename(folder)
    return folder


def _make(folder: Path) -> Path:
    tinyrepo.build(folder)
    for source in ("public", "twin"):
        tinyrepo.made(folder, "--config", f"source={source}")
    return folder


@pytest.fixture
def repo(honest, tmp_path):
    """Give a copy that may be changed."""
    return shutil.copytree(honest, tmp_path / "repo", symlinks=True)
