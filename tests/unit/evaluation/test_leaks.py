"""Leaks in the design of a job, each beside an honest twin that has none."""

from itertools import product
from pathlib import Path

import pytest

from braid import datasets
from braid.evaluation.leaks import leaks
from braid.evaluation.plan import Plan
from braid.fitting.published.schemes import SCHEMES
from braid.study import load_studies

STUDIES = Path(__file__).parents[3] / "config" / "studies"
TESTED = {"kind": "held_out", "runs": {"twin": ["buck", "naked"], "public": ["souls"]}}


@pytest.fixture
def job(plan):
    """Parameters of a fit, as a record holds them; the plan's TR is 2 s, its longest delay 4 s."""

    def make(**settings):
        return {"plan": plan(**settings).model_dump(mode="json"), "part": [0, 1]}

    return make


def _blocks(gap):
    return {"kind": "blocks", "k": 5, "gap": gap}


def _held(*runs, source="twin"):
    return {"kind": "held_out", "runs": {"public": ["other"]} | {source: runs}}


def _kinds(params, rule="fit"):
    return [leak.kind for leak in leaks(rule, params)]


@pytest.mark.parametrize("rule", ["fit", "search"])
def test_test_runs_may_not_choose(job, rule):
    honest = job(split=TESTED, inner=_held("avatar", "food"))
    (leak,) = leaks(rule, job(split=TESTED, inner=_held("avatar", "naked")))
    assert leak == ("test_runs", "the test runs naked choose layer and penalties", False)
    assert leaks(rule, honest) == []


def test_a_run_that_is_tested_on_another_source_may_choose(job):
    assert leaks("fit", job(split=TESTED, inner=_held("souls"))) == []


def test_a_penalty_that_all_voxels_share_may_not_come_from_test_runs(job):
    (leak,) = leaks("fit", job(split=TESTED, inner=_held("naked"), alpha="shared"))
    assert leak.kind == "test_runs"
    assert leak.text.endswith("choose the penalty that all voxels share")
    assert leaks("fit", job(split=TESTED, inner=_held("food"), alpha="shared")) == []


@pytest.mark.parametrize(("gap", "found"), [(0, 1), (2, 1), (2.9, 1), (3.1, 0), (4, 0), (60, 0)])
def test_gaps_are_as_long_as_the_longest_delay(job, gap, found):
    for params in (job(split=_blocks(gap)), job(inner=_blocks(gap))):
        assert _kinds(params) == ["short_gap"] * found


def test_a_short_gap_is_said_of_the_folds_that_have_it(job):
    outer, inner = leaks("fit", job(split=_blocks(0), inner=_blocks(2)))
    assert outer.text == "0 TRs lie between the test blocks and training, delays reach over 2"
    assert (
        inner.text == "1 TRs lie between the blocks that choose and training, delays reach over 2"
    )
    assert not outer.declared


def test_delays_that_run_across_recordings_are_declared(job):
    (leak,) = leaks("fit", job(edges="stack"))
    assert (leak.kind, leak.declared) == ("stacked_delays", True)
    assert leaks("fit", job(edges="stack", delays=[0])) == []
    assert leaks("fit", job(edges="run")) == []


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_says_its_flaws(job, name):
    found = leaks("fit", job(scheme=name))
    assert [leak.text for leak in found] == [f"{name}: {flaw}" for flaw in SCHEMES[name].flaws]
    assert {(leak.kind, leak.declared) for leak in found} == {("scheme", True)}
    assert leaks("fit", job()) == []


def test_folds_and_edges_that_a_scheme_does_not_use_cannot_leak(job):
    settings = {"split": TESTED, "inner": _held("naked"), "edges": "stack"}
    assert set(_kinds(job(scheme="lebel2023", **settings))) == {"scheme"}
    assert set(_kinds(job(scheme="kobayashi2025", **settings))) == {"scheme", "test_runs"}


@pytest.mark.parametrize("solver", ["ridge", "banded"])
def test_features_are_in_a_design_once(job, solver):
    (leak,) = leaks("fit", job(features=["words", "rate", "words"], solver=solver))
    assert leak.text == "the features words are in the design twice"
    assert leaks("fit", job(features=["words", "rate"], solver=solver)) == []


