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
