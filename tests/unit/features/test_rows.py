import numpy as np
import pandas as pd
import pytest

from braid.features.rows import edges, event_features, midpoints, tr_features, tr_index
from braid.store import load, save


@pytest.mark.parametrize("tr", [0.8, 2.0, 2.4, 2.5])
def test_onset_on_an_edge_belongs_to_the_tr_that_begins_there(tr):
    scans = np.arange(200)
    onsets = np.array([float(f"{k * tr:.4f}") for k in scans])
    np.testing.assert_array_equal(tr_index(onsets, (scans + 0.5) * tr), scans)


def test_moments_outside_all_trs_have_no_tr():
    times = np.array([1.0, 3.0, 5.0])
    moments = np.array([-0.001, 0.0, 1.999, 5.999, 6.0])
    np.testing.assert_array_equal(tr_index(moments, times), [-1, 0, 0, 2, -1])


def test_edges_enclose_the_middles():
    np.testing.assert_array_equal(edges(np.array([-9.0, -7.0, -5.0])), [-10, -8, -6, -4])


def test_event_rows_sit_at_midpoints():
    events = pd.DataFrame(
        {"run": ["a", "b"], "onset": [1, 2.0], "offset": [2, 2.5], "label": ["x", "y"]}
    )
    data = event_features(np.ones((2, 3, 4)), events)
    np.testing.assert_array_equal(midpoints(events), [1.5, 2.25])
    np.testing.assert_array_equal(data["time"], [1.5, 2.25])
    assert list(data["run"].values) == ["a", "b"]
    assert data.attrs["clock"] == "event"


def test_artefact_survives_the_store(tmp_path):
    times = {"b": np.array([0.0, 2.0]), "a": np.array([0.0, 2.0, 4.0])}
    data = tr_features(np.arange(10.0).reshape(5, 1, 2), times)
    save(tmp_path / "x.nc", data)
    back = load(tmp_path / "x.nc", {"features": ("time", "layer", "feature")}, {"clock": "tr"})
    assert back["features"].dtype == np.float32
    assert list(back["run"].values) == ["b", "b", "a", "a", "a"]
    np.testing.assert_array_equal(back["time"], [0, 2, 0, 2, 4])
