import numpy as np
import pytest
from scipy.signal import lfilter

from braid.fitting import pearson
from braid.fitting.columns import as_rows, unit_rows
from braid.fitting.nulls import block_permutation_test
from braid.fitting.nulls.blocks import _cross_products, _draw_orders, _sparse, cut

RUNS = np.repeat(["a", "b", "c"], [40, 31, 50])


def _slow(rng, trs, voxels, memory=0.8):
    return lfilter([1], [1, -memory], rng.normal(size=(trs + 100, voxels)), axis=0)[100:]


def _loop(Y, P, runs, block, n_draws, seed):
    """Move the rows of every block and correlate anew, draw by draw."""
    pieces = cut(runs, block, n_draws)
    counts = [len(blocks) for blocks in pieces]
    kept = np.concatenate([blocks.ravel() for blocks in pieces])
    null = []
    for order in _draw_orders(counts, n_draws, seed):
        parts = np.split(order, np.cumsum(counts)[:-1])
        rows = [blocks[part].ravel() for blocks, part in zip(pieces, parts, strict=True)]
        null.append(pearson(Y[kept], P[np.concatenate(rows)]))
    return np.array(null)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("block", "strata"), [(4, 3), (10, 3), (20, 1)])
def test_p_is_that_of_a_loop_over_permuted_predictions(dtype, block, strata):
    rng = np.random.default_rng(1)
    Y, P = _slow(rng, 121, 7).astype(dtype), (_slow(rng, 121, 7) + 5).astype(dtype)
    P[:, 0] += Y[:, 0]
    assert len(cut(RUNS, block, 300)) == strata
    null = _loop(Y, P, RUNS, block, 300, seed=3)
    expected = (null >= null[0] - 1e-6).mean(axis=0)
    p = block_permutation_test(Y, P, RUNS, block=block, n_draws=300, seed=3)
    np.testing.assert_array_equal(p, expected)
    wider = (1 + (1.5 * null[1:] >= null[0] - 1e-6).sum(axis=0)) / len(null)
    p = block_permutation_test(Y, P, RUNS, block=block, n_draws=300, seed=3, spread=1.5)
    np.testing.assert_array_equal(p, wider)


def test_every_draw_is_that_of_the_loop_to_2e_7():
    rng = np.random.default_rng(2)
    Y, P = _slow(rng, 121, 3), _slow(rng, 121, 3)
    pieces = cut(RUNS, 10, 200)
    kept = np.concatenate([blocks.ravel() for blocks in pieces])
    products = _cross_products(unit_rows(as_rows(Y[kept])), unit_rows(as_rows(P[kept])), pieces)
    found = _sparse(_draw_orders([4, 3, 5], 200, seed=0), pieces) @ products.T
    np.testing.assert_allclose(found, _loop(Y, P, RUNS, 10, 200, seed=0), atol=2e-7)


def test_blocks_stay_in_their_run_and_fill_it():
    pieces = cut(RUNS, 10, 1000)
    assert [blocks.shape for blocks in pieces] == [(4, 10), (3, 10), (5, 10)]
    assert [set(RUNS[blocks].ravel()) for blocks in pieces] == [{"a"}, {"b"}, {"c"}]
    [one] = cut(np.zeros(39, int), 10, 6)
    assert one.shape == (3, 13)


def test_blocks_change_places_across_runs_where_a_run_holds_no_two():
    [everywhere] = cut(RUNS, 16, 1)
    assert everywhere.shape == (7, 17)


def test_blocks_change_places_across_runs_where_runs_have_too_few_orders():
    assert len(cut(RUNS, 15, 24)) == 3  # 2! 2! 3! orders
    assert len(cut(RUNS, 15, 25)) == 1


def test_rows_that_hold_no_two_blocks_are_refused():
    with pytest.raises(ValueError, match="121 TRs hold fewer than two blocks of 61"):
        cut(RUNS, 61, 1)


def test_no_draw_is_repeated_and_the_observed_order_is_not_drawn():
    orders = _draw_orders([3], 1000, seed=0)
    assert len(orders) == 6
    assert orders[0].tolist() == [0, 1, 2]
    assert len(np.unique(orders, axis=0)) == 6


def test_the_smallest_p_is_that_of_all_orders():
    Y = np.random.default_rng(4).normal(size=(30, 1))
    p = block_permutation_test(Y, Y, np.zeros(30, int), block=10, n_draws=1000, seed=0)
    assert p[0] == pytest.approx(1 / 6)


def test_a_periodic_time_course_ties_with_itself():
    rng = np.random.default_rng(5)
    periodic, other = np.tile(rng.normal(size=(10, 40)), (12, 1)), rng.normal(size=(120, 40))
    for Y, P in ((periodic, other), (other, periodic)):
        p = block_permutation_test(Y, P, np.zeros(120, int), block=10, n_draws=200, seed=0)
        np.testing.assert_array_equal(p, 1)


def test_a_planted_signal_is_found_and_its_opposite_is_not():
    rng = np.random.default_rng(3)
    P = _slow(rng, 121, 20)
    Y = P + _slow(rng, 121, 20)
    settings = {"block": 8, "n_draws": 500, "seed": 0}
    assert (block_permutation_test(Y, P, RUNS, **settings) < 0.05).all()
    assert (block_permutation_test(Y, -P, RUNS, **settings) > 0.9).all()


def test_blocks_that_are_too_short_cost_calibration():
    rng = np.random.default_rng(6)
    Y, P = _slow(rng, 400, 2000), _slow(rng, 400, 2000)
    runs = np.repeat([1, 2], 200)
    rates = [
        (block_permutation_test(Y, P, runs, block=n, n_draws=300, seed=0) <= 0.05).mean()
        for n in (2, 40)
    ]
    assert rates[1] < 0.06 < 0.1 < rates[0]
