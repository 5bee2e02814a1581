"""What the U-Net is trained to undo, against the definitions of noise and velocity."""

import numpy as np
import pytest
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

from braid.networks.diffusion.unet import NOISES, Denoising, make_scheduler, make_unet
from braid.study.generators import PictureDiffusion

SPEC = PictureDiffusion(
    kind="picture_diffusion", size=16, scenes=8, held_out=4, autoencoder="a", judge="j",
    text={"twin": "t"}, tokens=4, channels=(16, 32), blocks=1, heads=2, drop=0.5, samples=1,
    steps=5, guidance=3,
)  # fmt: skip


def task(network: torch.nn.Module, drop: float = 0.0, captions: int = 2) -> Denoising:
    """Eight latents, each with captions of its own, and the empty text last."""
    generator = torch.Generator().manual_seed(1)
    latents = torch.randn(8, 4, 8, 8, generator=generator)
    states = torch.randn(8 * captions + 1, 4, 16, generator=generator)
    numbers = torch.arange(8 * captions).reshape(8, captions)
    pairs = (latents, latents), (numbers, numbers)
    return Denoising(network, make_scheduler(), *pairs, states, drop)


class Spy(torch.nn.Module):
    """Says what it was given, and answers with zeros."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.given: list[tuple[torch.Tensor, ...]] = []

    def forward(self, noisy: torch.Tensor, steps: torch.Tensor, states: torch.Tensor) -> "Spy":
        self.given.append((noisy, steps, states))
        self.sample = noisy * 0 * self.weight
        return self


def test_the_last_step_is_noise_alone():
    scheduler = make_scheduler()
    assert scheduler.alphas_cumprod[-1] == pytest.approx(0, abs=1e-6)
    latents, noise = torch.ones(1, 4, 8, 8), torch.randn(1, 4, 8, 8)
    noisy = scheduler.add_noise(latents, noise, torch.tensor([NOISES - 1]))
    torch.testing.assert_close(noisy, noise, atol=1e-3, rtol=0)


def test_the_loss_is_the_squared_error_of_the_velocity():
    spy = Spy()
    one = task(spy)
    loss = one.loss(torch.arange(8), torch.Generator().manual_seed(0))
    noisy, steps, _ = spy.given[0]
    kept = one.scheduler.alphas_cumprod[steps].reshape(-1, 1, 1, 1)
    noise = (noisy - kept.sqrt() * one.latents[0]) / (1 - kept).sqrt()
    velocity = kept.sqrt() * noise - (1 - kept).sqrt() * one.latents[0]
    assert loss.item() == pytest.approx((velocity**2).mean().item(), rel=1e-4)


def test_captions_are_averaged_or_dropped():
    spy = Spy()
    one = task(spy, drop=0.5)
    for seed in range(40):
        one.loss(torch.arange(8), torch.Generator().manual_seed(seed))
    states = torch.cat([given[2] for given in spy.given]).reshape(40, 8, 4, 16)
    empty = (states == one.states[-1]).all(dim=(2, 3))
    assert float(empty.float().mean()) == pytest.approx(0.5, abs=0.08)
    both = one.states[one.captions[0]].mean(dim=1)
    averaged = torch.isclose(states, both).all(dim=(2, 3))
    single = (states[:, :, None] == one.states[one.captions[0]]).all(dim=(3, 4)).any(dim=2)
    assert bool((empty | averaged | single).all())
    assert bool(averaged.any())
    assert bool(single.any())


def test_validation_is_the_same_every_time():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = make_unet(SPEC, latent=4, side=8, width=16)
    one = task(network)
    with torch.no_grad():
        assert one.validation_loss() == one.validation_loss()


def test_a_u_net_has_the_shape_that_was_asked_for():
    network = make_unet(SPEC, latent=4, side=8, width=16)
    assert isinstance(network, UNet2DConditionModel)
    with torch.no_grad():
        found = network(torch.zeros(2, 4, 8, 8), 3, torch.zeros(2, 4, 16)).sample
    assert found.shape == (2, 4, 8, 8)
    assert network.config["cross_attention_dim"] == 16
    assert np.prod(network.config["block_out_channels"]) == 16 * 32


def test_every_level_is_told_of_the_text_and_the_innermost_attends_to_it():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = make_unet(SPEC, latent=4, side=8, width=16).eval()
    down, up = network.config["down_block_types"], network.config["up_block_types"]
    assert down == ("DownBlock2D", "CrossAttnDownBlock2D")
    assert up == ("CrossAttnUpBlock2D", "UpBlock2D")
    noisy, states = torch.randn(1, 4, 8, 8), torch.randn(2, 1, 4, 16)
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if ".attn2.to_out" in name:
                weight.zero_()
        one, other = (network(noisy, 500, text).sample for text in states)
    assert (one - other).abs().max() > 1e-3
