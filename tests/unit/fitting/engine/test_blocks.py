import inspect

import numpy as np
import pytest

from braid.fitting import BandedEngine, RidgeEngine
from braid.fitting.engine.blocks import BlockEngine

RUNS = np.repeat([0, 1, 2], [12, 20, 16])
SETTINGS = {
    "alphas": [1.0], "folds": None, "delays": (0, 1), "edges": "run", "rows": None,
    "tolerance": 0.0, "backend": "numpy", "block": 24,
}  # fmt: skip


def _engine(features=4, **settings):
    X = np.random.default_rng(0).normal(size=(len(RUNS), features)).astype(np.float32)
    return BlockEngine(X, runs=RUNS, **SETTINGS | settings)


def test_lengths_that_disagree_are_refused():
    X, without_type_checks = np.ones((48, 2)), inspect.unwrap(BlockEngine.__init__)
    with pytest.raises(ValueError, match="X has 48 TRs, Y 47, runs 47"):
        without_type_checks(BlockEngine.__new__(BlockEngine), X, runs=RUNS[:-1], **SETTINGS)


@pytest.mark.parametrize("engine", [RidgeEngine, BandedEngine])
def test_both_engines_are_block_engines(engine):
    assert issubclass(engine, BlockEngine)


@pytest.mark.parametrize(("features", "primal"), [(24, True), (25, False)])
def test_the_smaller_matrix_is_taken(features, primal):
    assert _engine(features).is_primal is primal
    assert _engine(features, rows=np.arange(47), delays=(0, 1)).is_primal is False


def test_a_block_is_filled_up_with_zeros():
    engine, Y = _engine(), np.random.default_rng(1).normal(size=(48, 3))
    Y[5, 1] = np.nan
    kept = np.array([True, False, True])
    placed = engine.place(Y, kept, np.float64)
    assert placed.shape == (24, engine.layout.length)
    np.testing.assert_array_equal(placed[[0, 2]][:, engine.layout.rows].T, Y[:, [0, 2]])
    assert np.count_nonzero(placed) == 2 * 48


def test_what_is_finished_has_no_filling_and_no_masked_voxel():
    kept = np.array([True, False, True])
    finished = _engine().finish(np.arange(48.0).reshape(2, 24), kept)
    np.testing.assert_array_equal(finished, [[0, np.nan, 2], [24, np.nan, 26]])
    assert finished.dtype == np.float32


@pytest.mark.parametrize(("at_once", "sizes"), [(1, [24, 24, 12]), (2, [48, 12]), (3, [60])])
def test_blocks_pass_in_order_as_many_as_are_held(at_once, sizes):
    engine, Y = _engine(), np.arange(48 * 60.0).reshape(48, 60)
    engine.at_once = at_once
    seen = list(engine.each_block(Y, np.copy))
    assert [part.shape[1] for part in seen] == sizes
    np.testing.assert_array_equal(np.hstack(seen), Y)
