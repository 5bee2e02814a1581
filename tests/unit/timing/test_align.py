"""Features on the stimulus clock become rows of the design."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from braid.errors import BadInput
from braid.timing import align, lanczos_matrix

TIMES = {"souls": 2.0 * np.arange(60) - 9, "buck": 2.0 * np.arange(50) - 9}
WHEN = {"buck": np.linspace(0.2, 80, 140), "souls": np.linspace(0.3, 100, 170)}


def features(clock="event", when=WHEN, layers=(0, 3)):
    rng = np.random.default_rng(0)
    run = np.repeat(list(when), [len(w) for w in when.values()])
    values = rng.normal(size=(len(run), len(layers), 5)).astype(np.float32)
    return xr.Dataset(
        {"features": (("time", "layer", "feature"), values)},
        {
            "run": ("time", run),
            "time": ("time", np.concatenate(list(when.values()))),
            "onset": ("time", np.concatenate(list(when.values())) - 0.1),
            "layer": list(layers),
            "band": ("feature", list("aabbb")),
        },
        {"dataset": "ds003020", "feature": "minilm", "clock": clock},
    )


def test_words_are_interpolated_trimmed_and_scaled_in_the_order_of_the_runs():
    given = features()
    found = align(given, TIMES, (10, 5))
    expected = []
    for run, grid in TIMES.items():
        rows = given["features"].values[given["run"].values == run]
        raw = np.einsum("ts,slf->tlf", lanczos_matrix(WHEN[run], grid).toarray(), rows)
        expected.append(stats.zscore(raw[10:-5]))
    np.testing.assert_allclose(found["design"].values, np.concatenate(expected), atol=2e-4)
    assert found["run"].values.tolist() == ["souls"] * 45 + ["buck"] * 35
    assert found["time"].values[[0, 44, 45]].tolist() == [11.0, 99.0, 11.0]


def test_identity_layers_and_bands_travel_along():
    found = align(features(), TIMES, (10, 5))
    assert found["design"].dims == ("tr", "layer", "feature")
    assert found["design"].dtype == np.float32
    assert found["layer"].values.tolist() == [0, 3]
    assert found["band"].values.tolist() == list("aabbb")
    assert found.attrs == {"dataset": "ds003020", "feature": "minilm", "clock": "tr"}
    assert set(found.variables) == {"design", "run", "time", "layer", "band"}


def test_features_on_the_tr_clock_stay_where_they_are():
    given = features("tr", TIMES)
    found = align(given, TIMES)
    np.testing.assert_allclose(
        found["design"].values[:60], stats.zscore(given["features"].values[:60]), atol=1e-4
    )


def test_features_on_the_tr_clock_must_have_a_row_per_tr():
    given = features("tr", TIMES).isel(time=slice(1, None))
    with pytest.raises(BadInput, match="run souls: holds 59 TRs, but its stimulus has 60"):
        align(given, TIMES)


def test_a_run_without_features_is_refused():
    with pytest.raises(BadInput, match="run life: the features have no rows of it"):
        align(features(), {**TIMES, "life": TIMES["buck"]})


def test_nan_names_time_layer_and_feature():
    given = features()
    given["features"].values[140, 1, 4] = np.nan
    with pytest.raises(BadInput, match=r"run souls, 0.3 s, layer 3, feature 4: not finite"):
        align(given, TIMES)


def of_runs(given, *runs):
    return np.concatenate([given["features"].values[given["run"].values == run] for run in runs])


def test_fixed_length_counts_words_through_the_runs_and_is_cut_into_them():
    given = features()
    found = align(given, TIMES, (10, 5), "fla")
    words = of_runs(given, "souls", "buck")
    rows = np.zeros((110, 2, 5))
    rows[:62] = words[:310].reshape(62, 5, 2, 5).mean(axis=1)
    expected = [stats.zscore(rows[10:55]), np.nan_to_num(stats.zscore(rows[70:105]))]
    assert not rows[62:].any()
    np.testing.assert_allclose(found["design"].values, np.concatenate(expected), atol=2e-5)
    assert found["run"].values.tolist() == ["souls"] * 45 + ["buck"] * 35


@pytest.mark.filterwarnings("default:invalid value")
def test_variable_length_takes_the_words_that_begin_in_a_tr_of_their_series():
    given = features()
    found = align(given, TIMES, method="vla", series={"souls": "a", "buck": "b"})
    onsets, words = WHEN["buck"] - 0.1, of_runs(given, "buck")
    rows = [words[(onsets > 2 * i) & (onsets <= 2 * i + 2)] for i in range(50)]
    means = np.stack([row.mean(axis=0) if len(row) else np.zeros((2, 5)) for row in rows])
    np.testing.assert_allclose(found["design"].values[60:], stats.zscore(means), atol=2e-5)


def test_series_are_counted_apart():
    given = features()
    alone = align(given, {"buck": TIMES["buck"]}, method="fla")
    apart = align(given, TIMES, method="fla", series={"souls": "a", "buck": "b"})
    np.testing.assert_array_equal(apart["design"].values[60:], alone["design"].values)


def test_words_that_are_no_words_stay_on_their_trs():
    given = features("tr", TIMES)
    np.testing.assert_array_equal(
        align(given, TIMES, method="vla")["design"], align(given, TIMES)["design"]
    )


def test_a_run_without_words_is_refused_by_counting_too():
    with pytest.raises(BadInput, match="run life: the features have no rows of it"):
        align(features(), {**TIMES, "life": TIMES["buck"]}, method="fla")


@pytest.mark.parametrize("method", ["lanczos", "fla", "vla"])
def test_an_echo_has_the_words_of_its_scan(method):
    echoes = {"souls_echo-1": TIMES["souls"], "souls_echo-2": TIMES["souls"]}
    series, heard = {name: name for name in echoes}, dict.fromkeys(echoes, "souls")
    found = align(features(), echoes, (0, 0), method, series, heard)["design"].values
    alone = align(features(), {"souls": TIMES["souls"]}, method=method)["design"].values
    np.testing.assert_array_equal(found, np.concatenate([alone, alone]))
