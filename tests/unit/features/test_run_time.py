import numpy as np

from braid.features import run_time


def test_decay_and_trend_restart_in_each_run(story):
    data = run_time.extract(story, None)
    assert data.attrs["clock"] == "tr"
    for run, times in story.times.items():
        onset, trend = data["features"].values[data["run"].values == run, 0].T
        np.testing.assert_allclose(onset[[0, 10]], [1, np.exp(-1)], rtol=1e-6)
        np.testing.assert_allclose(trend, np.linspace(0, 1, len(times)), atol=1e-6)
