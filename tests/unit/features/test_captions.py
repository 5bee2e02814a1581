"""Captions go by picture and by language."""

import numpy as np
import pandas as pd
import pytest

from braid.errors import BadInput
from braid.features.captions import captions
from braid.timing import Stimulus

ROWS = [
    (1, "a coat", "en"),
    (0, "a bag", "en"),
    (0, "un sac", "fr"),
    (0, "this is a bag", "en"),
    (1, "un manteau", "fr"),
    (4, "a dress", "en"),
]


@pytest.fixture
def shown():
    table = pd.DataFrame(ROWS, columns=["image", "caption", "language"])
    return Stimulus(pd.DataFrame(), {}, captions=table)


def test_captions_are_english_unless_another_language_is_asked_for(shown):
    assert captions(shown, np.array([1, 0])) == [["a coat"], ["a bag", "this is a bag"]]
    assert captions(shown, np.array([0, 1]), "fr") == [["un sac"], ["un manteau"]]


def test_pictures_without_caption_are_named(shown):
    with pytest.raises(BadInput, match="2 pictures have none in 'en', first 6"):
        captions(shown, np.array([6, 1, 9]))
    with pytest.raises(BadInput, match="1 pictures have none in 'fr', first 4"):
        captions(shown, np.array([0, 4]), "fr")
    with pytest.raises(BadInput, match="captions: there are none"):
        captions(Stimulus(shown.events, {}), np.array([0]))
