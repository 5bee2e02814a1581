"""Scenes to train on: generator and judge, and training and validation, share no garment."""

import numpy as np
import pytest

from braid.networks.diffusion.scenes import make_scenes
from braid.study.generators import PictureJudge

SPEC = PictureJudge(kind="picture_judge", size=24, scenes=300, held_out=60, channels=(8, 8))


@pytest.fixture(scope="module")
def halves(package):
    archives = package("fashion"), package("tuxpaint")
    return [make_scenes(*archives, SPEC, 0, half=half) for half in (0, 1)]


def test_scenes_are_as_many_and_as_large_as_asked_for(halves):
    training, validation = halves[0]
    assert training.pixels.shape == (300, 24, 24, 3)
    assert validation.pixels.shape == (60, 24, 24, 3)
    assert {len(said) for said in training.captions} == {5}


def test_captions_name_what_is_shown(halves):
    for part in halves[0]:
        assert all(
            name in said
            for name, each in zip(part.names, part.captions, strict=True)
            for said in each
        )
        assert len(set(part.names)) == 10


def test_no_picture_is_shown_twice(halves):
    pictures = np.concatenate([part.pixels for both in halves for part in both])
    assert len(np.unique(pictures.reshape(len(pictures), -1), axis=0)) == len(pictures)
