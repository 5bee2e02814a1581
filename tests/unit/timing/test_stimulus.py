"""Stimuli that were read in parts, and the pictures of a stretch."""

from pathlib import Path

import pandas as pd

from braid.timing import Stimulus
from braid.timing.stimulus import Images, merge, shown

EVENTS = pd.DataFrame({"run": "a", "onset": 0.0, "offset": 1.0, "label": ["7", "3", "7", "12"]})


def test_pictures_and_captions_become_one_stimulus():
    images = Images(Path("pictures.hdf5"), "imgBrick")
    captions = pd.DataFrame({"image": [3], "caption": ["a bag"]})
    merged = merge([Stimulus(EVENTS, {}, images=images), Stimulus(EVENTS, {}, captions=captions)])
    assert merged.images is images
    assert merged.captions is captions
    assert merge([Stimulus(EVENTS, {}, images=images)]).captions is None


def test_pictures_of_a_stretch_are_counted_once_without_its_end():
    stimulus = Stimulus(EVENTS, {})
    assert shown(stimulus, 0, 100).tolist() == [3, 7, 12]
    assert shown(stimulus, 7, 12).tolist() == [7]
    assert shown(stimulus, 20, 30).tolist() == []
