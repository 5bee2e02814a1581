"""Accuracies with their intervals, and models compared on the same pairs."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, binom, binomtest

from braid.errors import BadInput
from braid.evaluation.agreement import accuracy_rows, mcnemar, smallest_n


def answers(right, label=None, first=0):
    """Answers to pairs `first`, `first` + 1, ..., right where asked."""
    right = np.asarray(right, dtype=bool)
    label = np.arange(right.size) % 2 if label is None else label
    probability = np.where(right == (label == 1), 0.9, 0.2)
    pair = np.arange(first, first + right.size)
    return pd.DataFrame({"pair": pair, "label": label, "probability": probability})


def test_interval_is_clopper_and_pearsons():
    rows = accuracy_rows({"en-fr": {"m": answers([True] * 8 + [False] * 2)}})
    row = rows.iloc[0]
    assert (row["languages"], row["model"], row["n"], row["accuracy"]) == ("en-fr", "m", 10, 0.8)
    assert row["low"] == pytest.approx(beta.ppf(0.025, 8, 3))
    assert row["high"] == pytest.approx(beta.ppf(0.975, 9, 2))
    # By hand: 2 * (45 + 10 + 1) / 1024.
    assert row["p_chance"] == pytest.approx(2 * 56 / 1024)


def test_an_accuracy_below_chance_differs_from_it_too():
    rows = accuracy_rows({"en-fr": {"m": answers([False] * 9 + [True])}})
    assert rows["p_chance"].item() == pytest.approx(2 * 11 / 1024)


def test_a_probability_of_one_half_answers_yes():
    table = pd.DataFrame({"pair": [0, 1], "label": [1, 0], "probability": [0.5, 0.5]})
    assert accuracy_rows({"en-fr": {"m": table}})["accuracy"].item() == 0.5
    assert accuracy_rows({"en-fr": {"m": table.iloc[:1]}})["accuracy"].item() == 1


def test_mcnemar_looks_only_at_pairs_that_one_model_got_right():
    first = np.array([1] * 6 + [0] * 1 + [1] * 50 + [0] * 9, dtype=bool)
    second = np.array([0] * 6 + [1] * 1 + [1] * 50 + [0] * 9, dtype=bool)
    assert mcnemar(first, second) == pytest.approx(2 * (7 + 1) / 128)  # by hand
    assert mcnemar(first, second) == mcnemar(second, first)
    assert mcnemar(first, first) == 1


def test_mcnemar_keeps_its_level_when_models_are_equally_good():
    random = np.random.default_rng(0)
    p = [mcnemar(*(random.random((2, 200)) < 0.7)) for _ in range(400)]
    assert np.mean(np.array(p) < 0.05) <= binom.ppf(0.999, 400, 0.05) / 400


def test_models_are_compared_pair_by_pair_in_any_order():
    better, worse = answers([True] * 20), answers([False] * 8 + [True] * 12)
    rows = accuracy_rows({"en-fr": {"a": better, "b": worse.sample(frac=1, random_state=0)}})
    expected = 2 / 2**8  # by hand: eight pairs, all of them for the first model
    assert rows["p vs b"].tolist() == [pytest.approx(expected), pytest.approx(np.nan, nan_ok=True)]
    assert rows["p vs a"].tolist() == [pytest.approx(np.nan, nan_ok=True), pytest.approx(expected)]


def test_pairs_of_languages_stay_apart():
    french, chinese = answers([True] * 10), answers([False] * 10)
    rows = accuracy_rows({"en-fr": {"a": french, "b": french}, "en-zh": {"a": chinese}})
    assert rows["languages"].tolist() == ["en-fr", "en-fr", "en-zh"]
    assert rows["accuracy"].tolist() == [1, 1, 0]
    assert rows["p vs b"].isna().tolist() == [False, True, True]


def test_answers_on_other_pairs_are_refused():
    models = {"a": answers([True] * 10), "b": answers([True] * 10, first=1)}
    with pytest.raises(BadInput, match="en-fr: pair: a, b have answered on different pairs"):
        accuracy_rows({"en-fr": models})


def test_smallest_n_of_the_published_accuracy():
    n = smallest_n(0.5175)
    assert binomtest(round(0.5175 * n), n).pvalue < 0.05
    assert round(round(0.5175 * n) / n, 4) == 0.5175
    # Nearly the n of the normal approximation, z / (2 (accuracy - 1/2)) squared.
    approximate = (NormalDist().inv_cdf(0.975) / (2 * 0.0175)) ** 2
    assert n == pytest.approx(approximate, rel=0.02)
    assert binomtest(518, 1000).pvalue > 0.25
    assert binomtest(5175, 10_000).pvalue < 0.001


def test_smallest_n_is_the_first_of_all():
    passing = [
        n
        for n in range(1, 300)
        for k in range(n + 1)
        if round(k / n, 2) == 0.6 and binomtest(k, n).pvalue < 0.05
    ]
    assert smallest_n(0.6, digits=2) == passing[0]


def test_smallest_n_can_print_the_accuracy():
    assert smallest_n(0.99, digits=2) == 67  # 66 of 67 is the first to print 0.99
