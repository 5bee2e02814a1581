import numpy as np

from braid.features.diffusion.conditioning import conditioning
from braid.features.diffusion.text import encode_text


def test_conditioning_is_the_mean_over_captions(diffusion):
    red, coat, grass = encode_text(diffusion, ["red", "a coat", "on grass"])
    found = conditioning(diffusion, [["red", "a coat"], ["on grass"]])
    np.testing.assert_allclose(found[0], (red + coat) / 2, atol=1e-6)
    np.testing.assert_allclose(found[1], grass, atol=1e-6)
