import numpy as np
import pytest

from braid.errors import BadInput
from braid.features.diffusion.latents import encode, read_pixels
from braid.features.diffusion.z import extract


def test_latents_of_each_picture_in_order(folder, diffusion, shown):
    numbers = np.array([4, 0, 4])
    found = extract(shown, folder, numbers, 0, size=16)
    expected = encode(diffusion, read_pixels(shown, numbers, 16)).flatten(1)
    np.testing.assert_allclose(found["features"][:, 0], expected, atol=1e-6)
    assert found.attrs["shape"] == (4, 8, 8)
    assert found["features"].std("image").mean() > 1e-3


def test_latents_do_not_depend_on_the_batch(folder, shown, numbers, one_by_one):
    together = extract(shown, folder, numbers, 0, size=16)
    one_by_one()
    alone = extract(shown, folder, numbers, 1, size=16)
    np.testing.assert_allclose(together["features"], alone["features"], atol=1e-5)


def test_size_must_fit(folder, shown, numbers):
    with pytest.raises(BadInput, match="multiple of 8"):
        extract(shown, folder, numbers, 0, size=18)
