"""A voxel is won by the significant fit that predicts it best."""

import numpy as np
import pytest
import xarray as xr

from braid.evaluation.winners import level_rows, of_levels, of_winners, stream_rows, winners

STREAMS = ["early", "early", "ventral", "ventral", "unknown", "ventral"]


def scores(fit, r, q, subject="subj01"):
    return xr.Dataset(
        {"r": ("voxel", np.array(r, np.float32)), "q": ("voxel", np.array(q, np.float32))},
        {"roi": ("voxel", STREAMS)},
        {"subject": subject, "fit": fit, "label": f"latent {fit}"},
    )


@pytest.fixture
def pair():
    z = scores("z", [0.5, 0.2, 0.1, 0.6, 0.4, np.nan], [0.01, 0.2, 0.3, 0.2, 0.01, np.nan])
    c = scores("c", [0.3, 0.1, 0.4, 0.3, 0.4, np.nan], [0.01, 0.3, 0.01, 0.01, 0.01, np.nan])
    return [z, c]


def test_the_highest_r_wins_among_significant_fits_alone(pair):
    # Voxel 3: z has the higher r, but only c is significant. Voxel 4: equal, the first one.
    np.testing.assert_array_equal(winners(pair), [0, np.nan, 1, 1, 0, np.nan])


def test_rows_count_voxels_and_average_all_that_are_not_masked(pair):
    rows = stream_rows(pair).set_index(["fit", "stream"])
    c = rows.loc[("c", "ventral")]
    assert (c["voxels"], c["significant"], c["won"]) == (2, 2, 2)
    assert c["r"] == pytest.approx(0.35)
    assert c["low"] < c["r"] < c["high"]
    assert rows.loc[("z", "ventral")][["significant", "won"]].tolist() == [0, 0]
    assert rows.loc[("z", "early")]["won"] == 1


def test_no_voxel_is_won_twice_or_without_significance(pair):
    rows = stream_rows(pair)
    assert rows["won"].sum() == np.isfinite(winners(pair)).sum()
    assert (rows["won"] <= rows["significant"]).all()


def test_subjects_are_apart(pair):
    other = [one.assign_attrs(subject="subj02") for one in pair[::-1]]
    rows = stream_rows([*pair, *other])
    assert rows.groupby("subject")["won"].sum().tolist() == [4, 4]
    lines = of_winners(rows)
    assert [line.split(":")[0] for line in lines] == ["subj01", "subj02"]
    assert "in ventral “latent z” 0, “latent c” 2 (highest mean r: “latent z” 0.350)" in lines[0]


def test_levels_are_told_from_where_r_is_highest():
    fits = [scores(f"zc_{n}", [n / 10] * 6, [0.5] * 6) for n in (2, 6)]
    levels = [{"fit": f"zc_{n}", "series": "noise", "level": n / 10} for n in (2, 6)]
    rows = level_rows(fits, levels)
    assert rows.groupby("level")["r"].mean().tolist() == pytest.approx([0.2, 0.6])
    assert of_levels(rows)[0] == (
        "noise: in early mean r is highest at 0.6 (0.600), lowest at 0.2 (0.200)."
    )


def test_without_levels_there_are_no_rows_and_nothing_is_said():
    rows = level_rows([], [])
    assert len(rows) == 0
    assert of_levels(rows) == []
