"""Intervals and tests over pictures against theory and counting."""

import numpy as np
import pytest
from scipy.stats import ttest_rel

from braid.evaluation.pictures import interval, paired


def values(size, seed=0):
    return np.random.default_rng(seed).normal(size=size)


def test_the_interval_of_many_pictures_is_that_of_the_normal_distribution():
    found = interval(values(400), 0)
    error = values(400).std(ddof=1) / 20
    assert found.mean == pytest.approx(values(400).mean())
    assert found.low == pytest.approx(found.mean - 1.96 * error, abs=0.01)
    assert found.high == pytest.approx(found.mean + 1.96 * error, abs=0.01)
    assert interval(values(400), 0) == found != interval(values(400), 1)


def test_pictures_that_agree_leave_no_doubt():
    assert interval(np.full(5, 0.25), 0) == (0.25, 0.25, 0.25)


def test_few_signs_are_flipped_in_every_way():
    assert paired(np.array([3.0, 2, 4]), np.array([1.0, 1, 1]), 0).p == 2 / 8


@pytest.mark.parametrize("shift", [0.0, 0.15])
def test_a_difference_is_tested_as_by_t_over_many_pictures(shift):
    a, b = values(300) + shift, values(300) + values(300, seed=1)
    found = paired(a, b, 0)
    assert found.mean == pytest.approx((a - b).mean())
    assert found.low < found.mean < found.high
    assert found.p == pytest.approx(ttest_rel(a, b).pvalue, abs=0.02)
    assert (found.low < 0 < found.high) == (found.p > 0.05)
