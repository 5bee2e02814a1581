"""Pictures that are shown were chosen by a rule that the figure states."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from picture_toys import evaluation, evaluations

from braid.evaluation.picture_grids import (
    chosen,
    grid_rows,
    of_grid,
    of_samples,
    rule,
    sample_rows,
)


def scores(values, better=1):
    return xr.Dataset(
        {"value": (("metric", "image"), [values]), "better": ("metric", [better])},
        {"metric": ["m"], "image": np.arange(len(values)) + 100},
    )


def test_best_median_and_worst_are_those_of_the_metric():
    rows = chosen(scores([0.3, 0.9, 0.1, 0.5, 0.7]), "m", 1)
    assert rows["place"].tolist() == ["best", "median", "worst"]
    assert rows["image"].tolist() == [101, 103, 102]
    assert rows["rank"].tolist() == [1, 3, 5]


def test_lower_is_better_where_the_metric_says_so():
    rows = chosen(scores([0.3, 0.9, 0.1, 0.5, 0.7], better=-1), "m", 1)
    assert rows["image"].tolist() == [102, 103, 101]


def test_several_of_each_place_go_from_best_to_worst_and_ties_by_number():
    rows = chosen(scores([0.5] * 4 + [0.9, 0.1, 0.2]), "m", 2)
    assert rows["image"].tolist() == [104, 100, 101, 102, 106, 105]
    assert rows["rank"].tolist() == [1, 2, 3, 4, 6, 7]


@pytest.fixture(scope="module")
def grid():
    return grid_rows(evaluations(["z", "c", "zc"]), "zc", "PixCorr", 2)


def test_all_reconstructions_show_the_pictures_that_one_was_judged_by(grid):
    assert len(grid) == 2 * 3 * 6
    for subject in ("subj01", "subj02"):
        own = grid.query("subject == @subject")
        images = [part["image"].tolist() for _, part in own.groupby("reconstruction")]
        assert images[0] == images[1] == images[2]
        judged = own.query("reconstruction == 'zc'")["value"]
        assert judged.is_monotonic_decreasing
        truth = evaluation(subject, "zc")["value"].sel(metric="PixCorr")
        assert judged.iloc[0] == truth.max().item()
        z = evaluation(subject, "z")["value"].sel(metric="PixCorr", image=images[0])
        assert own.query("reconstruction == 'z'")["value"].tolist() == z.values.tolist()


def test_the_rule_names_metric_judge_and_sample(grid):
    said = rule(grid, "zc", 5)
    assert "by PixCorr of “z with c”" in said
    assert "the first of 5 samples, not the best" in said


def test_findings_give_the_mean_of_each_place(grid):
    first, *others = of_grid(grid, "the rule")
    assert first == "the rule"
    assert len(others) == 6
    own = grid.query("subject == 'subj02' and reconstruction == 'zc'")["value"].to_numpy()
    best, median, worst = own.reshape(3, 2).mean(axis=1)
    expected = f"PixCorr best {best:.3f}, median {median:.3f}, worst {worst:.3f}."
    assert f"subj02, “z with c”: {expected}" in others


def test_a_generator_is_said_to_be_as_good_as_its_judge_finds():
    attrs = {"label": "small", "accuracy": 0.85, "low": 0.8, "high": 0.9, "chance": 0.2}
    pictures = (("caption", "sample", "row", "column", "channel"), np.zeros((5, 8, 4, 4, 3)))
    made = xr.Dataset({"pictures": pictures}, attrs=attrs | {"guidance": 5.0})
    rows = sample_rows([made])
    pd.testing.assert_series_equal(
        rows[["accuracy", "captions", "samples"]].iloc[0].astype(float),
        pd.Series({"accuracy": 0.85, "captions": 5.0, "samples": 8.0}, name=0),
    )
    [line] = of_samples(rows)
    assert "85.0% of the pictures (95 % interval 80.0% to 90.0%, chance 20.0%)" in line
