"""All metrics of a study on pictures that are the presented ones, or noise."""

from functools import partial

import numpy as np
import pytest
import xarray as xr

from braid.evaluation.pictures import Seen, batches, evaluate, look_of, pixels, resize
from braid.study.pictures import Metric

PLAIN = ["pixels", "luminance", "chroma", "ssim"]
MODEL = {"model": {"twin": "vgg16"}, "layer": {"twin": "conv1_1"}}
METRICS = [
    *(Metric(label=kind, kind=kind, size={"twin": 12, "public": 40}) for kind in PLAIN),
    Metric(label="paper", kind="two_way", variant="takagi2023", size={"twin": 8}, **MODEL),
    Metric(label="suite", kind="two_way", variant="mindeye", size={"twin": 8}, **MODEL),
    Metric(label="far", kind="distance", size={"twin": 8}, **MODEL),
    Metric(label="class", kind="category", size={"twin": 8}, **MODEL),
]
WEIGHTS = np.random.default_rng(9).normal(size=(8 * 8 * 3, 50)).astype(np.float32)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def look(pictures):
    """A network of one layer."""
    for batch in batches(pictures, 8):
        yield (batch.reshape(len(batch), -1).astype(np.float32) - 127.5) @ WEIGHTS


def score(presented, made, looks=None):
    dims = ("image", "sample", "row", "column", "channel")
    generated = xr.DataArray(made, dims=dims, coords={"image": np.arange(len(made)) * 10})
    looks = [] if looks is None else looks

    def features(pictures):
        looks.append(len(pictures))
        return look(pictures)

    one = Seen(partial(features, presented), partial(features, made))
    seen = {look_of(metric, "twin"): one for metric in METRICS if metric.model}
    return evaluate(presented, generated, METRICS, "twin", seen)


@pytest.fixture(scope="module")
def presented():
    return noise(40, 20, 20, 3)


def test_truth_reaches_the_ceiling_of_every_metric(presented):
    found = score(presented, np.repeat(presented[:, None], 2, axis=1))
    assert found["value"].dims == ("metric", "image")
    assert found["metric"].values.tolist() == [metric.label for metric in METRICS]
    np.testing.assert_array_equal(found["image"], np.arange(40) * 10)
    best = found["value"].mean("image")
    np.testing.assert_allclose(best.sel(metric="far"), 0, atol=1e-6)
    np.testing.assert_allclose(best.drop_sel(metric="far"), 1)
    better = dict(zip(found["metric"].values, found["better"].values, strict=True))
    assert better.pop("far") == -1 and set(better.values()) == {1}
    assert ((best - found["chance"]) * found["better"] > 0.3).all()


def test_noise_scores_at_the_chance_that_is_given(presented):
    found = score(presented, noise(40, 2, 20, 20, 3, seed=1))
    np.testing.assert_allclose(found["value"].mean("image"), found["chance"], atol=0.08)
    np.testing.assert_array_equal(found["chance"].sel(metric=["paper", "suite"]), 0.5)
    assert float(found["chance"].sel(metric="far")) == pytest.approx(1, abs=0.05)


def test_pixels_are_compared_at_the_size_of_the_source(presented):
    made = noise(40, 2, 20, 20, 3, seed=1)
    expected = pixels(resize(presented, 12), resize(made, 12))
    np.testing.assert_allclose(score(presented, made)["value"].sel(metric="pixels"), expected)


def test_chance_of_pixels_is_that_of_the_wrong_picture():
    """Pictures that are all alike, such as a sky above a ground, correlate whatever was decoded."""
    alike = noise(1, 20, 20, 3) // 2 + noise(40, 20, 20, 3, seed=1) // 8
    made = alike[:, None] + noise(40, 2, 20, 20, 3, seed=2) // 16
    found = score(alike, made).sel(metric="pixels")
    assert float(found["chance"]) > 0.7
    assert float(found["value"].mean()) > float(found["chance"]) + 0.05


def test_the_category_is_that_of_the_highest_score(presented):
    made = noise(40, 2, 20, 20, 3, seed=1)
    found = score(presented, made)["value"].sel(metric="class")
    true, other = (np.concatenate(list(look(one))).argmax(axis=1) for one in (presented, made))
    np.testing.assert_array_equal(found, (true[:, None] == other.reshape(40, 2)).mean(axis=1))


def test_metrics_that_compare_the_same_features_look_once(presented):
    """Three of them correlate; the category is found by itself."""
    looks = []
    score(presented, noise(40, 2, 20, 20, 3, seed=1), looks)
    assert looks == [40, 40] * 2
