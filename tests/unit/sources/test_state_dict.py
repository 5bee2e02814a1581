"""State dicts that PyTorch wrote are read; anything else that a pickle can say is refused."""

import io
import os
import pickle
import zipfile

import numpy as np
import pytest
import torch

from braid.errors import BadInput
from braid.sources.state_dict import read

FORMATS = pytest.mark.parametrize("is_zip", [True, False], ids=["zip", "row"])


def saved(tensors, is_zip):
    file = io.BytesIO()
    torch.save(tensors, file, _use_new_zipfile_serialization=is_zip)
    return file.getvalue()


def zipped(description, **storages):
    """A file of the zip format with a pickle of our own."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/data.pkl", description)
        for key, content in storages.items():
            archive.writestr(f"a/data/{key}", content)
    return file.getvalue()


@FORMATS
def test_a_network_is_read_as_it_was(is_zip):
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    found = read(saved(network.state_dict(), is_zip))
    assert list(found) == list(network.state_dict())
    for name, tensor in network.state_dict().items():
        assert found[name].dtype == tensor.numpy().dtype
        np.testing.assert_array_equal(found[name], tensor.numpy())


@FORMATS
def test_views_parameters_and_other_numbers_are_read(is_zip):
    whole = torch.arange(24.0).reshape(4, 6)
    tensors = {
        "turned": whole.T,
        "part": whole[1:3, ::2],
        "half": torch.tensor([1.5, -2], dtype=torch.float16),
        "double": torch.tensor(0.1, dtype=torch.float64),
        "whole": torch.tensor([[2**40]]),
        "parameter": torch.nn.Parameter(torch.ones(3)),
    }
    found = read(saved(tensors, is_zip))
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(found[name], tensor.detach().numpy())


class _Call:
    def __reduce__(self):
        return os.mkdir, ("made",)


@pytest.mark.fault(43)
@pytest.mark.parametrize(
    ("protocol", "told"), [(0, "DICT"), (2, f"GLOBAL {os.name} mkdir"), (4, "FRAME")]
)
def test_nothing_is_called(protocol, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match=rf"no plain state dict of PyTorch \(it holds {told}"):
        read(zipped(pickle.dumps({"weight": _Call()}, protocol)))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "content",
    [
        zipped(pickle.dumps({"weight": 3}, 2)),
        zipped(pickle.dumps([], 2)),
        zipped(b"\x80\x02}q"),
        saved({"a": torch.ones(9)}, False)[:-8],
        b"",
        b"\x89PNG",
    ],
    ids=["number", "list", "cut", "short", "empty", "picture"],
)
def test_what_is_no_state_dict_is_refused(content):
    with pytest.raises(BadInput, match="no plain state dict"):
        read(content)


def test_no_memory_beyond_a_storage_is_read():
    file = saved({"a": torch.ones(9)}, True)
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        [name] = (n for n in archive.namelist() if n.endswith("data.pkl"))
        description = archive.read(name)
    assert read(zipped(description, **{"0": np.ones(9, "<f4").tobytes()}))["a"].sum() == 9
    with pytest.raises(BadInput, match="no plain state dict"):
        read(zipped(description, **{"0": np.ones(8, "<f4").tobytes()}))
