"""The workflow, parsed once, without running anything."""

import os
from pathlib import Path

import pytest
from snakemake.api import SnakemakeApi
from snakemake.settings.types import OutputSettings, Quietness, ResourceSettings


@pytest.fixture(scope="session")
def workflow():
    environment = dict(os.environ)
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        parsed = api.workflow(
            resource_settings=ResourceSettings(cores=1), snakefile=Path("Snakefile")
        )
        yield parsed._workflow
    os.environ.clear()
    os.environ.update(environment)


@pytest.fixture(scope="session")
def jobs(workflow):
    """Rules that run a script."""
    return [rule for rule in workflow.rules if rule.script]
