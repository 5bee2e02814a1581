"""Small diffusion models with random weights, and pictures with captions."""

import diffusion_toys as toys
import numpy as np
import pytest

from braid.features.diffusion import batches
from braid.features.diffusion.model import load


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """BERT, 16 tokens."""
    return toys.write(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory):
    """CLIP, 77 tokens, as in Stable Diffusion 1.x."""
    return toys.write(tmp_path_factory.mktemp("clip"), clip=True)


@pytest.fixture(scope="session")
def diffusion(folder):
    return load(folder)


@pytest.fixture(scope="session")
def clip(clip_folder):
    return load(clip_folder)


@pytest.fixture(scope="session")
def shown(tmp_path_factory):
    return toys.stimulus(tmp_path_factory.mktemp("shown"))


@pytest.fixture
def numbers():
    return np.array([1, 2, 4, 5])


@pytest.fixture
def one_by_one(monkeypatch):
    """Let one picture pass at a time."""
    return lambda: monkeypatch.setattr(batches, "BATCH", {"cpu": 1})
