import numpy as np
import pytest

from braid.fitting import fdr


def test_bh_is_the_step_up_procedure_of_the_paper():
    p = np.random.default_rng(0).uniform(size=200) ** 3
    ranked = np.sort(p)
    passing = np.flatnonzero(ranked <= 0.05 * np.arange(1, 201) / 200)
    np.testing.assert_array_equal(fdr(p) <= 0.05, p <= ranked[passing[-1]])


def test_by_is_bh_times_the_harmonic_sum():
    p = np.array([1e-5, 1e-4, 2e-4, 1e-3])
    np.testing.assert_allclose(fdr(p, "by"), fdr(p) * (1 + 1 / 2 + 1 / 3 + 1 / 4))


@pytest.mark.fault(33)
def test_untested_voxels_are_not_counted():
    p = np.array([0.01, 0.02, 0.9])
    with_gaps = np.array([np.nan, 0.01, np.nan, 0.02, 0.9, np.nan])
    np.testing.assert_array_equal(fdr(with_gaps)[[1, 3, 4]], fdr(p))
    assert np.isnan(fdr(with_gaps)[[0, 2, 5]]).all()


def test_no_tested_voxel_gives_no_q():
    assert np.isnan(fdr(np.full(3, np.nan))).all()


def test_shape_is_kept():
    p = np.random.default_rng(0).uniform(size=(4, 5))
    np.testing.assert_array_equal(fdr(p).ravel(), fdr(p.ravel()))


def test_a_p_value_outside_0_to_1_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        fdr(np.array([0.5, 1.5]))
