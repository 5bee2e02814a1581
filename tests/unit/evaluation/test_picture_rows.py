"""Rows of a table of pictures: means, tests against one reconstruction, the source beside."""

import numpy as np
import pytest
import xarray as xr
from picture_toys import METRICS, evaluation, evaluations

from braid.evaluation.picture_rows import (
    average,
    beside_source,
    of_retrieval,
    printed_rows,
    score_rows,
)
from braid.evaluation.pictures import retrieval
from braid.study.claims import Cells, Claims, Data, Number


@pytest.fixture(scope="module")
def rows():
    return score_rows(evaluations(), "zc", 0)


def one(rows, subject, reconstruction, metric):
    [row] = rows.query(
        "subject == @subject and reconstruction == @reconstruction and metric == @metric"
    ).to_dict("records")
    return row


def test_there_is_a_row_for_each_subject_reconstruction_and_metric(rows):
    assert len(rows) == 3 * 4 * len(METRICS)
    assert list(rows["subject"].unique()) == ["subj01", "subj02", "mean"]


def test_a_score_is_the_mean_over_pictures_inside_its_interval(rows):
    truth = evaluation("subj01", "z")["value"].sel(metric="PixCorr").values
    row = one(rows, "subj01", "z", "PixCorr")
    assert row["value"] == pytest.approx(truth.mean())
    error = truth.std() / np.sqrt(len(truth))
    assert row["low"] == pytest.approx(truth.mean() - 1.96 * error, abs=0.2 * error)
    assert row["pictures"] == 40


def test_the_mean_over_subjects_is_taken_picture_by_picture(rows):
    parts = [evaluation(s, "z")["value"].sel(metric="SSIM").values for s in ("subj01", "subj02")]
    truth = np.mean(parts, axis=0)
    row = one(rows, "mean", "z", "SSIM")
    assert row["value"] == pytest.approx(truth.mean())
    assert row["high"] - row["low"] == pytest.approx(2 * 1.96 * truth.std() / 40**0.5, rel=0.2)


def test_pictures_that_a_subject_lacks_are_left_out_of_the_mean():
    first, second = evaluation("subj01", "z", images=40), evaluation("subj02", "z", images=30)
    mean = average([first, second])
    assert mean.sizes["image"] == 30
    assert mean["kind"].values.tolist() == [kind for kind, *_ in METRICS.values()]


def test_better_than_chance_means_below_it_where_lower_is_better(rows):
    assert one(rows, "mean", "zc", "SwAV, distance")["value"] < 0.5
    assert one(rows, "mean", "zc", "SwAV, distance")["told"]
    assert not one(rows, "mean", "noise", "SwAV, distance")["told"]


def test_each_is_tested_against_one_that_is_not_tested_itself(rows):
    assert rows.query("reconstruction == 'zc'")["p"].isna().all()
    row = one(rows, "subj02", "noise", "Alex 2, two-way")
    noise, zc = (
        evaluation("subj02", name)["value"].sel(metric="Alex 2, two-way").values
        for name in ("noise", "zc")
    )
    assert row["difference"] == pytest.approx((noise - zc).mean())
    assert (row["verdict"], row["p"]) == ("worse", pytest.approx(2e-4))


def test_p_is_corrected_for_the_tests_of_its_subject(rows):
    own = rows.query("subject == 'mean' and reconstruction != 'zc'")
    smallest = own["p"].min()
    assert len(own) == 24
    assert one(rows, "mean", "noise", "CLIP, two-way")["p holm"] == pytest.approx(24 * smallest)
    assert (own["p holm"] >= own["p"]).all()


def test_worse_means_higher_where_lower_is_better(rows):
    row = one(rows, "mean", "z", "SwAV, distance")
    assert row["difference"] > 0.1
    assert row["verdict"] == "worse"


def test_equal_reconstructions_do_not_differ():
    same = [evaluation("subj01", name, gains=(0.2,) * 8) for name in ("z", "zc", "c")]
    found = score_rows(same, "zc", 0).dropna(subset="p")
    assert (found["verdict"] == "no difference shown").all()


def test_who_was_decoded_in_one_subject_is_compared_in_that_subject():
    own = [*evaluations(["zc"]), evaluation("subj02", "z")]
    found = score_rows(own, "zc", 0)
    mean, single = (one(found, s, "z", "PixCorr") for s in ("mean", "subj02"))
    assert mean["difference"] == pytest.approx(single["difference"])
    assert mean["p"] == single["p"]


def test_retrieval_joins_the_metrics_of_a_reconstruction():
    truth = np.random.default_rng(0).normal(size=(40, 30))
    found = retrieval(truth, truth, gallery=10, draws=3, seed=0)
    scores = evaluation("subj01", "zc")
    added = of_retrieval(found.assign_coords(image=scores["image"]), "z")
    both = xr.concat([scores, added], "metric", combine_attrs="override", join="outer")
    row = one(score_rows([both], "zc", 0), "mean", "zc", "Image retrieval by z, 1 of 10")
    assert (row["value"], row["chance"], row["kind"]) == (1, 0.1, "retrieval")


def number(metric, value, ours=True, split="982 pictures"):
    where = {"subject": "mean", "reconstruction": "zc", "metric": metric}
    return Number(
        id=f"n{value:g}".replace(".", "-"),
        about="a score",
        place="Table 1",
        metric=metric,
        split=split,
        variant="Takagi",
        tolerance=0.02,
        value=value,
        ours=Cells(figure="identification", where=where, column="value") if ours else None,
    )


@pytest.fixture(scope="module")
def claims(rows):
    ours = one(rows, "mean", "zc", "CLIP, two-way")["value"]
    numbers = (
        number("CLIP, two-way", ours + 0.019),
        number("Alex 2, two-way", 0.1),
        number("CLIP, two-way", 0.3, ours=False, split="1,000 pictures"),
        number("trials", 27750),
    )
    data = Data(dataset="nsd", files=1, bytes=1)
    return Claims(study="takagi2023", source="Takagi", data=data, numbers=numbers)


def test_the_source_stands_beside_the_rows_that_its_claims_name(rows, claims):
    both = beside_source(rows, claims, "identification", simulated=False)
    assert len(both) == len(rows)
    assert one(both, "mean", "zc", "CLIP, two-way")["beside the paper"] == "reproduced"
    assert one(both, "mean", "zc", "Alex 2, two-way")["beside the paper"] == "differs"
    assert both["paper: value"].notna().sum() == 2
    assert both["beside the paper"].notna().sum() == 2


def test_simulated_scores_are_not_held_against_the_source(rows, claims):
    both = beside_source(rows, claims, "identification", simulated=True)
    assert set(both["beside the paper"].dropna()) == {"simulated data"}


def test_numbers_of_another_split_are_shown_and_not_compared(rows, claims):
    printed = printed_rows(claims, beside_source(rows, claims, "identification", False))
    assert printed["source"].tolist() == ["Takagi; 982 pictures"] * 2 + ["Takagi; 1,000 pictures"]
    assert printed["said"].tolist() == ["reproduced", "differs", "another split"]
