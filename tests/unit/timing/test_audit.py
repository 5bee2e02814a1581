"""The audit of a series of two runs, counted by hand."""

import wave

import numpy as np
import pandas as pd
import pytest

from braid.errors import BadInput
from braid.evaluation.findings import of_alignment
from braid.timing import Stimulus, audit, seconds


def words(run, onsets, length=0.2):
    onsets = np.array(onsets, dtype=float)
    return pd.DataFrame({"run": run, "onset": onsets, "offset": onsets + length, "label": "w"})


@pytest.fixture
def table():
    """Ten words in one, three in two (whose sound starts 4 s after its scan), five in other."""
    events = pd.concat(
        [
            words("one", [0.0, 0.5, 1, 1.5, 2.5, 3, 3.5, 4.5, 5, 5.5]),
            words("two", [0.5, 1.0, 8.5]),
            words("other", [0.1, 0.3, 0.5, 0.7, 0.9]),
        ],
        ignore_index=True,
    )
    times = {
        "one": np.array([1.0, 3, 5, 7]),
        "two": np.array([-3.0, -1, 1, 3]),
        "other": np.array([1.0, 3]),
    }
    seconds = {"one": 6.5, "two": 2.0, "other": 1.1}
    series = {"one": "EN", "two": "EN", "other": "FR"}
    return audit(Stimulus(events, times), seconds, series).set_index("run")


def test_density_is_by_the_words_own_times(table):
    columns = ["words", "trs", "words_per_tr_mean", "words_per_tr_min", "words_per_tr_max"]
    assert table.loc["one", columns].tolist() == [10, 4, 2.5, 0, 4]
    assert table.loc["two", columns].tolist() == [3, 4, 0.5, 0, 2]
    assert table["trs_without_words"].tolist() == [1, 3, 1]
    assert table["words_outside"].tolist() == [0, 1, 0]
    assert table["series"].tolist() == ["EN", "EN", "FR"]


def test_seconds_of_sound_and_scan_add_up(table):
    assert table["sound_s"].tolist() == [6.5, 2.0, 1.1]
    assert table["scan_s"].tolist() == [8, 8, 4]
    np.testing.assert_allclose(table["sound_clock_s"], [0, 1.5, 0])


def test_fixed_length_drifts_with_the_rate_of_speech(table):
    assert table["fla_dropped"].tolist() == [0, 3, 0]
    late = np.repeat([1.0, 3.0], 5) - np.array([0.1, 0.6, 1.1, 1.6, 2.6, 3.1, 3.6, 4.6, 5.1, 5.6])
    assert table.loc["one", "fla_drift_mean"] == pytest.approx(late.mean())
    assert table.loc["one", "fla_drift_max"] == pytest.approx(-2.6)
    assert np.isnan(table.loc["two", ["fla_drift_mean", "fla_drift_max"]].astype(float)).all()
    assert table.loc["other", "fla_drift_mean"] == pytest.approx(0.4)


def test_variable_length_is_early_by_what_was_scanned_before_the_sound(table):
    assert table["vla_dropped"].tolist() == [1, 1, 0]  # at 0 s; after the last scan of the series
    late = np.array([9 - 12.6, 9 - 13.1])
    assert table.loc["two", "vla_drift_mean"] == pytest.approx(late.mean())
    assert table.loc["two", "vla_drift_max"] == pytest.approx(-4.1)
    assert abs(table.loc["one", "vla_drift_max"]) <= 1.2


def test_series_are_summed_in_words(table):
    assert of_alignment(table.reset_index()) == [
        "EN: of 13 words FLA loses 3 and is off by up to 2.6 s; "
        "VLA loses 2 and is off by up to 4.1 s.",
        "FR: of 5 words FLA loses 0 and is off by up to 0.8 s; "
        "VLA loses 0 and is off by up to 0.8 s.",
    ]


def test_seconds_of_a_sound_are_samples_by_rate(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(4 * 12_000))
    assert seconds(tmp_path / "a.wav") == 1.5


@pytest.mark.parametrize("content", [b"", b"not a sound at all, just text"])
def test_what_is_no_sound_is_refused(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(BadInput, match=r"(?s)a\.wav: sound: .*fetch it again"):
        seconds(tmp_path / "a.wav")
