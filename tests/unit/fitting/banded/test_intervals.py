import numpy as np
import pytest

from braid.fitting.banded.intervals import bootstrap_runs, product_sums, unique_sums
from braid.fitting.banded.partition import product_measure, unique_variance

RUNS = np.repeat(["a", "b", "c", "d", "e"], [40, 50, 45, 60, 55])
MEASURES = ["product", "unique r", "unique r2"]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _predictions(rng, voxels=6):
    Y = rng.normal(size=(len(RUNS), voxels)) + 3
    return Y, rng.normal(0.1, 0.4, size=(3, len(RUNS), voxels)) + 0.3 * Y


def _directly(measure, Y, split):
    if measure == "product":
        return product_measure(Y, split)
    return unique_variance(Y, split[0], split[1:], measure.split()[1])


def _sums(measure, Y, split, runs=RUNS):
    if measure == "product":
        return product_sums(Y, split, runs)
    return unique_sums(Y, split[0], split[1:], runs, measure.split()[1])


@pytest.mark.parametrize("measure", MEASURES)
def test_resamples_are_what_the_measure_gives_for_the_runs_drawn(rng, measure):
    Y, split = _predictions(rng)
    times = np.random.default_rng(4).multinomial(5, np.full(5, 0.2), 40)
    values = []
    for counts in times:
        drawn = np.repeat(["a", "b", "c", "d", "e"], counts)
        rows = np.concatenate([np.flatnonzero(run == RUNS) for run in drawn])
        values.append(_directly(measure, Y[rows], split[:, rows]))
    interval = bootstrap_runs(_sums(measure, Y, split), n_boot=40, seed=4)
    np.testing.assert_allclose(interval.low, np.percentile(values, 2.5, axis=0), atol=1e-10)
    np.testing.assert_allclose(interval.high, np.percentile(values, 97.5, axis=0), atol=1e-10)
    regions = np.array([[True, True, False, True, False, False], [False] * 4 + [True] * 2])
    pooled = bootstrap_runs(_sums(measure, Y, split), n_boot=40, seed=4, regions=regions)
    means = np.stack([np.array(values)[..., region].mean(axis=-1) for region in regions], axis=-1)
    np.testing.assert_allclose(pooled.high, np.percentile(means, 97.5, axis=0), atol=1e-10)


@pytest.mark.parametrize("measure", MEASURES)
def test_any_split_of_the_voxels_gives_the_same_bits(rng, measure):
    Y, split = _predictions(rng, voxels=400)
    whole = bootstrap_runs(_sums(measure, Y, split), n_boot=30)
    parts = [
        bootstrap_runs(_sums(measure, Y[:, a:b], split[..., a:b]), n_boot=30)
        for a, b in [(0, 1), (1, 250), (250, 400)]
    ]
    np.testing.assert_array_equal(np.hstack([part.low for part in parts]), whole.low)
    np.testing.assert_array_equal(np.hstack([part.high for part in parts]), whole.high)
    alone = _directly(measure, Y[:, :1], split[..., :1])
    np.testing.assert_array_equal(_directly(measure, Y, split)[:, :1], alone)


def test_regions_wider_than_a_block_pass_over_masked_voxels(rng):
    Y, split = _predictions(rng, voxels=450)
    Y[:, 7] = np.nan
    sums = product_sums(Y, split, RUNS)
    everywhere, known = np.ones((1, 450), bool), np.delete(np.arange(450), 7)
    pooled = bootstrap_runs(sums, n_boot=30, regions=everywhere)
    clean = bootstrap_runs(
        product_sums(Y[:, known], split[..., known], RUNS), n_boot=30, regions=everywhere[:, 1:]
    )
    np.testing.assert_allclose(pooled.low, clean.low, atol=1e-12)


def test_a_constant_prediction_has_no_interval_of_r(rng):
    Y, split = _predictions(rng, voxels=2)
    split[1, :, 0] = 0.1
    interval = bootstrap_runs(_sums("unique r", Y, split), n_boot=10)
    assert np.isnan(interval.low).tolist() == [[True, False], [False, False]]


def test_the_interval_of_a_planted_band_holds_its_share_and_that_of_noise_holds_zero(rng):
    runs = np.repeat(np.arange(12), 60)
    signal, noise = rng.normal(size=(2, len(runs), 200))
    Y = signal + noise
    small = 0.05 * rng.normal(size=signal.shape)
    interval = bootstrap_runs(product_sums(Y, np.stack([signal, small]), runs), n_boot=500)
    covered = (interval.low < [[0.5], [0]]) & (interval.high > [[0.5], [-0.002]])
    assert (covered.mean(axis=1) > 0.8).all()
    assert (interval.low[0] > 0.3).all()


def test_the_seed_decides(rng):
    sums = product_sums(*_predictions(rng), RUNS)
    first, again, other = (bootstrap_runs(sums, n_boot=20, seed=seed).low for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_one_run_has_no_interval(rng):
    sums = product_sums(*_predictions(rng), np.full(len(RUNS), "a"))
    with pytest.raises(ValueError, match="1 run: an interval over runs needs at least 2"):
        bootstrap_runs(sums)
