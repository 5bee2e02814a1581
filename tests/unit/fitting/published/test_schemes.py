import numpy as np
import pytest
from himalaya.ridge import RidgeCV as HimalayaRidgeCV
from himalaya.scoring import correlation_score
from scipy.stats import zscore
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from braid.fitting import ridge_cv
from braid.fitting.published.bootstrap import bootstrap_ridge
from braid.fitting.published.schemes import SCHEMES
from braid.fitting.scores import pearson

STORIES = np.repeat(["a", "b", "c"], [70, 60, 50])
TRAIN = STORIES != "c"
FEW = {"n_boots": 3, "n_held": 1}


@pytest.fixture
def planted():
    rng = np.random.default_rng(0)
    X = rng.normal(3, 2, (len(STORIES), 5))
    return X, (X - 3) @ rng.normal(size=(5, 4)) / 4 + rng.normal(size=(len(STORIES), 4))


def _fit(name, planted, **given):
    X, Y = planted
    model = SCHEMES[name].fit(X[TRAIN], Y[TRAIN], STORIES[TRAIN], **given)
    return model, model.predict(X[~TRAIN], STORIES[~TRAIN])


def _zscored_and_delayed(X, labels):
    scaled = np.concatenate([zscore(X[labels == label], axis=0) for label in np.unique(labels)])
    padded = np.vstack([np.zeros((4, X.shape[1])), scaled])
    return np.hstack([padded[4 - steps : len(padded) - steps] for steps in (1, 2, 3, 4)])


def test_lebel_scales_stories_delays_the_stack_and_squares_alphas(planted):
    X, Y = planted
    model, predicted = _fit("lebel2023", planted, seed=1, **FEW)
    columns = _zscored_and_delayed(X[TRAIN], STORIES[TRAIN])
    by_hand = bootstrap_ridge(
        columns, Y[TRAIN], runs=STORIES[TRAIN], alphas=np.logspace(1, 3, 10), seed=1,
        chunk=40, score="root_r2", **FEW,
    )  # fmt: skip
    np.testing.assert_array_equal(model.ridge.best_alphas, by_hand.best_alphas)
    assert set(model.ridge.best_alphas) <= set(np.logspace(1, 3, 10) ** 2)
    single = Ridge(alpha=model.ridge.best_alphas, fit_intercept=False).fit(columns, Y[TRAIN])
    test_columns = _zscored_and_delayed(X[~TRAIN], STORIES[~TRAIN])
    np.testing.assert_allclose(predicted, single.predict(test_columns), atol=1e-10)


def test_lebel_holds_out_125_chunks_of_40_50_times():
    asked = SCHEMES["lebel2023"].solve.keywords
    assert (asked["n_boots"], asked["chunk"], asked["n_held"]) == (50, 40, 125)


def test_kobayashi_shares_one_penalty_over_delays_and_folds_of_the_study(planted):
    X, Y = planted
    folds = [(np.arange(70), np.arange(70, 130))]
    model, _ = _fit("kobayashi2025", planted, folds=folds, delays=(1, 2))
    scaled = np.concatenate([zscore(X[rows], axis=0) for rows in (slice(70), slice(70, 130))])
    alphas = np.logspace(-2, 3, 6)
    by_hand = ridge_cv(
        scaled, Y[TRAIN], runs=STORIES[TRAIN], alphas=alphas, folds=folds, delays=(1, 2),
        alpha="shared",
    )  # fmt: skip
    np.testing.assert_allclose(model.ridge.coef, by_hand.coef, atol=1e-10)
    assert len(set(model.ridge.best_alphas)) == 1


def test_luo_wraps_twenty_delays_round_and_scales_by_extremes(planted):
    X, Y = planted
    _, predicted = _fit("luo2025", planted, n_boots=2, n_held=2)
    scaled = [(part - part.min()) / np.ptp(part) for part in (X[TRAIN], X[~TRAIN], Y[TRAIN])]
    columns = [
        np.hstack([np.roll(part, steps, axis=0) for steps in range(3, 23)]) for part in scaled[:2]
    ]
    assert columns[0].shape[1] == 100
    by_hand = bootstrap_ridge(
        columns[0], scaled[2], runs=STORIES[TRAIN], alphas=np.logspace(-6, 6, 100), n_boots=2,
        chunk=10, n_held=2,
    )  # fmt: skip
    np.testing.assert_allclose(predicted, columns[1] @ by_hand.coef)


