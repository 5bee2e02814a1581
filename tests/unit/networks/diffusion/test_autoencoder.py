"""The autoencoder of pictures against closed forms, and tiny trainings against planted colours."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

from braid.networks.diffusion import autoencoder
from braid.networks.diffusion.autoencoder import as_input, encode, fit_autoencoder, whiten
from braid.study.generators import PictureAutoencoder
from braid.study.networks import Schedule

SPEC = PictureAutoencoder(
    kind="picture_autoencoder", size=16, scenes=64, held_out=16, channels=(16, 16), blocks=0,
    latent=4, part=16, divergence=1e-4,
)  # fmt: skip
SCHEDULE = Schedule(steps=400, batch=8, learning_rate=3e-3, validate_every=100, patience=9)


def flats(count: int, seed: int) -> np.ndarray:
    """Pictures of two colours that meet in the middle; grey varies most."""
    rng = np.random.default_rng(seed)
    colours = rng.normal(127, 50, (count, 2, 1)) + rng.normal(0, 15, (count, 2, 3))
    rows = np.repeat(np.clip(colours, 0, 255).astype(np.uint8), 8, axis=1)
    return np.repeat(rows[:, :, None], 16, axis=2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("autoencoder") / "net"
    fit_autoencoder(flats(64, 0), flats(16, 1), SPEC, SCHEDULE, 0, folder, folder / "../check")
    return folder


def test_pictures_become_numbers_from_minus_one_to_one():
    pixels = np.array([0, 255, 0], np.uint8).reshape(1, 1, 1, 3)
    assert as_input(pixels).flatten().tolist() == [-1, 1, -1]


def test_whitened_colours_are_uncorrelated_and_of_variance_one():
    pictures = as_input(flats(200, 2))
    colours = whiten(pictures) @ pictures.transpose(0, 1).flatten(1)
    np.testing.assert_allclose(np.cov(colours.numpy()), np.eye(3), atol=1e-3)


def test_an_untrained_network_says_colours_with_the_variance_they_have():
    pictures = as_input(flats(200, 3))
    made = []
    for whitening in (whiten(pictures), torch.eye(3)):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            made.append(autoencoder._network(SPEC, whitening))
    network = made[0]
    colours = torch.cov(pictures.transpose(0, 1).flatten(1))
    first, white = (one.encoder.conv_in.weight.sum(dim=(2, 3)) for one in made)
    # What filters see of these colours is what the plain ones would see of white noise.
    torch.testing.assert_close(first @ colours @ first.T, white @ white.T, atol=1e-4, rtol=1e-3)
    last, flat = (one.decoder.conv_out.weight.sum(dim=(2, 3)) for one in made)
    said = whiten(pictures) @ last
    torch.testing.assert_close(said, flat, atol=1e-4, rtol=1e-3)
    variance = network.quant_conv.bias[4:].exp()  # pyright: ignore[reportOptionalSubscript]
    assert variance.max() < 0.01


def test_training_lowers_the_error_and_keeps_what_it_was(trained: Path):
    log = pd.read_csv(trained / "log.csv")["validation_loss"].dropna().to_numpy()
    assert log[-1] < 0.6 * log[0]
    about = json.loads((trained / "training.json").read_text())
    assert about["kind"] == "picture_autoencoder"
    assert about["pictures"] == 64


def test_latents_of_the_folder_are_scaled_to_unit_variance(trained: Path):
    network = AutoencoderKL.from_pretrained(trained, use_safetensors=True)
    latents = encode(network, flats(16, 1)) * network.config["scaling_factor"]
    assert latents.shape == (16, 4, 8, 8)
    assert latents.std() == pytest.approx(1, abs=1e-4)


def test_colours_come_back(trained: Path):
    network = AutoencoderKL.from_pretrained(trained, use_safetensors=True)
    pixels = flats(32, 4)
    with torch.no_grad():
        rebuilt = network.decode(encode(network, pixels)).sample  # pyright: ignore[reportAttributeAccessIssue]
    given = as_input(pixels)
    chroma, found = (part - part.mean(dim=1, keepdim=True) for part in (given, rebuilt))
    r = np.corrcoef(chroma.flatten(), found.flatten())[0, 1]
    assert r > 0.6


def test_a_killed_training_ends_with_the_same_weights(trained: Path, tmp_path: Path):
    check = tmp_path / "check"

    with pytest.MonkeyPatch.context() as patch:
        saved = autoencoder.Reconstruction.validation_loss
        counts = iter(range(99))

        def counted(self: autoencoder.Reconstruction) -> float:
            if next(counts) == 3:
                raise KeyboardInterrupt
            return saved(self)

        patch.setattr(autoencoder.Reconstruction, "validation_loss", counted)
        with pytest.raises(KeyboardInterrupt):
            fit_autoencoder(flats(64, 0), flats(16, 1), SPEC, SCHEDULE, 0, tmp_path / "a", check)
    fit_autoencoder(flats(64, 0), flats(16, 1), SPEC, SCHEDULE, 0, tmp_path / "a", check)
    name = "diffusion_pytorch_model.safetensors"
    assert (tmp_path / "a" / name).read_bytes() == (trained / name).read_bytes()


def test_parts_of_pictures_are_trained_on_and_the_same_of_all():
    rows = np.arange(16, dtype=np.uint8)
    pixels = np.broadcast_to(rows[:, None, None], (4, 16, 16, 3)).copy()
    spec = SPEC.model_copy(update={"part": 8})
    network = autoencoder._network(spec, torch.eye(3))
    seen: list[torch.Tensor] = []
    network.encoder.conv_in.register_forward_hook(lambda _, given, made: seen.append(given[0]))
    task = autoencoder.Reconstruction(network, pixels, pixels, torch.eye(3), spec)
    for seed in range(20):
        task.loss(torch.arange(4), torch.Generator().manual_seed(seed))
    tops = [round(float((part[0, 0, 0, 0] + 1) * 127.5)) for part in seen]
    assert {part.shape for part in seen} == {(4, 3, 8, 8)}
    assert min(tops) == 0
    assert max(tops) == 8
