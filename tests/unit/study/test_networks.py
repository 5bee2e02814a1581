"""What a study may say of its networks, and how test runs that one has seen are refused."""

import copy
from pathlib import Path

import pytest
import yaml

from braid.errors import BadInput
from braid.study import load_studies, load_study
from braid.study.inherit import inherit
from braid.study.trained import Cut, network, on

KOBAYASHI = yaml.safe_load(Path("config/studies/kobayashi2025.yaml").read_text())


@pytest.fixture
def loaded(tmp_path):
    """Load a changed copy of kobayashi2025."""

    def load(change):
        content = copy.deepcopy(KOBAYASHI)
        change(content)
        path = tmp_path / "kobayashi2025.yaml"
        path.write_text(yaml.safe_dump(content, sort_keys=False))
        return load_study(path)

    return load


def test_an_entry_takes_what_it_does_not_say_from_the_one_that_it_is_like():
    entries = {"a": {"x": 1, "y": 2}, "b": {"like": "a", "y": 3}, "c": {"like": "b", "z": 4}}
    assert inherit(entries)["c"] == {"x": 1, "y": 3, "z": 4, "like": "b"}


@pytest.mark.parametrize("bases", [("b", "a"), ("a", "a"), ("c", "a")])
def test_entries_in_a_circle_or_like_nothing_are_refused(bases):
    entries = {name: {"like": base} for name, base in zip("ab", bases, strict=True)}
    with pytest.raises(ValueError, match="is like"):
        inherit(entries)


def test_a_fit_that_is_like_another_has_its_folds(loaded):
    study = loaded(lambda content: content["fits"].update(copy={"like": "bert", "label": "Copy"}))
    assert study.fits["copy"].inner == study.fits["bert"].inner
    assert study.fits["copy"].label == "Copy"


@pytest.mark.parametrize("role", ["training", "validation"])
@pytest.mark.parametrize("source", ["public", "twin"])
def test_a_network_that_meets_a_test_run_is_refused(loaded, role, source):
    test = KOBAYASHI["split"]["runs"][source][0]

    def leak(content):
        content["networks"]["bert_brainlm"][role][source].append(test)

    with pytest.raises(BadInput, match=rf"bert_brainlm.*test runs of {source} would .*{test}"):
        loaded(leak)


def test_a_network_that_is_stopped_by_what_it_is_trained_on_is_refused(loaded):
    def leak(content):
        spec = content["networks"]["bert_brainlm"]
        spec["validation"]["twin"] = spec["training"]["twin"][:1]

    with pytest.raises(BadInput, match="would train it and stop it"):
        loaded(leak)


def test_voxels_chosen_by_a_test_run_are_refused(loaded):
    test = KOBAYASHI["split"]["runs"]["public"][0]
    with pytest.raises(BadInput, match=rf"high_ev.*choose its voxels: {test}"):
        loaded(lambda content: content["encoders"]["high_ev"]["run"].update(public=test))
    with pytest.raises(BadInput, match=rf"choose its voxels: {test}"):
        loaded(lambda content: content["fits"]["selection"]["runs"]["public"].append(test))
    with pytest.raises(BadInput, match="has no `runs`"):
        loaded(lambda content: content["encoders"]["es"].update(fit="bert"))


def test_what_the_source_may_have_done_must_be_said(loaded):
    assert KOBAYASHI["encoders"]["es_paper"]["sees_test"]
    with pytest.raises(BadInput, match=r"es_paper.*has no `runs`"):
        loaded(lambda content: content["encoders"]["es_paper"].update(sees_test=False))


@pytest.mark.parametrize(
    ("section", "name", "field"),
    [
        ("networks", "bert_brainlm", "encoder"),
        ("encoders", "es", "fit"),
        ("features", "bert_brainlm", "network"),
        ("figures", "table1", "against"),
    ],
)
def test_names_that_nothing_has_are_found(loaded, section, name, field):
    with pytest.raises(BadInput, match="'absent' is not defined here"):
        loaded(lambda content: content[section][name].update({field: "absent"}))


def test_a_comparison_says_with_what(loaded):
    with pytest.raises(BadInput, match="a comparison needs `against`"):
        loaded(lambda content: content["figures"]["objectives"].pop("against"))


def test_a_job_is_told_of_its_own_source_alone():
    spec = load_studies("config/studies")["kobayashi2025"].networks["bert_brainlm"]
    told = on(spec, "twin").model_dump(mode="json")
    assert list(told["schedule"]) == list(told["training"]) == list(told["model"]) == ["twin"]
    assert network(told) == on(spec, "twin")


def test_parts_of_a_run_are_rows():
    cut = Cut(run="alice", parts={"train": (0, 3), "validation": (3, 5), "test": (5, 6)})
    assert cut.rows(["train", "test"]) == [0, 1, 2, 5]
