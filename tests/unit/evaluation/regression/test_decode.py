"""Planted features are decoded as another library decodes them, in pieces of any size."""

import numpy as np
import pytest
import xarray as xr
from himalaya.ridge import RidgeCV
from himalaya.scoring import r2_score
from sklearn.preprocessing import StandardScaler

from braid.errors import BadInput
from braid.evaluation.decoding import grouped_folds
from braid.evaluation.regression.decode import _by_fold

TRIALS = 240
ALPHAS = [1, 10, 30, 100, 300, 1000, 10000]


def oracle(world, subject="S1"):
    """Best linear guess at the features from the mean of three trials, the planted code known."""
    code = world.codes[subject]
    rows = world.bold[subject][:, : world.EARLY]
    means = np.stack([rows[world.shown == image].mean(axis=0) for image in world.tests])
    seen = np.arange(world.EARLY) != world.MASKED
    spread = code[:, seen].T @ code[:, seen] + world.NOISE**2 / 3 * np.eye(world.EARLY - 1)
    return means[:, seen] @ np.linalg.solve(spread, code[:, seen].T)


def correlations(found, truth):
    return np.array([np.corrcoef(x, y)[0, 1] for x, y in zip(found.T, truth.T, strict=True)])


def test_what_is_planted_is_decoded_almost_as_well_as_it_can_be(world):
    here = world()
    found = here.decode()
    truth = here.features[here.tests]
    np.testing.assert_array_equal(found["image"], here.tests)
    np.testing.assert_allclose(found["r"], correlations(found["decoded"].values, truth), atol=1e-6)
    reached, best = found["r"].values.mean(), correlations(oracle(here), truth).mean()
    assert best > 0.5
    assert reached > 0.85 * best
    # Centred by the training, with its mean added again.
    np.testing.assert_allclose(found["decoded"].mean(axis=0), 2, atol=0.4)


def test_regions_without_the_feature_hold_nothing(world):
    found = world().decode(regions=["ventral"])
    assert abs(found["r"].values.mean()) < 0.1
    assert (found.attrs["voxels"], found.attrs["regions"]) == (20, "ventral")


def test_it_is_himalaya_on_the_same_folds(world):
    here = world()
    found = here.decode()
    train, test = ~here.shared, here.shared
    bold = np.delete(here.bold["S1"][:, : here.EARLY], here.MASKED, axis=1)
    means = np.stack([bold[test & (here.shown == image)].mean(axis=0) for image in here.tests])
    scaler = StandardScaler().fit(bold[train])
    Y = here.features[here.shown[train]]
    settings = {"cv": grouped_folds(here.shown[train], 4), "alphas": np.array(ALPHAS, np.float32)}
    model = RidgeCV(**settings, solver_params={"score_func": r2_score})
    model.fit(scaler.transform(bold[train]), Y - Y.mean(axis=0))
    np.testing.assert_allclose(found["alpha"], model.best_alphas_, rtol=1e-6)
    np.testing.assert_allclose(found["cv_score"], np.ravel(model.cv_scores_), atol=1e-5)
    expected = model.predict(scaler.transform(means)) + Y.mean(axis=0)
    np.testing.assert_allclose(found["decoded"], expected, atol=1e-4)
    assert len(np.unique(found["alpha"])) > 1


@pytest.mark.usefixtures("one_thread")
def test_any_part_of_the_features_gives_the_same(world):
    features = np.random.default_rng(3).standard_normal((240, 900)).astype(np.float32)
    here = world(features)
    whole = here.decode()
    parts = []
    for part in (slice(0, 310), slice(310, 900)):
        here.store(features[:, part])
        parts.append(here.decode())
    for name in ("decoded", "r", "alpha", "cv_score"):
        joined = np.concatenate([part[name].values for part in parts], axis=-1)
        np.testing.assert_allclose(joined, whole[name].values, atol=1e-6)


def test_rows_of_a_fold_are_one_stretch():
    """Folds of scattered rows are thousands of products of a row each."""
    images = np.random.default_rng(0).permutation(np.repeat(np.arange(50), 3))
    rows = _by_fold(images, np.arange(10, 150), 5)
    assert sorted(rows) == list(range(10, 150))
    for _, test in grouped_folds(images[rows], 5):
        assert np.ptp(test) == len(test) - 1