def test_bands_share_no_column():
    bands = {"sound": {"voice": ["a"], "beep": ["b"]}, "speech": {"voice": ["a"]}}
    (leak,) = leaks("extract", {"options": {"coding": "onset", "bands": bands}})
    assert (leak.kind, leak.declared) == ("shared_column", False)
    assert leak.text.startswith("the bands sound and speech share the column voice")
    apart = bands | {"speech": {"sentence": ["a", "c"]}}
    assert leaks("extract", {"options": {"coding": "onset", "bands": apart}}) == []
    assert leaks("extract", {"options": {"unit": "tr"}}) == []


@pytest.mark.parametrize("rule", ["classify", "identify", "respond", "flatmap"])
def test_other_rules_cannot_leak(rule):
    assert leaks(rule, {"decoder": {"kind": rule}, "recordings": ["slice"]}) == []


def test_an_echo_that_is_tested_shares_its_scan_with_those_trained_on(job):
    (leak,) = leaks("fit", job(split={"kind": "echo", "test": 3}))
    assert (leak.kind, leak.declared) == ("echoes", True)


SHARED = {"kind": "shared", "sessions": {"twin": 3, "public": 37}}
PICTURES = {"kind": "pictures", "k": 5}


@pytest.mark.parametrize("split", [SHARED, PICTURES])
def test_pictures_are_left_out_with_all_their_trials_on_both_levels(job, split):
    assert leaks("fit", job(split=split, inner=PICTURES, delays=[0])) == []
    (leak,) = leaks("fit", job(split=split, delays=[0]))
    assert leak == ("pictures", "trials of one picture are trained on and chosen by", False)


def test_trials_of_a_picture_in_several_runs_are_not_kept_apart_by_runs(job):
    (leak,) = leaks("fit", job(inner=PICTURES, delays=[0]))
    assert leak == ("pictures", "trials of one picture are trained on and tested on", False)
    assert leaks("fit", job(delays=[0])) == []


def test_delays_reach_the_pictures_of_other_trials(job):
    (leak,) = leaks("fit", job(split=SHARED, inner=PICTURES))
    assert leak.text.startswith("delays run from trials of pictures that are tested on")


def test_a_scheme_that_brings_its_own_folds_is_not_asked_for_pictures(job):
    found = _kinds(job(split=SHARED, scheme="lebel2023", delays=[0]))
    assert set(found) == {"scheme"}


def test_voxels_chosen_on_test_runs_are_a_leak_that_the_study_declares():
    encoder = {"kind": "encoding_selected", "fit": "bert", "voxels": {"twin": 9}}
    (leak,) = leaks("compress", {"encoder": encoder | {"sees_test": True}})
    assert (leak.kind, leak.declared) == ("chosen_voxels", True)
    assert leaks("compress", {"encoder": encoder | {"sees_test": False}}) == []
    assert leaks("compress", {"encoder": {"kind": "brainlm", "network": {}}}) == []


def test_the_studies_leak_only_what_they_declare():
    found = {}
    for study in load_studies(STUDIES).values():
        tr = datasets.find(study.dataset).TR
        for feature in study.features.values():
            assert leaks("extract", {"options": feature.model_dump(mode="json")}) == []
        for name, encoder in study.encoders.items():
            params = {"encoder": encoder.model_dump(mode="json")}
            found[study.id, name, "encoder"] = _kinds(params, "compress")
        for (name, fit), source in product(study.fits.items(), study.subjects):
            plan = Plan(
                fit=fit,
                split=fit.split or study.split,
                chance=fit.chance or study.chance,
                source=source,
                tr=tr,
                seed=0,
            )
            found[study.id, name, source] = _kinds({"plan": plan.model_dump(mode="json")})
    declared = {
        "bert_stacked": ["stacked_delays"],
        "echo": ["echoes"],
        "echo_run_time": ["echoes"],
        "es_paper": ["chosen_voxels"],
    }
    leaking = {(name, kind) for (_, name, _), kinds in found.items() for kind in kinds}
    assert leaking == {(name, kind) for name, kinds in declared.items() for kind in kinds}
