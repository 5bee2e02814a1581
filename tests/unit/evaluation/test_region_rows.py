"""Rows of the figures of regions, from tables small enough to check by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from braid.evaluation import findings_regions as findings
from braid.evaluation import region_rows
from braid.study.claims import Counterpart, Table, load_claims

LUO = load_claims(Path("resources/claims/luo2025.yaml"))
SAID = {
    "about": "a table",
    "place": "Table 3",
    "metric": "r",
    "split": "test",
    "variant": "paper",
    "tolerance": 1,
}
PLACES = region_rows.PLACES


def localised(fits, subjects=("EN057", "FR025")):
    """Fit i of subject j has r = .1 (i + 1) + .01 j over the cortex, .01 more in each group."""
    places = [("cortex", "cortex"), *(("group", name) for name in PLACES[1:])]
    rows = [
        {"fit": fit, "label": fit.upper(), "subject": subject, "kind": kind, "region": region}
        | {"hemi": hemi, "r": r, "low": r - 0.02, "high": r + 0.02, "PC %": 100 * r}
        for i, fit in enumerate(fits)
        for j, subject in enumerate(subjects)
        for k, (kind, region) in enumerate(places)
        for hemi in ("both", "lh", "rh")
        if (r := 0.1 * (i + 1) + 0.01 * (j + k))
    ]
    return pd.DataFrame(rows)


def destrieux(fits, subjects=("EN057",)):
    """Fit i predicts region i best, in both hemispheres; fit 0 has all the others."""
    rows = [
        {"fit": fit, "label": fit.upper(), "subject": subject, "kind": "destrieux"}
        | {"region": f"G_{n}", "hemi": hemi, "r": 0.3 + 0.01 * n if n == i else 0.1 - 0.01 * i}
        for subject in subjects
        for i, fit in enumerate(fits)
        for n in range(4)
        for hemi in ("lh", "rh", "both")
    ]
    return pd.DataFrame(rows)


def test_models_stand_in_the_order_asked_for_beside_what_was_printed():
    columns = {place: f"PC % {place}" for place in PLACES}
    ours = Counterpart(figure="table3", where={"subject": "EN057"}, row="fit")
    rows = {"b": (1.0, 2.0, 3.0, 4.0)}
    printed = Table(**SAID, id="t", columns=columns, rows=rows, ours=ours)
    found = region_rows.model_rows(localised(["a", "b", "c"]), ["c", "b"], [printed])
    assert list(found["fit"]) == ["c", "b"]
    assert set(found["subject"]) == {"EN057"}
    assert list(found["r cortex"]) == pytest.approx([0.3, 0.2])
    assert list(found["PC % linguistic"]) == pytest.approx([33, 23])
    assert np.isnan(found["paper: PC % visual"].iloc[0])
    assert found["paper: PC % visual"].iloc[1] == 2


def test_layers_have_contrasts_and_printed_means_where_hemispheres_are_together():
    fits = ["layer_1", "layer_4"]
    rows = pd.concat([localised([*fits, "x"]), destrieux(fits, ("EN057", "FR025"))])
    found = region_rows.layer_rows(rows, fits, {}, LUO.beside("layers"))
    both = found.loc[(found["region"] == "cortex") & (found["subject"] == "EN057"), :]
    assert list(both["hemi"]) == ["both", "lh", "rh"] * 2
    assert list(both["paper: r"].dropna()) == [0.0585, 0.1168]
    assert list(both["lh - rh"].dropna()) == [0, 0]
    assert found.loc[found["hemi"] != "both", "paper: r"].isna().all()


def test_each_hemisphere_of_a_region_has_one_leading_layer():
    found = region_rows.leading_layers(destrieux(["a", "b", "c"]), ["c", "b", "a"])
    assert found.to_numpy().tolist() == [["EN057", "C", 2], ["EN057", "B", 2], ["EN057", "A", 4]]


def sections(changes):
    """Before and after in two labels and their group, over as many sections as changes."""
    places = [("desikan", "p"), ("desikan", "q"), ("group", "linguistic"), ("group", "visual")]
    return pd.DataFrame(
        [
            {"fit": fit, "label": fit.upper(), "subject": "EN057", "kind": kind, "region": region}
            | {"hemi": "both", "section": f"s{i}", "r": 0.1 + 0.01 * i + change * (fit == "after")}
            for fit in ("after", "before")
            for kind, region in places
            for i, change in enumerate(changes)
        ]
    )


def test_a_transfer_is_tested_over_sections():
    changes = np.array([0.01, 0.02, 0.015, 0.01, 0.03, 0.02, 0.01, 0.02, -0.002])
    found = region_rows.transfer_rows(sections(changes), ["before", "after"], ["q", "p"])
    assert list(found["region"]) == ["q", "q", "p", "p", "linguistic", "linguistic"]
    before, after = found.iloc[-2], found.iloc[-1]
    assert np.isnan(before["change"])
    assert before["r"] == pytest.approx(0.14)
    expected = stats.ttest_1samp(changes, 0).confidence_interval()
    assert (after["change low"], after["change high"]) == pytest.approx(tuple(expected))
    # Of all 512 flips of signs, these and that of the last alone are as far from zero, two-sided.
    assert after["p"] == pytest.approx(4 / 512)
    assert after["change %"] == pytest.approx(100 * changes.mean() / 0.14)
    [said] = findings.of_transfer(found)
    assert "p = 0.0078 over 9 sections): better; 2 of its 2 regions rise." in said


def test_noise_is_no_transfer():
    changes = np.random.default_rng(3).normal(0, 0.01, 9)
    found = region_rows.transfer_rows(sections(changes), ["before", "after"], ["p"])
    assert found["p"].iloc[-1] > 0.05
    assert "no difference shown" in findings.of_transfer(found)[0]


def test_a_vertex_is_painted_with_the_mean_of_its_region_in_its_hemisphere():
    rows = destrieux(["a"]).query("hemi != 'both'").assign(r=np.arange(8.0))
    data = {"region": ("voxel", ["G_1", "wall", "G_0", "G_1"])}
    data["cortex"] = ("voxel", [True, False, True, True])
    atlas = xr.Dataset(data, {"hemi": ("voxel", ["lh", "lh", "rh", "rh"])})
    painted = region_rows.paint(rows, atlas)
    np.testing.assert_array_equal(painted, [2, np.nan, 1, 3])


def test_the_best_regions_are_named_with_their_hemisphere():
    rows = destrieux(["a"]).assign(r=np.arange(12.0))
    best = region_rows.top(rows, 2)
    assert list(best["region"] + "-" + best["hemi"]) == ["G_3-rh", "G_3-lh"]
    [said] = findings.of_maps(rows, {"EN057": ["G_3-rh", "G_9-lh", "G_8-lh"]})
    assert "G_3-rh 10.000, G_3-lh 9.000, G_2-rh 7.000. 1 of them" in said


def test_printed_numbers_are_found_by_what_their_row_is_of():
    assert region_rows.printed_of(LUO, "classification", "languages") == {"EN-FR": 0.5175}
    regions = region_rows.printed_regions(LUO, "roi_maps")
    assert regions["CN003"] == ["Pole_occipital-lh", "S_suborbital-lh", "G_occipital_sup-rh"]
    assert list(map(len, regions.values())) == [3, 3, 3]


def test_findings_of_models_carry_what_is_odd_in_the_table_of_the_source():
    fits = ["albert_v1_vla", "brainlm_vla"]
    rows = region_rows.model_rows(localised(fits), fits, LUO.beside("table3"))
    said = findings.of_models(rows, LUO, "Table 3")
    assert said[0].endswith("best to worst: “BRAINLM_VLA” 0.200, “ALBERT_V1_VLA” 0.100.")
    assert any("BrainLM1.0, FLA is above VLA in all four columns" in line for line in said)
    assert any("1.71 % over the cortex" in line for line in said)
    assert not any("SUB_FR057" in line for line in said)


def test_findings_of_layers_say_what_leads():
    fits = ["layer_1", "layer_4"]
    regions = pd.concat([localised(fits, ["EN057"]), destrieux(fits)], ignore_index=True)
    change = {"lh - rh": 0.1, "lh - rh low": 0.05, "lh - rh high": 0.2}
    rows = region_rows.layer_rows(regions, fits, {}, LUO.beside("layers")).assign(**change)
    best, sides = findings.of_layers(rows, regions, fits)
    assert "highest in layer “LAYER_4” (0.200)" in best
    assert "layer “LAYER_1” in 6, layer “LAYER_4” in 2" in best
    assert "cortex: left ahead in 2, right in 0 of 2 layers" in sides


def test_findings_of_a_classification_say_what_the_printed_number_needs():
    rows = [
        {"languages": "EN-FR", "model": m, "n": 100, "accuracy": a, "low": a - 0.1, "high": a + 0.1}
        | {"p_chance": p, "p vs A": 0.001, "p vs B": 0.001}
        for m, a, p in (("A", 0.7, 0.001), ("B", 0.3, 0.001))
    ]
    said = findings.of_classification(pd.DataFrame(rows), {"EN-FR": 0.5175})
    assert said[0].endswith("p = 0.001: above chance.")
    assert said[1].endswith("not above chance.")
    assert said[2] == "EN-FR: “A” and “B” differ (McNemar, p = 0.001)."
    assert "3,192 answers or more" in said[3]
