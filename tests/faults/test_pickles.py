"""Files that execute code when they are unpickled, put where our readers look for numbers."""

import io
import json
import os
import pickle
from pathlib import Path

import joblib
import msgpack
import numpy as np
import pytest
import torch

from braid.datasets.ds003020 import places
from braid.errors import BadInput
from braid.sources import state_dict
from braid.sources.vectors import from_spacy
from braid.store import load


class Evil:
    """Makes the folder `executed` when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("executed",)


@pytest.fixture(autouse=True)
def _nothing_is_executed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    assert not Path("executed").exists()


def objects() -> bytes:
    """An array of objects, as numpy writes it."""
    file = io.BytesIO()
    np.save(file, np.array([Evil()], dtype=object))
    return file.getvalue()


@pytest.mark.parametrize("unpickle", [pickle.loads, lambda b: joblib.load(io.BytesIO(b))])
def test_the_trap_works(unpickle):
    unpickle(pickle.dumps(Evil()))
    Path("executed").rmdir()


@pytest.mark.fault(43)
@pytest.mark.parametrize("is_zip", [True, False])
def test_weights_of_pytorch(is_zip):
    file = io.BytesIO()
    torch.save({"weight": Evil()}, file, _use_new_zipfile_serialization=is_zip)
    with pytest.raises(BadInput, match="no plain state dict"):
        state_dict.read(file.getvalue())


@pytest.mark.fault(43)
@pytest.mark.parametrize("content", [pickle.dumps(Evil()), objects()], ids=["joblib", "numpy"])
def test_an_artefact(content):
    Path("x.nc").write_bytes(content)
    with pytest.raises(BadInput, match="not a readable artefact"):
        load("x.nc")


@pytest.mark.fault(43)
def test_a_surface_of_pycortex():
    np.savez("pia_lh.npz", pts=np.array([Evil()], dtype=object))
    with pytest.raises(BadInput, match=r"no surface .*Object arrays cannot be loaded"):
        places._vertices(Path("pia_lh.npz"))


@pytest.mark.fault(43)
def test_word_vectors():
    members = {"vectors": objects(), "rows": msgpack.packb({}), "strings": json.dumps([]).encode()}
    with pytest.raises(ValueError, match="Object arrays cannot be loaded"):
        from_spacy(members, Path("vectors"))
