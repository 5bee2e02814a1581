import numpy as np

from braid.features import word_rate


def test_one_per_word_at_its_middle(story):
    data = word_rate.extract(story, None)
    assert data["features"].shape == (len(story.events), 1, 1)
    assert (data["features"] == 1).all()
    np.testing.assert_allclose(data["time"][:2], [3.15, 3.55])
    assert data.attrs["clock"] == "event"
