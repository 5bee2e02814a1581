"""The tiny workflow, whose script `respond.py` a test replaces by one that is slow or sick."""

from pathlib import Path

import pytest
import tinyrepo

RESPONSES = "results/public/respond/toy.nc"


@pytest.fixture
def respond(repo):
    """Make the body of `respond` another one, which Snakemake then runs again."""

    def replace(script: str) -> None:
        (repo / "workflow/scripts/respond.py").write_text(script)
        tinyrepo.commit(repo)

    return replace


@pytest.fixture
def left(repo):
    """Say which files lie where the responses should be, temporary ones included."""

    def names() -> list[str]:
        found = Path(repo, RESPONSES).parent.glob("*")
        return sorted(path.name for path in found if path.name != ".snakemake_timestamp")

    return names
