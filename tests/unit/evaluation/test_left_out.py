"""Pictures that are left out are scored on the means over their trials."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.stats import pearsonr
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.metrics import r2_score

from braid.evaluation import left_out

SESSIONS, TRIALS, PICTURES, FEATURES = 4, 150, 200, 6
ALPHAS = [0.1, 1, 10, 100, 1000]
SHARED = {"kind": "shared", "sessions": {"twin": 3}}
GROUPS = {"kind": "pictures", "k": 5}


def trials(values, name, dims, image):
    """A table whose rows are the trials of four sessions; every third picture is shared."""
    coords = {
        "run": np.repeat([f"session{n}" for n in range(SESSIONS)], TRIALS),
        "time": np.tile(np.arange(TRIALS, dtype=float), SESSIONS),
        "image": image,
        "shared": image % 3 == 0,
    }
    attrs = {"dataset": "nsd", "subject": "S1", "recording": "all", "feature": "z"}
    rows = {key: ("tr", column) for key, column in coords.items()}
    return xr.Dataset({name: (("tr", *dims), values)}, rows, attrs)


@pytest.fixture
def world():
    """Which picture each trial showed, the design, and features of all pictures."""
    random = np.random.default_rng(0)
    image = random.permutation(np.repeat(np.arange(PICTURES), 3))
    features = random.standard_normal((PICTURES, FEATURES)) + 2
    rows = (features - features.mean(axis=0)) / features.std(axis=0)
    design = trials(rows[image][:, None].astype(np.float32), "design", ("layer", "feature"), image)
    return image, design, rows


def responses(image, per_picture, noise):
    """Z-scored responses: what each picture does to each voxel, and noise of each trial."""
    random = np.random.default_rng(3)
    bold = per_picture[image] + noise * random.standard_normal((len(image), per_picture.shape[1]))
    sessions = bold.reshape(SESSIONS, TRIALS, -1)
    clean = (sessions - sessions.mean(axis=1, keepdims=True)) / sessions.std(axis=1, keepdims=True)
    return trials(clean.reshape(bold.shape).astype(np.float32), "bold", ("voxel",), image)


def of_pictures(plan, split=SHARED, **fit):
    return plan(split, **{"delays": [0], "alphas": ALPHAS, "inner": GROUPS} | fit)


def test_trials_of_a_picture_become_their_mean_in_order_of_the_pictures(plan):
    labels = xr.Dataset({}, {"image": ("tr", [9, 4, 7, 4, 9, 4])})
    values = np.array([[1, 10], [2, 20], [6, np.nan], [9, 90]], np.float32)
    found = left_out.scored(values, np.array([1, 2, 3, 4]), labels, of_pictures(plan))
    np.testing.assert_array_equal(found, [[3.5, np.nan], [2, 20], [9, 90]])
    assert found.dtype == np.float32
    assert left_out.scored(values, np.array([1, 2, 3, 4]), labels, plan()) is values


def test_noise_falls_by_the_harmonic_mean_of_trials(plan):
    labels = xr.Dataset({}, {"run": ("tr", list("aabbbb")), "image": ("tr", [1, 2, 2, 2, 3, 3])})
    folds = [(np.array([0]), np.array([1, 2, 3, 4, 5]))]
    pictures = left_out.tested(folds, labels, of_pictures(plan))
    assert pictures.runs == {"a", "b"}
    assert pictures.trials == pytest.approx(2 / (1 / 3 + 1 / 2))
    assert left_out.tested(folds, labels, plan()).trials == 1


def test_scores_are_those_of_ridge_with_an_intercept_on_averages(world, plan, encode):
    image, design, rows = world
    random = np.random.default_rng(1)
    Y = responses(image, rows @ random.standard_normal((FEATURES, 8)), 4)
    scores, _ = encode([design], [Y], of_pictures(plan))
    used = np.arange(len(image)) < 3 * TRIALS
    train, test = (np.flatnonzero(used & which) for which in (image % 3 > 0, image % 3 == 0))
    groups = np.unique(image[train], return_inverse=True)[1] % 5
    inner = [(np.flatnonzero(groups != k), np.flatnonzero(groups == k)) for k in range(5)]
    X, bold = design["design"].values[:, 0].astype(float), Y["bold"].values.astype(float)

    def correlation(ridge, X, y):
        return pearsonr(ridge.predict(X), y)[0]

    for voxel in range(8):
        y = bold[:, voxel]
        given = X[train] - X[train].mean(axis=0), y[train] - y[train].mean()
        chosen = RidgeCV(ALPHAS, fit_intercept=False, cv=inner, scoring=correlation).fit(*given)
        guess = Ridge(chosen.alpha_).fit(X[train], y[train]).predict(X[test])
        means = pd.DataFrame({"truth": y[test], "guess": guess}).groupby(image[test]).mean()
        assert len(means) < len(test)
        found = scores.isel(voxel=voxel)
        assert found["alpha"] == pytest.approx(chosen.alpha_, rel=1e-5)
        assert found["r"] == pytest.approx(pearsonr(means["truth"], means["guess"])[0], abs=1e-5)
        assert found["r2"] == pytest.approx(r2_score(means["truth"], means["guess"]), abs=1e-5)


def test_pictures_that_are_left_out_are_one_run(world, plan, encode):
    image, design, rows = world
    Y = responses(image, rows[:, :3], 1)
    scores, _ = encode([design], [Y], of_pictures(plan))
    assert scores["run"].values.tolist() == ["shared"]
    np.testing.assert_allclose(scores["r_run"][0], scores["r"], atol=1e-6)
    groups, _ = encode([design], [Y], of_pictures(plan, GROUPS))
    assert groups["run"].values.tolist() == ["pictures"] * 5


def test_later_sessions_and_left_out_trials_train_nothing(world, plan, encode):
    image, design, rows = world
    Y = responses(image, rows[:, :3], 1)
    late = np.arange(len(image)) >= 3 * TRIALS
    changed = Y.copy(deep=True)
    noise = np.random.default_rng(7).standard_normal(changed["bold"].shape)
    moved = late | (image % 3 == 0)
    changed["bold"].values[moved] = noise[moved]
    weights = [encode([design], [one], of_pictures(plan))[1]["coef"] for one in (Y, changed)]
    np.testing.assert_array_equal(*weights)


def test_layers_are_chosen_without_means_of_training_rows(world, plan, encode):
    """A constant, which has no correlation, moves nothing: neither features nor responses."""
    image, design, rows = world
    other = np.random.default_rng(5).standard_normal(design["design"].shape).astype(np.float32)
    layers = np.concatenate([other, design["design"].values], axis=1)
    Y = responses(image, rows[:, :3], 1)
    both = [trials(layers + shift, "design", ("layer", "feature"), image) for shift in (0, 3)]
    lifted = Y.assign(bold=Y["bold"] + np.float32(2))
    found = [
        encode([X], [bold], of_pictures(plan))[0] for X, bold in zip(both, (Y, lifted), strict=True)
    ]
    assert set(np.atleast_1d(found[0].attrs["layers"])) == {1}
    assert found[0].attrs["layers"] == found[1].attrs["layers"]
    for name in ("r", "r2", "cv_score"):
        np.testing.assert_allclose(found[0][name], found[1][name], atol=1e-4)


def test_bands_split_what_is_explained_of_the_means(world, plan, encode):
    image, design, rows = world
    X = design.assign_coords(band=("feature", ["a"] * 3 + ["b"] * 3))
    Y = responses(image, rows[:, :4], 2)
    scores, _ = encode([X], [Y], of_pictures(plan, solver="banded", n_draws=10))
    # Shares are of centred means; r2 counts how far these are from the level of training.
    np.testing.assert_allclose(scores["split"].sum("band"), scores["r2"], atol=0.06)
    share = scores["split"] / scores["split"].sum("band")
    assert (share.sel(band="a")[:3] > 0.7).all()
    assert share.sel(band="b")[3] > 0.7


@pytest.mark.parametrize(
    ("split", "kind"),
    [(SHARED, "circular_shift"), (SHARED, "block_permutation"), (GROUPS, "circular_shift")],
)
def test_voxels_that_tell_pictures_apart_by_something_else_are_at_chance(
    world, plan, encode, split, kind
):
    """Their trials share what the features know nothing of. Trial by trial, it would be .15."""
    image, design, _ = world
    Y = responses(image, np.random.default_rng(4).standard_normal((PICTURES, 1500)), 0.3)
    asked = of_pictures(plan, split, alphas=[10])
    null = asked.chance.model_copy(update={"kind": kind})
    scores, _ = encode([design], [Y], asked.model_copy(update={"chance": null}))
    assert 0.03 < (scores["p"].values <= 0.05).mean() < 0.07
    assert abs(scores["r"].values.mean()) < 0.03
    assert 0.03 < scores.attrs["false_positives"] < 0.075
