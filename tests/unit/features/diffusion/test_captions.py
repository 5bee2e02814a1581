import numpy as np
import pytest

from braid.errors import BadInput
from braid.features.diffusion.captions import captions, conditioning
from braid.features.diffusion.text import encode_text
from braid.timing import Stimulus


def test_captions_go_by_picture(shown):
    assert captions(shown, np.array([5, 0])) == [["a grass"], ["a a", "a red"]]


def test_conditioning_is_the_mean_over_captions(diffusion):
    red, coat, grass = encode_text(diffusion, ["red", "a coat", "on grass"])
    found = conditioning(diffusion, [["red", "a coat"], ["on grass"]])
    np.testing.assert_allclose(found[0], (red + coat) / 2, atol=1e-6)
    np.testing.assert_allclose(found[1], grass, atol=1e-6)


def test_pictures_without_caption_are_named(shown):
    with pytest.raises(BadInput, match="2 pictures have none, first 6"):
        captions(shown, np.array([6, 1, 9]))
    with pytest.raises(BadInput, match="captions: there are none"):
        captions(Stimulus(shown.events, {}), np.array([0]))
