"""A state dict on the web becomes a folder, when it is the pinned one."""

import hashlib
import io

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from braid.errors import BadInput
from braid.sources.models import fetch_model
from braid.sources.tables import Model


@pytest.fixture
def site(serve, tmp_path):
    """Give the address of a state dict, and its sha256."""
    content = io.BytesIO()
    torch.save({"weight": torch.arange(3.0)}, content)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "tiny.pth").write_bytes(content.getvalue())
    return f"{serve(tmp_path / 'site')}/tiny.pth", hashlib.sha256(content.getvalue()).hexdigest()


def tiny(origin, digest):
    fixed = {"revision": "V1", "licence": "MIT", "layers": 1, "width": 3, "note": "tiny"}
    return Model(model="tiny", kind="url", origin=origin, files={"weights": digest}, **fixed)


def test_the_pinned_file_becomes_safetensors(site, tmp_path):
    fetch_model(tiny(*site), {}, tmp_path / "tiny", tmp_path)
    [file] = (tmp_path / "tiny").iterdir()
    assert file.name == "model.safetensors" and file.stat().st_mode & 0o777 == 0o644
    np.testing.assert_array_equal(load_file(file)["weight"], [0, 1, 2])


@pytest.mark.parametrize("pinned", ["n/a", "0" * 64])
def test_another_digest_is_told_and_refused(pinned, site, tmp_path):
    address, digest = site
    with pytest.raises(BadInput, match=f"is {digest}, expected {pinned}"):
        fetch_model(tiny(address, pinned), {}, tmp_path / "tiny", tmp_path)
    assert not (tmp_path / "tiny").exists()


def test_a_file_that_is_not_there_is_said_so(site, tmp_path):
    address = site[0].replace("tiny", "absent")
    with pytest.raises(BadInput, match=r"absent\.pth: network: is not there"):
        fetch_model(tiny(address, "0" * 64), {}, tmp_path / "tiny", tmp_path)
