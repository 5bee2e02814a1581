"""Files that are whole or absent."""

import shutil

import pytest

from braid.errors import BadInput
from braid.store import atomic


@pytest.mark.fault(8)
def test_what_does_not_fit_on_the_disk_is_not_begun(tmp_path):
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(BadInput, match="the disk has"), atomic(tmp_path / "x", size=2 * free):
        raise AssertionError("it was begun")
    assert list(tmp_path.iterdir()) == []
