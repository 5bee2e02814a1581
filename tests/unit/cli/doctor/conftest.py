"""A repository of its own, and the doctor's word on it."""

import json
import shutil

import pytest
import tinyrepo


@pytest.fixture(scope="session")
def laptop(tmp_path_factory):
    """Give a PATH without Slurm."""
    return tinyrepo.laptop(tmp_path_factory.mktemp("bin"))


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    """Give a repository with a configuration, committed."""
    folder = tinyrepo.build(tmp_path_factory.mktemp("doctor") / "repo")
    shutil.copytree(tinyrepo.ROOT / "config", folder / "config")
    tinyrepo.commit(folder)
    return folder


@pytest.fixture
def examined(repo, laptop):
    """Ask the doctor; gives the exit code and the checks by name."""

    def ask(**environment: str):
        run = tinyrepo.braid(repo, "doctor", "--json", PATH=laptop, **environment)
        assert run.stdout, run.stderr
        return run.returncode, {check["name"]: check for check in json.loads(run.stdout)}

    return ask