def test_luo_leaves_out_single_rows_as_scikit_learn_does(planted):
    X, Y = planted
    model, predicted = _fit("luo2025_leave_one_out", planted)
    alphas = [0.5, 1, 5, 10, 100, 1000, 1e4, 2.5e4, 5e4, 1e5, 1e6, 1e7]
    source = make_pipeline(StandardScaler(), RidgeCV(alphas=alphas)).fit(X[TRAIN], Y[TRAIN])
    np.testing.assert_array_equal(model.ridge.best_alphas, np.full(4, source[-1].alpha_))
    mean = Y[TRAIN].mean(axis=0)
    np.testing.assert_allclose(predicted + mean, source.predict(X[~TRAIN]), atol=1e-10)


@pytest.mark.parametrize(
    ("name", "alphas"),
    [("takagi2023", np.logspace(-6, 0, 7)), ("takagi2023_text", [1e4, 2e4, 4e4])],
)
def test_takagi_is_himalaya_behind_a_standard_scaler(planted, name, alphas):
    X, Y = planted
    source = make_pipeline(StandardScaler(), HimalayaRidgeCV(alphas=alphas))
    source.fit(X[TRAIN], Y[TRAIN])
    model, predicted = _fit(name, planted)
    np.testing.assert_allclose(model.ridge.best_alphas, source[-1].best_alphas_)
    np.testing.assert_allclose(predicted, source.predict(X[~TRAIN]), atol=1e-10)


def test_denk_takes_the_penalties_of_the_study(planted):
    model, _ = _fit("denk2023", planted, alphas=[10.0])
    np.testing.assert_array_equal(model.ridge.best_alphas, np.full(4, 10))


def test_nakagi_leaves_out_groups_of_titles_and_averages_delays():
    rng = np.random.default_rng(1)
    titles = [
        "breakingbad_run-01", "crown_run-01", "bigbangtheory_run-01", "dreamgirlsSess1_run-02",
        "gis_run-01", "glee_run-01", "suits_run-01", "heroes_run-01", "mentalist_run-01",
    ]  # fmt: skip
    runs = np.repeat(titles, 40)
    X, Y = rng.normal(2, 1, (360, 6)), rng.normal(size=(360, 3))
    Y[9:] += np.roll(X, 9, axis=0)[9:, :3]
    columns = np.zeros_like(X)
    for title in titles:
        padded = np.vstack([np.zeros((10, 6)), X[runs == title]])
        columns[runs == title] = np.mean([padded[10 - d : 50 - d] for d in (8, 9, 10)], axis=0)
    group = np.repeat([0, 0, 1, 1, 2, 2, 2, 3, 3], 40)
    cv = [(np.flatnonzero(group != g), np.flatnonzero(group == g)) for g in range(4)]
    source = make_pipeline(
        StandardScaler(with_std=False),
        HimalayaRidgeCV(
            alphas=np.logspace(-12, 12, 25), cv=cv, solver_params={"score_func": correlation_score}
        ),
    ).fit(columns, Y)
    model = SCHEMES["nakagi2024"].fit(X, Y, runs)
    np.testing.assert_allclose(model.ridge.best_scores, source[-1].cv_scores_, atol=1e-8)
    # Below 1e-3 penalties are ties.
    np.testing.assert_allclose(model.predict(X, runs), source.predict(columns), atol=1e-6)


@pytest.mark.parametrize("name", SCHEMES)
def test_what_a_source_leaves_open_must_be_said(planted, name):
    scheme = SCHEMES[name]
    assert scheme.source
    assert scheme.flaws
    if "alphas" in scheme.open:
        with pytest.raises(TypeError, match="alphas"):
            _fit(name, planted)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("lebel2023", FEW),
        ("kobayashi2025", {"delays": (0,)}),
        ("luo2025_leave_one_out", {}),
        ("takagi2023", {}),
        ("denk2023", {"alphas": [1.0, 100.0]}),
    ],
)
def test_test_rows_do_not_touch_the_fit_and_single_precision_stays(planted, name, given):
    X, Y = (a.astype(np.float32) for a in planted)
    model, predicted = _fit(name, (X, Y), **given)
    X[~TRAIN], Y[~TRAIN] = X[~TRAIN] * 9, 0
    again, _ = _fit(name, (X, Y), **given)
    np.testing.assert_array_equal(again.ridge.coef, model.ridge.coef)
    assert predicted.dtype == np.float32


def test_luos_echoes_let_the_training_see_the_test():
    """Trained on two echoes of one acquisition, features of pure noise predict the third."""
    rng = np.random.default_rng(0)
    X, acquisition = rng.normal(size=(160, 60)), rng.normal(size=(160, 30))
    echoes = [acquisition + 0.3 * rng.normal(size=(160, 30)) for _ in range(3)]
    model = SCHEMES["luo2025"].fit(
        np.vstack([X, X]), np.vstack(echoes[:2]), np.repeat([1, 2], 160), n_boots=2
    )
    assert pearson(echoes[2], model.predict(X, np.zeros(160))).mean() > 0.5
