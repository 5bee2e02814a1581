"""Results on another file system, such as the scratch of a cluster: links instead of folders."""

import tempfile
from pathlib import Path

import pytest
import tinyrepo


@pytest.fixture
def scratch():
    """Give a folder on a file system of its own."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def test_results_behind_a_link_are_made_and_verified(tmp_path, scratch):
    repo = tinyrepo.build(tmp_path / "repo")
    for name in ("results", ".cache", "logs"):
        (scratch / name).mkdir()
        (repo / name).symlink_to(scratch / name)
    assert scratch.stat().st_dev != repo.stat().st_dev
    (scratch / "tmp").mkdir()
    tinyrepo.made(repo, "--default-resources", f"tmpdir='{scratch / 'tmp'}'")
    figure = f"results/public/{tinyrepo.FIGURE}"
    assert (scratch / figure).exists()
    audit = tinyrepo.braid(repo, "audit", figure)
    assert audit.returncode == 0, audit.stdout
    assert list((scratch / "tmp").iterdir()) == []
