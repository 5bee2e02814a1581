import numpy as np
import pandas as pd
import pytest

from braid.errors import BadInput
from braid.features.conditions import extract
from braid.timing import Stimulus

BANDS = {
    "auditory": {"heard": ["spoken", "tone"]},
    "sentence": {"read_or_heard": ["spoken", "written"]},
}


@pytest.fixture
def stimulus():
    rows = [
        ("a", 3.0, 3.0, "spoken"),
        ("a", 5.5, 8.5, "tone"),
        ("a", 5.5, 6.0, "written"),
        ("b", 0.5, 1.5, "spoken"),
    ]
    events = pd.DataFrame(rows, columns=["run", "onset", "offset", "label"])
    return Stimulus(events, {"a": np.arange(1, 11, 2.0), "b": np.arange(1, 7, 2.0)})


def test_onset_is_shared_by_the_enclosing_trs(stimulus):
    heard, read = extract(stimulus, None, coding="onset", bands=BANDS)["features"].values[:, 0].T
    np.testing.assert_allclose(heard, [0, 1, 0.75, 0.25, 0, 0.75, 0, 0])
    np.testing.assert_allclose(read, [0, 1, 0.75, 0.25, 0, 0.75, 0, 0])


def test_boxcar_is_the_covered_fraction(stimulus):
    heard, read = extract(stimulus, None, coding="boxcar", bands=BANDS)["features"].values[:, 0].T
    np.testing.assert_allclose(heard, [0, 0, 0.25, 1, 0.25, 0.5, 0, 0])
    np.testing.assert_allclose(read, [0, 0, 0.25, 0, 0, 0.5, 0, 0])


def test_features_know_their_band_and_column(stimulus):
    data = extract(stimulus, None, coding="onset", bands=BANDS)
    assert list(data["band"].values) == ["auditory", "sentence"]
    assert list(data["column"].values) == ["heard", "read_or_heard"]
    assert data.attrs["clock"] == "tr"


def test_condition_that_never_occurs_is_named(stimulus):
    with pytest.raises(BadInput, match=r"bands\.visual\.seen.*no event is called checkerboard"):
        extract(stimulus, None, coding="onset", bands={"visual": {"seen": ["checkerboard"]}})


def test_column_without_any_event_in_time_is_named(stimulus):
    late = Stimulus(stimulus.events.assign(onset=99.0, offset=99.5), stimulus.times)
    with pytest.raises(BadInput, match=r"bands\.auditory\.heard.*zero in every TR"):
        extract(late, None, coding="boxcar", bands=BANDS)
