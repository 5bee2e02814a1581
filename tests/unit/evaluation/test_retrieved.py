"""Retrieval by decoded features beside other metrics."""

import numpy as np
import pytest
import xarray as xr

from braid.evaluation.retrieved import retrieved, with_kinds
from braid.store import save
from braid.study.pictures import Metric, Retrieval

SPEC = Retrieval(gallery={"twin": 10}, draws=20)


@pytest.fixture
def files(tmp_path):
    """Decoded features that are the true ones with noise; all share a large mean."""
    random = np.random.default_rng(0)
    true = 50 + random.standard_normal((40, 30)).astype(np.float32)
    numbers = np.arange(40) * 2
    coords, attrs = {"image": numbers, "layer": [0]}, {"shape": [30]}
    save(
        tmp_path / "true.nc",
        xr.Dataset({"features": (("image", "layer", "feature"), true[:, None])}, coords, attrs),
    )
    for name, share in (("good", 1.0), ("none", 0.0)):
        decoded = 50 + share * (true - 50) + 0.3 * random.standard_normal((40, 30))
        held = {"decoded": (("image", "feature"), decoded.astype(np.float32))}
        save(tmp_path / f"{name}.nc", xr.Dataset(held, {"image": numbers}, attrs))
    return tmp_path


def test_decoded_features_find_their_picture_and_noise_does_not(files):
    for name, low, high in (("good", 0.97, 1.0), ("none", 0.0, 0.2)):
        parts = {"z": ([files / f"{name}.nc"], [files / "true.nc"]), "c": ([], [])}
        [found] = retrieved(parts, SPEC, "twin", 0)
        means = found["value"].mean("image").values
        assert ((low <= means) & (means <= high)).all(), name
        assert found["chance"].values.tolist() == [0.1, 0.1]


def test_retrieval_stands_below_the_other_metrics(files):
    parts = {"z": ([files / "good.nc"], [files / "true.nc"])}
    metrics = [Metric(label="PixCorr", kind="pixels", size={"twin": 8})]
    scores = xr.Dataset(
        {
            "value": (("metric", "image"), np.zeros((1, 40))),
            "chance": ("metric", [0.0]),
            "better": ("metric", [1]),
        },
        {"metric": ["PixCorr"], "image": np.arange(40) * 2},
    )
    both = with_kinds(scores, metrics, retrieved(parts, SPEC, "twin", 0))
    assert both["kind"].values.tolist() == ["pixels", "retrieval", "retrieval"]
    assert np.isfinite(both["value"]).all()
