import numpy as np
import pytest

from braid.fitting import choose_layer, ridge_cv

RUNS = np.repeat([1, 2, 3], 30)
SETTINGS = {"runs": RUNS, "alphas": np.logspace(-1, 3, 5)}


@pytest.fixture
def layers():
    return np.random.default_rng(0).normal(size=(4, len(RUNS), 6))


@pytest.mark.parametrize("planted", [0, 2])
def test_the_layer_that_drives_the_voxels_is_chosen(layers, planted):
    rng = np.random.default_rng(1)
    Y = layers[planted] @ rng.normal(size=(6, 10)) + rng.normal(size=(len(RUNS), 10))
    index, means = choose_layer(iter(layers), Y, **SETTINGS)
    assert index == planted
    assert means.shape == (4,)
    assert means[planted] > 0.8
    assert np.delete(means, planted).max() < 0.2


def test_means_are_those_of_single_fits_and_skip_masked_voxels(layers):
    Y = np.random.default_rng(1).normal(size=(len(RUNS), 5))
    single = ridge_cv(layers[3], Y, delays=[0, 1], **SETTINGS).best_scores.mean()
    masked = np.hstack([Y, np.full((len(RUNS), 1), np.nan)])
    _, means = choose_layer(list(layers), masked, delays=[0, 1], **SETTINGS)
    assert means[3] == pytest.approx(single)
