import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from braid.evaluation.decoding import BLOCK, PerTrial, average_repeats, decode, grouped_folds
from braid.fitting import ridge_cv
from braid.fitting.scores import pearson

ALPHAS = np.logspace(0, 5, 6)
IMAGES, NEW, VOXELS = 120, 20, 40


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _experiment(rng, targets, noise=4.0):
    """Three trials of each image, training images first, and the targets of each image."""
    features = rng.normal(size=(IMAGES + NEW, targets)) + 3
    code = rng.normal(size=(targets, VOXELS)) / np.sqrt(targets)
    shown = np.repeat(np.arange(IMAGES + NEW), 3)
    patterns = features[shown] @ code + noise * rng.normal(size=(len(shown), VOXELS)) + 7
    return features, patterns, shown


def _decode(features, patterns, shown):
    train = shown < IMAGES
    new, _ = average_repeats(patterns[~train], shown[~train])
    targets = PerTrial(features, shown[train])
    folds = grouped_folds(shown[train], 4)
    return list(decode(patterns[train], targets, new, folds=folds, alphas=ALPHAS))


def _joined(blocks):
    return np.hstack([block.prediction for block in blocks])


def test_it_is_a_ridge_with_intercept_on_standardised_responses(rng):
    features, patterns, shown = _experiment(rng, 6)
    (block,) = _decode(features, patterns, shown)
    train = shown < IMAGES
    scaler = StandardScaler().fit(patterns[train])
    X, Y = scaler.transform(patterns[train]), features[shown[train]]
    fit = ridge_cv(
        X,
        Y - Y.mean(axis=0),
        runs=shown[train],
        alphas=ALPHAS,
        folds=grouped_folds(shown[train], 4),
    )
    np.testing.assert_array_equal(block.alphas, fit.best_alphas)
    np.testing.assert_allclose(block.cv_scores, fit.best_scores)
    new = scaler.transform(patterns[~train].reshape(NEW, 3, -1).mean(axis=1))
    np.testing.assert_allclose(
        block.prediction, Ridge(alpha=fit.best_alphas).fit(X, Y).predict(new), atol=1e-9
    )


def test_planted_features_of_unseen_images_are_decoded_and_noise_is_not(rng):
    features, patterns, shown = _experiment(rng, 8)
    found = _joined(_decode(features, patterns, shown))
    assert pearson(features[IMAGES:], found).mean() > 0.6
    noise = rng.normal(size=patterns.shape)
    chance = pearson(features[IMAGES:], _joined(_decode(features, noise, shown)))
    assert abs(chance.mean()) < 0.25


@pytest.mark.usefixtures("one_thread")
def test_any_shards_of_the_targets_give_the_same_fits(rng):
    features, patterns, shown = _experiment(rng, BLOCK + 50)
    whole = _decode(features, patterns, shown)
    assert [b.targets for b in whole] == [slice(0, BLOCK), slice(BLOCK, BLOCK + 50)]
    edges = [0, 1, 30, BLOCK + 5, BLOCK + 50]
    shards = [
        block for a, b in pairwise(edges) for block in _decode(features[:, a:b], patterns, shown)
    ]
    for name in ("alphas", "cv_scores"):
        joined = [np.concatenate([getattr(b, name) for b in blocks]) for blocks in (shards, whole)]
        np.testing.assert_array_equal(*joined)
    np.testing.assert_allclose(_joined(shards), _joined(whole), rtol=1e-12)


def test_a_constant_target_is_predicted_and_a_broken_one_is_not(rng):
    features, patterns, shown = _experiment(rng, 5)
    clean = _joined(_decode(features[:, :3], patterns, shown))
    features[:, 3], features[4, 4] = 2.5, np.inf
    (block,) = _decode(features, patterns, shown)
    np.testing.assert_allclose(block.prediction[:, :3], clean)
    np.testing.assert_array_equal(block.prediction[:, 3], np.full(NEW, 2.5))
    assert np.isnan(block.prediction[:, 4]).all()
    assert np.isnan(block.alphas[3:]).all()
    assert np.isnan(block.cv_scores[3:]).all()


def test_masked_voxels_are_left_out(rng):
    features, patterns, shown = _experiment(rng, 4)
    clean = _joined(_decode(features, patterns[:, 2:], shown))
    patterns[5, 0], patterns[:, 1] = np.nan, 8
    np.testing.assert_array_equal(_joined(_decode(features, patterns, shown)), clean)


def test_averaged_repeats_train_as_well(rng):
    features, patterns, shown = _experiment(rng, 6)
    means, images = average_repeats(patterns, shown)
    np.testing.assert_allclose(means, patterns.reshape(IMAGES + NEW, 3, -1).mean(axis=1))
    train = images < IMAGES
    blocks = decode(
        means[train], features[train], means[~train],
        folds=grouped_folds(images[train], 4), alphas=ALPHAS,
    )  # fmt: skip
    assert pearson(features[~train], _joined(blocks)).mean() > 0.5


def test_repeats_in_any_order_are_averaged_by_image(rng):
    images = np.array(["b", "a", "b", "c", "a", "b"])
    patterns = rng.normal(size=(6, 3)).astype(np.float32)
    means, names = average_repeats(patterns, images)
    assert names.tolist() == ["a", "b", "c"]
    assert means.dtype == np.float32
    np.testing.assert_allclose(means[1], patterns[images == "b"].mean(axis=0), rtol=1e-6)


def test_trials_of_an_image_stay_on_one_side_of_a_fold(rng):
    images = rng.permutation(np.repeat(np.arange(30), 3))
    folds = grouped_folds(images, 5)
    assert np.sort(np.concatenate([test for _, test in folds])).tolist() == list(range(90))
    assert not any(set(images[train]) & set(images[test]) for train, test in folds)


def test_single_precision_stays_and_agrees(rng):
    features, patterns, shown = _experiment(rng, 6)
    double = _joined(_decode(features, patterns, shown))
    single = _joined(_decode(features, patterns.astype(np.float32), shown))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, double, atol=1e-3)


def test_targets_are_never_held_as_a_whole(rng):
    """A quarter of what CLIP makes of a caption, 59,136 numbers, takes the memory of few blocks."""
    _, patterns, shown = _experiment(rng, 4)

    class Disk:
        shape = (IMAGES, 59_136 // 4)

        def __getitem__(self, key):
            columns = np.arange(*key[1].indices(self.shape[1]))
            return np.sin(np.arange(1, IMAGES + 1)[:, None] * (columns + 1)).astype(np.float32)

    train = shown < IMAGES
    tracemalloc.start()
    blocks = decode(
        patterns[train].astype(np.float32), PerTrial(Disk(), shown[train]),
        patterns[~train][::3].astype(np.float32), folds=grouped_folds(shown[train], 2),
        alphas=ALPHAS[:2],
    )  # fmt: skip
    count = sum(block.prediction.shape[1] for block in blocks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == Disk.shape[1]
    assert peak < 0.5 * train.sum() * Disk.shape[1] * 4
