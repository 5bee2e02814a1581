"""A tiny diffusion model of dark and bright pictures: what a caption says is what it makes."""

import json
from pathlib import Path

import numpy as np
import pytest

from braid.features.diffusion.model import load
from braid.features.diffusion.text import encode_text
from braid.generation.pictures import generate, seeds
from braid.networks.diffusion.autoencoder import fit_autoencoder
from braid.networks.diffusion.judge import fit_judge, judge
from braid.networks.diffusion.scenes import Described
from braid.networks.diffusion.train import Parts, fit_diffusion
from braid.store import load as load_artefact
from braid.study.generators import PictureAutoencoder, PictureDiffusion, PictureJudge
from braid.study.networks import Schedule
from braid.study.pictures import Reconstruct

SIDE = 16
COUNTS = {"size": SIDE, "scenes": 128, "held_out": 32}
CODER = PictureAutoencoder(
    kind="picture_autoencoder", channels=(16, 16), blocks=0, latent=4, part=16, divergence=1e-4,
    **COUNTS,
)  # fmt: skip
CRITIC = PictureJudge(kind="picture_judge", channels=(8, 16), **COUNTS)
PAINTER = PictureDiffusion(
    kind="picture_diffusion", autoencoder="a", judge="j", text={"twin": "t"}, tokens=8,
    channels=(16, 32), blocks=1, heads=2, drop=0.1, samples=6, steps=10, guidance=2, **COUNTS,
)  # fmt: skip
CAPTIONS = {"night": ["a dark night", "night"], "day": ["a bright day", "day"]}


def schedule(steps: int, rate: float) -> Schedule:
    return Schedule(
        steps=steps,
        batch=16,
        learning_rate=rate,
        warmup=5,
        clip=1,
        validate_every=steps,
        patience=9,
    )


def described(count: int, seed: int) -> Described:
    """Dark pictures of the night and bright ones of the day, each with a patch somewhere."""
    rng = np.random.default_rng(seed)
    names = ["night", "day"] * (count // 2)
    level = np.where(np.array(names) == "day", 190, 60)
    pixels = rng.normal(level[:, None, None, None], 15, (count, 1, 1, 3))
    pixels = np.repeat(np.repeat(pixels, SIDE, axis=1), SIDE, axis=2)
    for picture, (row, column) in zip(pixels, rng.integers(0, SIDE - 5, (count, 2)), strict=True):
        picture[row : row + 5, column : column + 5] += rng.normal(0, 30, 3)
    return Described(pixels.clip(0, 255).astype(np.uint8), [CAPTIONS[n] for n in names], names)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, minilm: Path) -> Parts:
    root = tmp_path_factory.mktemp("diffusion")
    training, validation = described(128, 0), described(32, 1)
    coder, critic = root / "autoencoder", root / "judge"
    fit_autoencoder(
        training.pixels, validation.pixels, CODER, schedule(150, 3e-3), 0, coder, root / "check"
    )
    fit_judge(training, validation, CRITIC, schedule(60, 1e-2), 0, critic, root / "check")
    return Parts(coder, critic, minilm)


@pytest.fixture(scope="module")
def model(folders: Parts) -> Path:
    folder = folders.autoencoder.parent / "model"
    parts = described(128, 0), described(32, 1)
    fit_diffusion(*parts, folders, PAINTER, schedule(120, 2e-3), 0, folder, folder / "../check")
    return folder


def test_the_judge_names_pictures_that_it_never_saw(folders: Parts):
    unseen = described(64, 5)
    assert np.mean(np.array(judge(folders.judge, unseen.pixels)) == unseen.names) > 0.95
    about = json.loads((folders.judge / "training.json").read_text())
    assert about["accuracy"] > 0.95
    assert about["names"] == ["day", "night"]


def test_samples_show_what_their_caption_says(model: Path):
    samples = load_artefact(model / "samples.nc")
    assert samples.attrs["chance"] == 0.5
    assert samples.attrs["accuracy"] > 0.9
    assert samples.attrs["low"] < samples.attrs["accuracy"] <= samples.attrs["high"]
    bright = samples["pictures"].mean(("sample", "row", "column", "channel"))
    assert dict(zip(samples["name"].values, bright.values > 128, strict=True)) == {
        "day": True,
        "night": False,
    }


def test_the_folder_is_read_as_any_diffusion_model_is(model: Path):
    diffusion = load(model)
    assert diffusion.factor == 2
    assert diffusion.text_shape == (8, 384)
    c = encode_text(diffusion, ["a bright day", "a dark night"]).cpu().numpy()
    spec = Reconstruct(
        label="c alone", model={"twin": "m"}, size={"twin": SIDE}, steps={"twin": 10}, strength=0.8,
        guidance=2, samples={"twin": 3},
    )  # fmt: skip
    made = np.concatenate(
        list(generate(diffusion, None, c, spec, "twin", seeds(0, np.arange(2), 3)))
    )
    levels = made.mean(axis=(1, 2, 3))
    assert levels[:3].mean() > levels[3:].mean() + 40


def test_captions_that_are_not_theirs_are_seen_by_the_judge(folders: Parts, tmp_path: Path):
    """Trained on captions dealt out at random, samples follow no caption."""
    rng = np.random.default_rng(0)
    training, validation = described(128, 0), described(32, 1)
    mixed = [training.captions[i] for i in rng.permutation(len(training.captions))]
    wrong = training._replace(captions=mixed)
    given = (wrong, validation, folders, PAINTER, schedule(60, 2e-3), 0)
    fit_diffusion(*given, tmp_path / "model", tmp_path / "check")
    samples = load_artefact(tmp_path / "model" / "samples.nc")
    assert samples.attrs["accuracy"] < 0.9
