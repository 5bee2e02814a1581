"""Controls find nothing where the subject's own responses find what is planted."""

import numpy as np
import pytest

from braid.evaluation.regions import interval
from braid.evaluation.regression.controls import borrowed, noise, shuffled
from braid.evaluation.regression.scores import mean_r
from braid.evaluation.regression.sides import Shown, Sides

CONTROLS = ("noise", "shuffled", "other")


def two_way(found, truth):
    """How often each decoded picture is more like its own features than like another's."""
    truth, decoded = truth - truth.mean(axis=0), found["decoded"].values
    r = np.corrcoef(decoded - decoded.mean(axis=0), truth)[: len(truth), len(truth) :]
    n = len(r)
    return (np.diag(r)[:, None] > r).sum(axis=1) / (n - 1)


def test_own_responses_identify_pictures_and_controls_do_not(world):
    here = world()
    truth = here.features[here.tests]
    own = here.decode()
    assert two_way(own, truth).mean() > 0.95
    for responses in CONTROLS:
        found = here.decode(responses=responses)
        low, high = interval(two_way(found, truth))
        assert low < 0.5 < high
        assert high - low < 0.25
        assert mean_r(found).low < 0 < mean_r(found).high
        assert mean_r(found).high < mean_r(own).low
        # The ridge is the same, only what it reads is not.
        np.testing.assert_array_equal(found["alpha"], own["alpha"])
        assert found.attrs["responses"] == responses


@pytest.mark.parametrize("responses", ["noise", "shuffled"])
def test_controls_are_drawn_by_the_seed(world, responses):
    here = world()
    first, again, other = (here.decode(responses=responses, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first["decoded"], again["decoded"])
    assert not np.allclose(first["decoded"], other["decoded"])


@pytest.mark.parametrize("n", [2, 3, 50])
def test_no_picture_keeps_its_own_responses(n):
    rows = np.arange(n)[:, None] * np.ones((1, 3), np.float32)
    for seed in range(20):
        moved = shuffled(rows, np.random.default_rng(seed))[:, 0]
        assert sorted(moved) == list(range(n))
        assert (moved != np.arange(n)).all()


def test_noise_has_mean_and_spread_of_each_voxel():
    random = np.random.default_rng(0)
    rows = (random.standard_normal((4000, 3)) * [1, 5, 0.1] + [0, -7, 3]).astype(np.float32)
    drawn = noise(rows, random)
    np.testing.assert_allclose(drawn.mean(axis=0), rows.mean(axis=0), atol=0.3)
    np.testing.assert_allclose(drawn.std(axis=0), rows.std(axis=0), rtol=0.05)
    assert abs(np.corrcoef(rows[:, 0], drawn[:, 0])[0, 1]) < 0.06
    assert drawn.dtype == np.float32


def side(random, voxels, images, level, spread):
    training = random.standard_normal((500, voxels)).astype(np.float32) * spread + level
    test = images[:, None] + 2 * np.arange(voxels)
    test = (test * spread + level).astype(np.float32)
    return Sides(Shown(training, np.arange(500) + 1000), Shown(test, images), 0)


def test_voxels_of_another_subject_take_the_place_of_the_nearest_in_order():
    random, images = np.random.default_rng(0), np.arange(4)
    own = side(random, 3, images[[0, 1, 3]], level=100, spread=2)
    other = side(random, 5, images, level=-9, spread=0.5)
    found = (borrowed(own, other) - 100) / 2
    # Voxels 0, 2 and 4 of five, standardised by one training, then in units of the other.
    expected = images[[0, 1, 3]][:, None] + np.array([0, 4, 8])
    np.testing.assert_allclose(found, expected, atol=0.5)
    steps = np.diff(found, axis=0)
    np.testing.assert_allclose(steps / [[1], [2]], 1, atol=0.15)
