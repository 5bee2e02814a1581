import numpy as np
import pytest
from scipy.optimize import lsq_linear
from sklearn.linear_model import Ridge

from braid.fitting import ridge_cv
from braid.fitting.ensembles import average_best_regions, stack_regions
from braid.fitting.scores import pearson

RUNS = np.repeat(np.arange(4), 70)
TRAIN = RUNS < 3
ALPHAS = np.logspace(1, 3, 3)
VOXELS = 30


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _brain(rng, noises):
    """Regions that each encode the same targets under noise of their own; inf encodes nothing."""
    Y = rng.normal(size=(len(RUNS), 4))
    parts = [
        np.isfinite(noise) * (Y @ rng.normal(size=(4, VOXELS)))
        + min(noise, 10) * rng.normal(size=(len(RUNS), VOXELS))
        for noise in noises
    ]
    regions = {f"r{i}": np.arange(i * VOXELS, (i + 1) * VOXELS) for i in range(len(noises))}
    return np.hstack(parts), Y, regions


def test_planted_regions_are_chosen_and_noise_is_not(rng):
    X, Y, regions = _brain(rng, [np.inf, 8, np.inf, 5, np.inf, np.inf])
    ensemble = average_best_regions(
        X[TRAIN], Y[TRAIN], regions, n_best=2, runs=RUNS[TRAIN], alphas=ALPHAS
    )
    assert list(ensemble.regions) == ["r3", "r1"]
    assert set(ensemble.cv_scores) == set(regions)
    noise = [ensemble.cv_scores[name] for name in ("r0", "r2", "r4", "r5")]
    assert max(noise) < 0.15 < ensemble.cv_scores["r1"] < ensemble.cv_scores["r3"]


def test_the_average_is_that_of_single_ridges_at_their_best_penalties(rng):
    X, Y, regions = _brain(rng, [6, 7, np.inf])
    settings = {"runs": RUNS[TRAIN], "alphas": ALPHAS}
    ensemble = average_best_regions(X[TRAIN], Y[TRAIN], regions, n_best=2, **settings)
    expected = []
    for name in ("r0", "r1"):
        columns = regions[name]
        alphas = ridge_cv(X[TRAIN][:, columns], Y[TRAIN], **settings).best_alphas
        single = Ridge(alpha=alphas, fit_intercept=False).fit(X[TRAIN][:, columns], Y[TRAIN])
        expected.append(single.predict(X[~TRAIN][:, columns]))
    predicted = ensemble.predict(X[~TRAIN], RUNS[~TRAIN])
    np.testing.assert_allclose(predicted, np.mean(expected, axis=0), atol=1e-9)


def test_several_regions_decode_better_than_the_best_one(rng):
    X, Y, regions = _brain(rng, [9, 9, 9, 9, np.inf])
    found = [
        average_best_regions(
            X[TRAIN], Y[TRAIN], regions, n_best=n, runs=RUNS[TRAIN], alphas=ALPHAS
        ).predict(X[~TRAIN], RUNS[~TRAIN])
        for n in (1, 4)
    ]
    one, four = (pearson(Y[~TRAIN], predicted).mean() for predicted in found)
    assert four > one + 0.03


def test_the_choice_sees_training_rows_alone(rng):
    """A region that knows the test targets by heart is noise in training: it is not chosen."""
    X, Y, regions = _brain(rng, [np.inf, 8])
    X[~TRAIN, :VOXELS] = Y[~TRAIN] @ rng.normal(size=(4, VOXELS))
    ensemble = average_best_regions(
        X[TRAIN], Y[TRAIN], regions, n_best=1, runs=RUNS[TRAIN], alphas=ALPHAS
    )
    assert list(ensemble.regions) == ["r1"]


def test_more_regions_than_there_are_cannot_be_chosen(rng):
    X, Y, regions = _brain(rng, [1, 1])
    with pytest.raises(ValueError, match="best 6 of 2 regions"):
        average_best_regions(X, Y, regions, runs=RUNS, alphas=ALPHAS)


def test_stacked_weights_are_least_squares_of_unseen_predictions(rng):
    X, Y, regions = _brain(rng, [4, 8, np.inf])
    ensemble = stack_regions(X, Y, regions, runs=RUNS, alphas=ALPHAS)
    unseen = np.empty((3, *Y.shape))
    for run in range(4):
        seen = run != RUNS
        for i, columns in enumerate(regions.values()):
            fit = ridge_cv(X[seen][:, columns], Y[seen], runs=RUNS[seen], alphas=ALPHAS)
            unseen[i, ~seen] = fit.predict(X[~seen][:, columns], RUNS[~seen])
    for target in range(4):
        expected = lsq_linear(unseen[:, :, target].T, Y[:, target], bounds=(0, np.inf)).x
        np.testing.assert_allclose(ensemble.weights[:, target], expected, atol=1e-4)


def test_stacking_counts_good_regions_and_leaves_noise_out(rng):
    X, Y, regions = _brain(rng, [3, 9, np.inf, np.inf])
    ensemble = stack_regions(X[TRAIN], Y[TRAIN], regions, runs=RUNS[TRAIN], alphas=ALPHAS)
    spread = [
        (weight * fit.predict(X[~TRAIN][:, columns], RUNS[~TRAIN])).std()
        for weight, fit, columns in zip(
            ensemble.weights, ensemble.fits, regions.values(), strict=True
        )
    ]
    assert (ensemble.weights >= 0).all()
    assert spread[0] > 2 * spread[1] > 4 * max(spread[2:])
    assert pearson(Y[~TRAIN], ensemble.predict(X[~TRAIN], RUNS[~TRAIN])).mean() > 0.8


def test_a_constant_target_has_no_weights_and_changes_no_other(rng):
    X, Y, regions = _brain(rng, [4, 8])
    clean = stack_regions(X, Y[:, [0, 2]], regions, runs=RUNS, alphas=ALPHAS)
    Y[:, 1], Y[3, 3] = 0, np.nan
    stacked = stack_regions(X, Y, regions, runs=RUNS, alphas=ALPHAS)
    assert np.isnan(stacked.weights[:, [1, 3]]).all()
    np.testing.assert_array_equal(stacked.weights[:, [0, 2]], clean.weights)
    assert np.isnan(stacked.predict(X, RUNS)).all(axis=0).tolist() == [False, True, False, True]


def test_noise_regions_decode_at_chance(rng):
    X, Y, regions = _brain(rng, [np.inf] * 3)
    for ensemble in (
        average_best_regions(
            X[TRAIN], Y[TRAIN], regions, n_best=2, runs=RUNS[TRAIN], alphas=ALPHAS
        ),
        stack_regions(X[TRAIN], Y[TRAIN], regions, runs=RUNS[TRAIN], alphas=ALPHAS),
    ):
        r = pearson(Y[~TRAIN], ensemble.predict(X[~TRAIN], RUNS[~TRAIN]))
        assert not np.nanmean(r) > 0.25