def test_averages_are_trials_when_each_picture_is_seen_once(world):
    here = world(seen=1)
    trials, averages = here.decode(), here.decode(training="averages")
    np.testing.assert_allclose(trials["decoded"], averages["decoded"], atol=1e-5)
    np.testing.assert_array_equal(trials["alpha"], averages["alpha"])


def test_averages_are_a_row_for_each_picture(world):
    here = world()
    trials, averages = here.decode(), here.decode(training="averages")
    pictures = 240 - 40
    assert (trials.attrs["rows"], averages.attrs["rows"]) == (3 * pictures, pictures)
    assert set(averages["trained_on"].values) == {pictures}
    assert averages["r"].values.mean() == pytest.approx(trials["r"].values.mean(), abs=0.05)


def test_rescaled_features_have_mean_and_spread_of_the_training(world):
    here = world()
    plain, scaled = here.decode(), here.decode(rescale=True)
    training = here.features[here.shown[~here.shared]].astype(float)
    np.testing.assert_allclose(scaled["decoded"].mean(axis=0), training.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(scaled["decoded"].std(axis=0), training.std(axis=0), atol=1e-5)
    np.testing.assert_allclose(scaled["r"], plain["r"], atol=1e-5)
    assert plain["decoded"].values.std(axis=0).max() < training.std(axis=0).min()


def test_a_feature_that_does_not_vary_is_decoded_as_it_is(world):
    features = np.random.default_rng(3).standard_normal((240, 4))
    features[:, 2] = 0.3
    here = world(features)
    for said in ({}, {"rescale": True}):
        found = here.decode(**said)
        np.testing.assert_allclose(found["decoded"][:, 2], 0.3, rtol=1e-6)
        assert np.isnan(found["r"].values).tolist() == [False, False, True, False]
        assert np.isfinite(found["influence"]).all()
        assert "1 features do not vary over the training" in found.attrs["events"]


def test_only_the_first_sessions_count(world):
    here = world()
    asked = {"sessions": {"twin": 2}}
    xr.testing.assert_identical(here.decode(files=range(2), **asked), here.decode(**asked))
    assert here.decode(**asked).attrs["rows"] == (~here.shared[: 2 * TRIALS]).sum()


def test_voxels_that_miss_a_trial_of_these_sessions_are_left_out(world):
    here = world()
    all_three, first = here.decode(), here.decode(sessions={"twin": 1})
    assert all_three.attrs["voxels"] == here.EARLY - 1
    assert all_three.attrs["events"] == "1 voxels are not finite in some trial"
    assert (first.attrs["voxels"], first.attrs["events"]) == (here.EARLY, "")


def test_the_feature_is_told_and_read_of_the_first_layer(world):
    attrs = world().decode().attrs
    assert (attrs["dataset"], attrs["subject"], attrs["label"]) == ("toy", "S1", "toy")
    assert (attrs["feature"], list(attrs["shape"]), attrs["responses"]) == ("z", [20, 2], "own")


REFUSED = {
    "no voxel of nowhere": {"regions": ["nowhere"]},
    "3 sessions, 4 asked for": {"sessions": {"twin": 4}},
    "none given": {"responses": "other", "others": None},
    "0 pictures left to train on": {"hold_out": 1},
}


@pytest.mark.parametrize("problem", REFUSED)
def test_what_cannot_be_decoded_is_refused(world, problem):
    with pytest.raises(BadInput, match=problem):
        world().decode(**REFUSED[problem])


def test_pictures_without_features_are_refused(world):
    here = world()
    here.store(here.features, np.delete(np.arange(here.pictures), 17))
    with pytest.raises(BadInput, match="1 pictures are in no shard, first 17"):
        here.decode()


def test_broken_features_are_refused(world):
    here = world()
    here.features[[3, 99], 5] = np.nan
    here.store(here.features)
    with pytest.raises(BadInput, match="not finite for 2 pictures, first 3"):
        here.decode()


def test_another_subject_must_have_seen_the_test_pictures(world):
    here = world()
    last = here.shown[here.shared][-1]
    here.shared &= here.shown != last
    here.store_responses("S2")
    with pytest.raises(BadInput, match=f"toy S2: image: 1 test pictures .* first {last}"):
        here.decode(responses="other")
