"""A short story."""

import numpy as np
import pandas as pd
import pytest

from braid.timing import Stimulus

TEXT = (
    "Alice was beginning to get very tired of sitting by her sister on the bank, and of having "
    "nothing to do: once or twice she had peeped into the book her sister was reading, but it "
    "had no pictures or conversations in it"
)


@pytest.fixture
def story():
    """Two runs of 40 and 12 words, one every 0.4 s from 3 s on, each 0.3 s long."""
    words = TEXT.split()
    onset = 3 + 0.4 * np.arange(len(words))
    first = pd.DataFrame({"run": "a", "onset": onset, "offset": onset + 0.3, "label": words})
    second = first.tail(12).assign(run="b")
    times = {"a": np.arange(-1, 25, 2.0), "b": np.arange(-1, 21, 2.0)}
    return Stimulus(pd.concat([first, second], ignore_index=True), times)
