import numpy as np
import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline

from braid.features.captions import captions
from braid.features.diffusion import z
from braid.features.diffusion.conditioning import conditioning
from braid.features.diffusion.noise import picture_seed
from braid.features.diffusion.text import encode_text
from braid.features.diffusion.zc import extract

GIVEN = {"size": 16, "steps": 10, "guidance": 5.0, "strengths": (0.2, 0.8)}


@pytest.fixture(scope="module")
def found(folder, shown):
    return extract(shown, folder, np.array([1, 2, 4, 5]), 0, **GIVEN)


def test_a_layer_for_each_strength(found):
    np.testing.assert_array_equal(found["layer"], [0.2, 0.8])
    assert found["features"].shape == (4, 2, 256)
    assert found.attrs["shape"] == (4, 8, 8)


def test_latents_are_those_of_the_pipeline_of_diffusers(folder, diffusion, shown, numbers, found):
    parts = {k: getattr(diffusion, k) for k in ("vae", "text_encoder", "tokenizer", "unet")}
    pipeline = StableDiffusionImg2ImgPipeline(
        **parts,
        scheduler=diffusion.scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    latents = z.extract(shown, folder, numbers, 0, size=16)["features"].to_numpy()
    states = conditioning(diffusion, captions(shown, numbers))
    expected = pipeline(
        image=torch.from_numpy(latents.reshape(-1, 4, 8, 8)),
        prompt_embeds=states,
        negative_prompt_embeds=encode_text(diffusion, [""] * 4),
        generator=[torch.Generator().manual_seed(picture_seed(0, int(n))) for n in numbers],
        num_inference_steps=10,
        strength=0.8,
        guidance_scale=5.0,
        output_type="latent",
    ).images.flatten(1)
    np.testing.assert_allclose(found["features"][:, 1], expected, rtol=1e-4, atol=1e-4)


def test_latents_do_not_depend_on_the_batch(folder, shown, numbers, found, one_by_one):
    one_by_one()
    alone = extract(shown, folder, numbers[::-1], 0, **GIVEN)["features"][::-1]
    np.testing.assert_allclose(found["features"], alone, rtol=1e-3, atol=1e-3)


def test_noise_is_of_the_seed(folder, shown, numbers, found):
    other = extract(shown, folder, numbers, 1, **GIVEN)
    assert np.abs(found["features"] - other["features"])[:, 1].mean() > 0.1


def test_vanishing_noise_leaves_z(folder, shown, numbers):
    step = {"size": 16, "steps": 1000, "guidance": 1.0, "strengths": (0.001,)}
    latents = z.extract(shown, folder, numbers, 0, size=16)["features"].to_numpy()
    barely = extract(shown, folder, numbers, 0, **step)["features"].to_numpy()
    # The noise of the first of 1,000 steps has a standard deviation of 0.03 to 0.04.
    assert 0.01 < np.abs(barely - latents).mean() < 0.08
