"""Lanczos weights against the equation written out densely."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.timing import interpolate, lanczos_matrix

TIMES = 2.0 * np.arange(40) - 9


def dense(times_in, times_out, lobes=3):
    """LeBel et al. 2023: cutoff 1/TR, lobes*sin(pi x)*sin(pi x/lobes)/(pi x)^2, 1 at 0."""
    x = (times_out[:, None] - times_in[None, :]) * (1 / np.mean(np.diff(times_out)))
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = lobes * np.sin(np.pi * x) * np.sin(np.pi * x / lobes) / (np.pi**2 * x**2)
    weights[x == 0] = 1
    weights[np.abs(x) > lobes] = 0
    return weights


@settings(max_examples=100, derandomize=True, database=None)
@given(
    words=st.lists(st.integers(-30_000, 100_000).map(lambda ms: ms / 1000), max_size=60),
    step=st.sampled_from([0.8, 1.5, 2.0]),
    lobes=st.integers(1, 4),
)
def test_matches_the_dense_equation(words, step, lobes):
    times_in, times_out = np.array(words, float), step * np.arange(30) - 9
    found = lanczos_matrix(times_in, times_out, lobes).toarray()
    np.testing.assert_allclose(found, dense(times_in, times_out, lobes), atol=1e-9)


def test_word_in_the_middle_of_a_tr_belongs_to_it_alone():
    np.testing.assert_allclose(
        lanczos_matrix(TIMES[[10]], TIMES).toarray()[:, 0], np.arange(40) == 10, atol=1e-15
    )


def test_weights_are_not_renormalised():
    twice = lanczos_matrix(np.array([20.3, 20.3]), TIMES).toarray()
    once = lanczos_matrix(np.array([20.3]), TIMES).toarray()
    np.testing.assert_allclose(twice.sum(axis=1), 2 * once[:, 0])


def test_is_sparse_and_only_as_wide_as_its_lobes():
    words = np.linspace(0, 70, 500)
    matrix = lanczos_matrix(words, TIMES)
    assert matrix.nnz <= 7 * len(words)


def test_a_slow_signal_is_recovered():
    words = np.arange(-20, 90, 2.0) + 0.37
    slow = np.stack([np.sin(words / 15), np.cos(words / 20)], axis=1)
    found = interpolate(slow, words, TIMES)
    truth = np.stack([np.sin(TIMES / 15), np.cos(TIMES / 20)], axis=1)
    assert np.abs(found - truth).max() < 0.03


def test_keeps_the_precision_of_the_values():
    values = np.ones((3, 2), np.float32)
    assert interpolate(values, np.array([1.0, 2.0, 3.0]), TIMES).dtype == np.float32
