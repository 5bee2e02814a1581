import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from diffusers.image_processor import VaeImageProcessor
from PIL import Image

from braid.errors import BadInput
from braid.features.diffusion.latents import decode, encode, read_pixels, require_size
from braid.timing import Stimulus
from braid.timing.stimulus import Images


def test_pixels_are_resized_and_scaled(shown):
    pixels = read_pixels(shown, np.array([3, 1]), 16)
    with h5py.File(shown.images.path) as file:
        picture = Image.fromarray(file["imgBrick"][1])
    expected = np.asarray(picture.resize((16, 16), Image.Resampling.LANCZOS)) / 255 * 2 - 1
    np.testing.assert_allclose(pixels[1].permute(1, 2, 0), expected, atol=1e-6)
    assert pixels.dtype == torch.float32


def test_latents_are_the_scaled_mean_of_the_posterior(diffusion, shown, numbers):
    pixels = read_pixels(shown, numbers, 16)
    with torch.no_grad():
        mean, _ = diffusion.vae.quant_conv(diffusion.vae.encoder(pixels)).chunk(2, dim=1)
    np.testing.assert_allclose(encode(diffusion, pixels), 0.18215 * mean, atol=1e-6)


def test_decoded_pictures_are_those_of_diffusers(diffusion):
    latents = 0.18215 * 3 * torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        pixels = diffusion.vae.decode(latents / 0.18215).sample
    expected = np.stack(VaeImageProcessor().postprocess(pixels, "pil"))
    pictures = decode(diffusion, latents)
    assert pictures.shape == (2, 16, 16, 3)
    assert np.ptp(pictures) > 100
    np.testing.assert_array_equal(pictures, expected)


def test_size_that_the_model_does_not_divide_is_refused(diffusion):
    require_size(diffusion, 320)
    with pytest.raises(BadInput, match="20 pixels is not a multiple of 8"):
        require_size(diffusion, 20)


def test_pictures_that_are_not_there_are_named(shown):
    with pytest.raises(BadInput, match="pictures 3 to 6"):
        read_pixels(shown, np.array([3, 6]), 16)
    with pytest.raises(BadInput, match="images: there are none"):
        read_pixels(Stimulus(shown.events, {}), np.array([0]), 16)


def test_damaged_pictures_are_named(tmp_path):
    path = tmp_path / "damaged.hdf5"
    pictures = np.random.default_rng(0).integers(0, 256, (4, 20, 20, 3), dtype=np.uint8)
    with h5py.File(path, "w") as file:
        kept = file.create_dataset("imgBrick", data=pictures, chunks=(1, 20, 20, 3), compression=4)
        place = kept.id.get_chunk_info(2).byte_offset
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 200)
    shown = Stimulus(pd.DataFrame(), {}, images=Images(path, "imgBrick"))
    read_pixels(shown, np.array([1]), 16)
    with pytest.raises(BadInput, match=r"damaged.hdf5: pictures 2 to 2"):
        read_pixels(shown, np.array([2]), 16)
