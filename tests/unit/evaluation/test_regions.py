"""Means over regions: hand-computed on six vertices, and held against pandas and scipy."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from braid.datasets.atlases import regions
from braid.errors import BadInput
from braid.evaluation.regions import areas, by_region, by_section, contrasts, interval, members

GROUPS = pd.read_csv(Path("resources/luo2025/groups.tsv"), sep="\t")
HEMI = ("voxel", ["lh"] * 4 + ["rh"] * 4)


def atlas(names, cortex):
    return xr.Dataset({"region": ("voxel", names), "cortex": ("voxel", cortex)}, {"hemi": HEMI})


@pytest.fixture
def where():
    """Of each hemisphere, regions a (two vertices), b, and the medial wall."""
    destrieux = atlas(["a", "a", "b", "wall"] * 2, [True, True, True, False] * 2)
    desikan = atlas(["p", "q", "q", "unknown"] * 2, [True, True, True, False] * 2)
    return areas({"destrieux": destrieux, "desikan": desikan}, {"heard": ["p"], "read": ["p", "q"]})


@pytest.fixture
def scores():
    """Two runs; the second vertex is masked."""
    runs = np.array(
        [[0.1, np.nan, 0.3, 0.9, -0.2, 0.4, 0.5, 0.9], [0.3, np.nan, 0.5, 0.9, -0.2, 0.2, 0.1, 0.9]]
    )
    q = [0.01, np.nan, 0.2, 0.01, 0.01, 0.01, 0.01, 0.01]
    data = {"r": ("voxel", runs.mean(axis=0)), "q": ("voxel", q), "r_run": (("run", "voxel"), runs)}
    attrs = {"fit": "bert", "label": "BERT", "subject": "S1", "space": "fsaverage5"}
    return xr.Dataset(data, {"run": ["one", "two"]}, attrs)


def cell(rows, region, hemi="both"):
    [(_, row)] = rows.loc[(rows["region"] == region) & (rows["hemi"] == hemi), :].iterrows()
    return row


def test_vertices_that_are_not_masked_are_averaged(scores, where):
    rows = by_region([scores], where)
    left, whole = cell(rows, "a", "lh"), cell(rows, "cortex")
    assert (left["vertices"], left["r"]) == (1, pytest.approx(0.2))
    # Without the medial wall: .2, .4, -.2, .3, .3.
    assert (whole["vertices"], whole["r"]) == (5, pytest.approx(0.2))
    assert cell(rows, "b", "rh")["r"] == pytest.approx(0.3)
    assert "wall" not in set(rows["region"])


def test_the_source_sets_what_is_not_significant_or_negative_to_zero(scores, where):
    whole = cell(by_region([scores], where), "cortex")
    assert whole["PC %"] == pytest.approx(100 * (0.2 + 0 + 0 + 0.3 + 0.3) / 5)
    assert whole["significant"] == 4


def test_a_group_is_all_vertices_of_its_labels(scores, where):
    rows = by_region([scores], where)
    assert cell(rows, "heard", "rh")["r"] == pytest.approx(-0.2)
    assert cell(rows, "read")["r"] == pytest.approx(cell(rows, "cortex")["r"])


def test_the_interval_is_over_runs(scores, where):
    row = cell(by_region([scores], where), "b", "rh")
    expected = stats.ttest_1samp([0.5, 0.1], 0).confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx(tuple(expected))
    assert row["sections"] == 2


def test_blocks_of_one_run_are_one_section(scores, where):
    row = cell(by_region([scores.assign_coords(run=["one", "one"])], where), "b", "rh")
    assert (row["sections"], row["r"]) == (1, pytest.approx(0.3))
    assert np.isnan(row["low"])


def test_an_interval_needs_two_values():
    assert np.isnan(interval(np.array([0.3]))).all()
    values = np.random.default_rng(0).normal(size=9)
    low, high = interval(values)
    assert (low, high) == pytest.approx(tuple(stats.ttest_1samp(values, 0).confidence_interval()))


def test_sections_average_to_the_mean_of_the_region(scores, where):
    sections = by_section([scores], where)
    own = sections.loc[(sections["region"] == "a") & (sections["hemi"] == "rh"), :]
    assert list(own["section"]) == ["one", "two"]
    assert list(own["r"]) == pytest.approx([0.1, 0.0])


def test_scores_of_another_space_are_refused(scores, where):
    with pytest.raises(BadInput, match="8 places in native, the atlases have 8 on fsaverage5"):
        by_region([scores.assign_attrs(space="native")], where)
    with pytest.raises(BadInput, match="7 places in fsaverage5"):
        by_section([scores.isel(voxel=slice(7))], where)


def planted(left, regions_, noise=0.02, seed=0):
    """Rows of regions whose left side is better by `left`."""
    random = np.random.default_rng(seed)
    right = random.normal(0.1, 0.05, regions_)
    values = {"lh": right + left + random.normal(0, noise, regions_), "rh": right}
    return pd.DataFrame(
        [
            {"fit": "f", "label": "F", "subject": "S1", "kind": "destrieux"}
            | {"region": str(i), "hemi": hemi, "r": r}
            for hemi, of in values.items()
            for i, r in enumerate(of)
        ]
    )


def test_hemispheres_are_compared_in_pairs_of_a_region():
    rows = planted(0.03, 74)
    [found] = contrasts(rows, {}).to_dict("records")
    left, right = (rows.loc[rows["hemi"] == side, "r"].to_numpy() for side in ("lh", "rh"))
    expected = stats.ttest_rel(left, right).confidence_interval()
    assert (found["region"], found["regions"]) == ("cortex", 74)
    assert (found["low"], found["high"]) == pytest.approx(tuple(expected))
    assert found["lh"] - found["rh"] == pytest.approx(found["difference"])
    assert found["low"] > 0


def test_hemispheres_that_do_not_differ_are_told_apart_at_the_level():
    """400 simulated subjects: about one in twenty intervals excludes 0."""
    excluded = 0
    for seed in range(400):
        [found] = contrasts(planted(0, 20, seed=seed), {}).to_dict("records")
        excluded += not found["low"] <= 0 <= found["high"]
    assert stats.binomtest(excluded, 400, 0.05).pvalue > 0.001


def test_groups_have_the_regions_that_the_appendix_lists(package):
    groups = members(GROUPS)
    assert {name: len(labels) for name, labels in groups.items()} == {
        "visual": 11,
        "auditory": 5,
        "linguistic": 7,
    }
    desikan = regions(package("fsaverage"), "desikan")
    known = set(desikan["region"].values[desikan["cortex"].values])
    assert {label for labels in groups.values() for label in labels} <= known
    shared = set.intersection(*map(set, groups.values()))
    assert shared == {"inferiorparietal", "superiortemporal", "supramarginal"}
    assert len(set(groups["auditory"]) & set(groups["visual"])) == 4


def test_what_has_no_label_is_said():
    lost = GROUPS.loc[GROUPS["label"].isna(), :]
    assert list(lost["printed"]) == ["Middle Temporal Visual area"]
    assert lost["remark"].notna().all()
