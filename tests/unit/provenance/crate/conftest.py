"""Toy runs to make crates of."""

import shutil

import pytest
from cratetoys import Run, build


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "repo"
    build(folder)
    return folder


@pytest.fixture
def run(made, tmp_path):
    """Give a copy of a run, to spoil."""
    return Run(shutil.copytree(made, tmp_path / "repo"))


@pytest.fixture
def make_run(tmp_path):
    """Make a run on data of another origin."""
    return lambda **origin: build(tmp_path / "repo", **origin)
