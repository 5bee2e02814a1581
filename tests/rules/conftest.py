"""The workflow, parsed once, without running anything."""

import os
from pathlib import Path

import pytest
from snakemake.api import SnakemakeApi
from snakemake.settings.types import OutputSettings, Quietness, ResourceSettings


@pytest.fixture(scope="session")
def parsing():
    """Give the workflow and the environment in which it lets jobs run."""
    before = dict(os.environ)
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        parsed = api.workflow(
            resource_settings=ResourceSettings(cores=1), snakefile=Path("Snakefile")
        )
        workflow = parsed._workflow
        left = dict(os.environ)
        os.environ.clear()
        os.environ.update(before)
        yield workflow, left


@pytest.fixture(scope="session")
def workflow(parsing):
    return parsing[0]


@pytest.fixture(scope="session")
def environment(parsing):
    """Give the environment of jobs, which the test process must not share."""
    return parsing[1]


@pytest.fixture(scope="session")
def jobs(workflow):
    """Rules that run a script."""
    return [rule for rule in workflow.rules if rule.script]
