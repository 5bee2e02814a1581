"""A run cut into parts: rows by number, words by the TR that holds their middle."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from braid.networks.cutting import cut_rows, cut_stimulus
from braid.study.trained import Cut
from braid.timing import Stimulus

CUT = Cut(run="alice", parts={"train": (0, 3), "test": (4, 6)})


@pytest.fixture
def rows():
    """Six TRs of 2 s, the first of them from 0 to 2 s."""
    return xr.Dataset(
        {"brain": (("tr", "feature"), np.arange(6.0)[:, None])},
        {"run": ("tr", ["alice"] * 6), "time": ("tr", 2 * np.arange(6) + 1.0)},
    )


@pytest.fixture
def stimulus():
    onset = np.array([0.0, 5.0, 5.8, 7.0, 8.0, 11.9])
    table = {"run": "alice", "onset": onset, "offset": onset + 0.2, "label": list("abcdef")}
    return Stimulus(pd.DataFrame(table), {"alice": 2 * np.arange(6) + 1.0})


def test_rows_are_those_of_the_parts_under_their_names(rows):
    cut = cut_rows(rows, CUT)
    assert cut["brain"].values[:, 0].tolist() == [0, 1, 2, 4, 5]
    assert cut["run"].values.tolist() == ["train"] * 3 + ["test"] * 2


def test_a_word_belongs_to_the_part_whose_trs_hold_its_middle(rows, stimulus):
    cut = cut_stimulus(stimulus, cut_rows(rows, CUT), CUT)
    spoken = cut.events.groupby("run", sort=False)["label"].apply("".join).to_dict()
    # c has its middle at 5.9 s; d is between the parts; f ends past the last TR.
    assert spoken == {"train": "abc", "test": "e"}
    assert cut.times["test"].tolist() == [9, 11]


def test_without_a_cut_all_stays(rows, stimulus):
    assert cut_rows(rows, None) is rows
    assert cut_stimulus(stimulus, rows, None) is stimulus
