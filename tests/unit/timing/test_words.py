"""Words are counted into TRs as a hand counts them."""

import numpy as np
import pytest

from braid.timing.words import average, fixed_length, global_onsets, place, variable_length

# Two sections of 4 and 3 TRs of 2 s; the sound of the second starts 4 s after its scan.
TIMES = {"one": np.array([1.0, 3, 5, 7]), "two": np.array([-3.0, -1, 1])}


def test_five_words_go_to_each_tr_whatever_the_time():
    np.testing.assert_array_equal(fixed_length(12, 7), [0] * 5 + [1] * 5 + [-1, -1])


def test_fixed_length_ends_with_the_last_tr():
    np.testing.assert_array_equal(fixed_length(15, 2), [0] * 5 + [1] * 5 + [-1] * 5)


@pytest.mark.parametrize(
    ("onset", "tr"),
    [(0.0, -1), (0.01, 0), (1.0, 0), (2.0, 0), (2.01, 1), (3.5, 1), (4.0, 1), (8.0, 3), (8.1, -1)],
)
def test_a_word_goes_to_the_tr_that_its_onset_falls_in_the_end_included(onset, tr):
    assert variable_length(np.array([onset]), 4, 2.0).tolist() == [tr]


def test_rounding_onsets_up_to_seconds_first_changes_nothing():
    onsets = np.round(np.random.default_rng(0).uniform(0, 60, 3000), 2)
    up = np.ceil(onsets)
    expected = [next((i for i in range(30) if 2 * i < u <= 2 * (i + 1)), -1) for u in up]
    np.testing.assert_array_equal(variable_length(onsets, 30, 2.0), expected)


def test_sums_of_decimals_stay_in_their_tr():
    onsets = 1.5 * np.arange(1, 300) + 0.1 + 0.2 - 0.3
    np.testing.assert_array_equal(variable_length(onsets, 300, 1.5), np.arange(299))


def test_a_section_starts_where_the_scan_of_the_one_before_ended():
    onsets = {"two": np.array([0.5, 3.0]), "one": np.array([0.1, 6.0])}
    np.testing.assert_array_equal(global_onsets(onsets, TIMES), [0.1, 6.0, 8.5, 11.0])


def test_series_are_counted_through_their_runs():
    onsets = {"one": np.arange(7.0), "two": np.array([0.0, 0.5, 4.0])}
    np.testing.assert_array_equal(place(onsets, TIMES, "fla"), [0] * 5 + [1] * 5)
    expected = [-1, 0, 0, 1, 1, 2, 2, 3, 4, 5]  # 8 s is still the last TR of the first section
    np.testing.assert_array_equal(place(onsets, TIMES, "vla"), expected)


def test_a_tr_is_the_mean_of_its_words_and_zero_without_any():
    values = np.array([[1.0, 2], [3, 6], [5, 5], [9, 9]], dtype=np.float32)
    found = average(values, np.array([0, 0, 2, -1]), 4)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [[2, 4], [0, 0], [5, 5], [0, 0]])
