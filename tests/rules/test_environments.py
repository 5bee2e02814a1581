"""One lock for every way to install the software, and for every Python that is promised."""

import tomllib
from importlib.metadata import metadata
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet


def test_every_rule_has_an_environment_and_a_container(jobs):
    assert [rule.name for rule in jobs if rule.conda_env is None] == []
    assert [rule.name for rule in jobs if rule.container_img != "envs/braid.sif"] == []


def test_both_install_the_lock():
    environment = yaml.safe_load(Path("envs/braid.yaml").read_text())
    assert "-r run.lock" in environment["dependencies"][-1]["pip"]
    assert "envs/run.lock" in Path("envs/braid.def").read_text()


def test_what_is_locked_installs_on_the_oldest_python_that_is_promised():
    """Clusters have the Python of their distribution: Debian 12 has 3.11.2."""
    promised = tomllib.loads(Path("pyproject.toml").read_text())["project"]["requires-python"]
    oldest = f"{promised.removeprefix('>=')}.0"
    names = [Requirement(line).name for line in Path("envs/run.lock").read_text().splitlines()]
    wanted = {name: metadata(name).get("Requires-Python", "") for name in names}
    assert [name for name in names if oldest not in SpecifierSet(wanted[name])] == []
