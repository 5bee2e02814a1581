import diffusion_toys as toys
import numpy as np
import pytest
import torch

from braid.errors import BadInput
from braid.features.diffusion.model import load
from braid.features.diffusion.noise import moments, noise, picture_seed, way_back
from braid.features.diffusion.text import encode_text

TEXTS = ["a red coat", "a penguin"]


def _latents():
    return torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1))


def _ends(diffusion, latents, states, times, guidance):
    return list(way_back(diffusion, latents, states, times, guidance))


def test_noise_belongs_to_the_picture_and_the_seed(diffusion):
    first = noise(diffusion, np.array([3, 8, 5]), 0, (4, 8, 8))
    again = noise(diffusion, np.array([5, 3]), 0, (4, 8, 8))
    assert torch.equal(first[[2, 0]], again)
    others = noise(diffusion, np.array([5, 3]), 1, (4, 8, 8))
    assert np.abs(np.corrcoef([*again.flatten(1), *others.flatten(1)]) - np.eye(4)).max() < 0.25


def test_seeds_differ_and_fit_a_signed_number():
    seeds = {picture_seed(s, n, k) for s in range(3) for n in range(100) for k in range(3)}
    assert len(seeds) == 900
    assert max(seeds) < 2**63


def test_moments_are_the_last_steps(diffusion):
    assert moments(diffusion, 10, 1) == [901, 801, 701, 601, 501, 401, 301, 201, 101, 1]
    assert moments(diffusion, 50, 0.8)[0] == 781
    assert moments(diffusion, 10, 0.29) == [101, 1]
    with pytest.raises(BadInput, match=r"0.05 of 10 steps is less than one"):
        moments(diffusion, 10, 0.05)


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_way_back_is_ddim_with_guidance_written_out(tmp_path, prediction):
    diffusion = load(toys.write(tmp_path, prediction_type=prediction))
    alphas = torch.cumprod(1 - torch.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2, 0)
    states, empty = encode_text(diffusion, TEXTS), encode_text(diffusion, ["", ""])
    x = _latents()
    found = _ends(diffusion, x, states, moments(diffusion, 10, 0.3), 4)
    for time, end in zip([201, 101, 1], found, strict=True):
        now, then = alphas[time], alphas[max(time - 100, 0)]
        with torch.no_grad():
            away, towards = (diffusion.unet(x, time, s).sample for s in (empty, states))
        said = away + 4 * (towards - away)
        if prediction == "epsilon":
            clean, error = (x - (1 - now).sqrt() * said) / now.sqrt(), said
        else:
            clean = now.sqrt() * x - (1 - now).sqrt() * said
            error = now.sqrt() * said + (1 - now).sqrt() * x
        x = then.sqrt() * clean + (1 - then).sqrt() * error
        np.testing.assert_allclose(end, x, rtol=1e-4, atol=1e-4)


def test_guidance_of_one_follows_the_text_alone(diffusion):
    states, times = encode_text(diffusion, TEXTS), moments(diffusion, 10, 0.5)
    one, limit, more = (
        _ends(diffusion, _latents(), states, times, guidance)[-1] for guidance in (1, 1 + 1e-6, 5)
    )
    np.testing.assert_allclose(one, limit, atol=1e-4)
    assert (one - more).abs().max() > 1e-2


def test_guidance_does_nothing_to_the_empty_text(diffusion):
    empty, times = encode_text(diffusion, ["", ""]), moments(diffusion, 10, 0.5)
    one, more = (_ends(diffusion, _latents(), empty, times, g)[-1] for g in (1, 5))
    np.testing.assert_allclose(one, more, atol=1e-4)
