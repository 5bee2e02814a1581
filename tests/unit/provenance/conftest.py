"""Jobs as Snakemake hands them to scripts."""

from types import SimpleNamespace

import pytest
from toys import Named


@pytest.fixture
def make_job():
    def make(rule="respond", inputs=None, outputs=None, params=None, **wildcards):
        outputs = outputs or {}
        return SimpleNamespace(
            rule=rule,
            threads=2,
            input=Named(inputs or {}),
            output=Named(outputs),
            params=Named(params or {}),
            wildcards=Named(wildcards),
            resources=Named(mem_mb=100),
            log=[f"logs/{rule}.log"],
            config={"source": "twin", "licences": {"nsd": "Ada"}},
        )

    return make
