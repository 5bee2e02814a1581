import diffusion_toys as toys
import numpy as np
import pytest
import torch
from PIL import Image

from braid.errors import BadInput
from braid.features.diffusion import batches
from braid.features.diffusion.latents import decode, encode, scale
from braid.features.diffusion.model import load
from braid.features.diffusion.noise import moments, way_back
from braid.features.diffusion.text import encode_text
from braid.generation.pictures import generate, seeds
from braid.study.pictures import Reconstruct

NUMBERS = np.array([3, 8, 11])
DRAWN = seeds(42, NUMBERS, 2)
TEXTS = ["a red coat", "a penguin", "grass"]


@pytest.fixture(scope="module")
def diffusion(tmp_path_factory):
    return load(toys.write(tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="module")
def z():
    drawn = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    return drawn.numpy()


@pytest.fixture(scope="module")
def c(diffusion):
    return encode_text(diffusion, TEXTS).numpy()


def _spec(**options):
    sides = {"size": {"twin": 24}, "steps": {"twin": 10}, "samples": {"twin": 2}}
    named = {"label": "z with c", "model": {"twin": "toy"}}
    return Reconstruct(**named, **{**sides, "strength": 0.8, "guidance": 5.0, **options})


def _pictures(diffusion, z, c, drawn=DRAWN, **options):
    return np.concatenate(list(generate(diffusion, z, c, _spec(**options), "twin", drawn)))


def _generators():
    return [torch.Generator().manual_seed(int(seed)) for seed in DRAWN.flat]


def _difference(a, b):
    return np.abs(a.astype(int) - b).mean()


def test_seeds_belong_to_the_picture(diffusion):
    assert DRAWN.shape == (3, 2)
    np.testing.assert_array_equal(seeds(42, NUMBERS[[2, 0]], 1)[:, 0], DRAWN[[2, 0], 0])
    assert np.unique([DRAWN, seeds(43, NUMBERS, 2)]).size == 12


def test_recipe_of_the_paper_step_by_step(diffusion, z, c):
    starts = [Image.fromarray(one) for one in decode(diffusion, torch.from_numpy(z))]
    resized = np.stack(
        [np.asarray(one.resize((24, 24), Image.Resampling.BICUBIC)) for one in starts]
    )
    generators = _generators()
    times = moments(diffusion, 10, 0.8)
    alpha = diffusion.scheduler.alphas_cumprod[times[0]]
    with torch.no_grad():
        given = scale(resized.repeat(2, axis=0))
        drawn = [
            diffusion.vae.encode(one[None]).latent_dist.sample(own)
            for one, own in zip(given, generators, strict=True)
        ]
    noise = torch.cat([torch.randn(1, 4, 12, 12, generator=own) for own in generators])
    noisy = alpha.sqrt() * 0.18215 * torch.cat(drawn) + (1 - alpha).sqrt() * noise
    states = torch.from_numpy(c).repeat_interleave(2, dim=0)
    *_, last = way_back(diffusion, noisy, states, times, 5.0)
    found = _pictures(diffusion, z, c)
    assert found.shape == (6, 24, 24, 3)
    assert np.abs(found.astype(int) - decode(diffusion, last)).max() <= 1


def test_without_z_pictures_come_from_noise(diffusion, c):
    noise = torch.cat([torch.randn(1, 4, 12, 12, generator=own) for own in _generators()])
    states = torch.from_numpy(c).repeat_interleave(2, dim=0)
    *_, last = way_back(diffusion, noise, states, moments(diffusion, 10, 1), 5.0)
    found = _pictures(diffusion, None, c, strength=0.3)
    assert np.abs(found.astype(int) - decode(diffusion, last)).max() <= 1


def test_seeds_decide(diffusion, z, c):
    first = _pictures(diffusion, z, c)
    np.testing.assert_array_equal(first, _pictures(diffusion, z, c))
    assert _difference(first, _pictures(diffusion, z, c, drawn=seeds(43, NUMBERS, 2))) > 1
    assert _difference(first[0], first[1]) > 1


@pytest.mark.parametrize("size", [1, 4])
def test_pictures_do_not_depend_on_the_batch(diffusion, z, c, monkeypatch, size):
    together = _pictures(diffusion, z, c)
    monkeypatch.setattr(batches, "BATCH", {"cpu": size})
    stretches = list(generate(diffusion, z, c, _spec(), "twin", DRAWN))
    assert {len(stretch) for stretch in stretches} <= {size, 6 % size}
    assert np.abs(np.concatenate(stretches).astype(int) - together).max() <= 1
    alone = _pictures(diffusion, z[1:2], c[1:2], drawn=DRAWN[1:2])
    assert np.abs(alone.astype(int) - together[2:4]).max() <= 1


def test_without_c_the_text_is_empty(diffusion, z):
    empty = encode_text(diffusion, [""] * 3).numpy()
    alone = _pictures(diffusion, z, None)
    assert np.abs(alone.astype(int) - _pictures(diffusion, z, empty)).max() <= 1


def test_c_is_followed_the_more_the_more_guidance(diffusion, z, c):
    alone = _pictures(diffusion, z, None)
    apart = [_difference(alone, _pictures(diffusion, z, c, guidance=g)) for g in (1.0, 5.0)]
    assert 0 < apart[0] < apart[1]


def test_the_less_strength_the_more_is_left_of_z(diffusion, z, c):
    starts = [
        Image.fromarray(one).resize((24, 24)) for one in decode(diffusion, torch.from_numpy(z))
    ]
    kept = decode(diffusion, encode(diffusion, scale(np.stack(starts))))
    apart = [
        _difference(_pictures(diffusion, z, c, strength=s)[::2], kept) for s in (0.1, 0.5, 1.0)
    ]
    assert apart == sorted(apart)
    assert apart[0] < 0.9 * apart[2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": {"twin": 20}}, "20 pixels is not a multiple of 8"),
        ({"strength": 0.05}, "less than one"),
    ],
)
def test_recipe_that_the_model_cannot_follow_is_refused(diffusion, z, c, options, message):
    with pytest.raises(BadInput, match=message):
        _pictures(diffusion, z, c, **options)


def test_features_of_another_model_are_refused(diffusion, z, c):
    with pytest.raises(BadInput, match=r"channels of z: \(3,\), of this model \(4,\)"):
        _pictures(diffusion, z[:, :3], c)
    with pytest.raises(BadInput, match=r"width of c: \(15, 12\), of this model \(16, 12\)"):
        _pictures(diffusion, z, c[:, 1:])
