"""What the claims of Luo & Kobayashi (2025) say stands in their own tables."""

import re
from pathlib import Path

import pytest

from braid.evaluation.agreement import smallest_n
from braid.sources.tables import load_lock
from braid.study.claims import Extent, load_claims


@pytest.fixture(scope="module")
def claims():
    return load_claims(Path("resources/claims/luo2025.yaml"))


@pytest.fixture(scope="module")
def models(claims):
    """Table 3: row to its numbers of cortex, visual, auditory, linguistic."""
    tables = {table.id: table.rows for table in claims.tables}
    named = {f"brainlm1_{row}": values for row, values in tables["table3_brainlm1"].items()}
    return dict(tables["table3"]) | named


def test_the_table_of_models_is_whole(claims, models):
    assert len(models) == 8
    assert all(len(values) == 4 for values in models.values())
    assert len(claims.all()) == 20 + 8 * 4 + 3 * 5 + 3 * 2 * 3
    assert not any(isinstance(number.ours, Extent) for number in claims.all())


def test_sizes_are_those_of_the_lock(claims):
    lock = load_lock(Path("resources/locks/ds003643.tsv"))
    used = re.compile(r"README|.*_bold\.nii\.gz|.*_word_information\.csv")
    sizes = [file.bytes for path, file in lock.items() if used.fullmatch(path)]
    assert (claims.data.files, claims.data.bytes) == (len(sizes), sum(sizes))


def test_fla_is_above_vla_where_the_contradiction_says(models):
    above = {
        name: [f > v for f, v in zip(models[f"{name}_fla"], models[f"{name}_vla"], strict=True)]
        for name in ("albert_v1", "albert_v2", "brainlm1", "brainlm")
    }
    assert above == {
        "albert_v1": [False] * 4,
        "albert_v2": [False, True, False, True],
        "brainlm1": [True] * 4,
        "brainlm": [False] * 4,
    }
    pairs = zip(models["brainlm1_fla"], models["brainlm1_vla"], strict=True)
    gaps = [round(f - v, 2) for f, v in pairs]
    assert (min(gaps), max(gaps)) == (0.57, 1.71)


def test_one_row_alone_has_a_cortex_far_from_its_parts(models):
    gaps = {
        name: max(abs(part - values[0]) for part in values[1:]) for name, values in models.items()
    }
    worst = gaps.pop("albert_v2_fla")
    assert (round(worst, 2), round(max(gaps.values()), 2)) == (8.68, 2.01)


def test_an_accuracy_needs_as_many_answers_as_the_contradiction_says(claims):
    [printed] = [number for number in claims.numbers if number.id == "accuracy_en_fr"]
    assert f"{smallest_n(printed.value):,}" == "3,192"
    assert any("fewer than 3,192" in one.problem for one in claims.contradictions)


def test_the_first_layer_leads_in_one_language_of_three(claims):
    tables = {table.id: table.rows for table in claims.tables if table.id.startswith("layers")}
    first = {name: rows["layer_1"][0] for name, rows in tables.items()}
    ranks = {
        name: sorted(v[0] for v in rows.values()).index(first[name])
        for name, rows in tables.items()
    }
    assert ranks == {"layers_EN057": 0, "layers_FR025": 0, "layers_CN003": 4}


def test_occipital_regions_lead_and_one_pole_not_in_english(claims):
    top = [n.ours.where for n in claims.numbers if n.id.startswith("region_")]
    names = [f"{where['region']}-{where['hemi']}" for where in top]
    assert sum(bool(re.search("occip|oc-temp|oc_", name)) for name in names) == 8
    assert "Pole_occipital-lh" not in names[:3]
    assert names.count("Pole_occipital-lh") == 2
