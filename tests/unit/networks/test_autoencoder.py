"""The autoencoder of responses rebuilds what it never saw, as well as a linear optimum allows."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.decomposition import PCA

from braid.errors import BadInput
from braid.networks.autoencoder import _load, compress, fit_autoencoder
from braid.study.networks import Schedule

VOXELS, RANK = 60, 3
ROWS = {"train": range(120), "validation": range(120, 160)}
TEST = slice(160, 200)


def responses(subjects=2, nonlinear=False):
    """Few sources behind many voxels, and a little noise; one voxel masked, one never changing."""
    random = np.random.default_rng(0)
    sources = random.normal(size=(subjects, 200, RANK))
    mixing = random.normal(size=(RANK, VOXELS))
    bold = np.tanh(sources @ mixing) if nonlinear else sources @ mixing
    bold = bold + 0.1 * random.normal(size=bold.shape)
    bold[..., 7], bold[..., 9] = np.nan, 4.0
    bold[1, :, 11] = np.nan
    return list(bold.astype(np.float32))


def schedule(**changes):
    values = {
        "steps": 400, "batch": 32, "learning_rate": 3e-3, "warmup": 10,
        "validate_every": 40, "patience": 3,
    }  # fmt: skip
    return Schedule(**values | changes)


@pytest.fixture(scope="module")
def linear(tmp_path_factory):
    """No layer between voxels and code: a linear autoencoder."""
    folder = tmp_path_factory.mktemp("linear") / "autoencoder"
    long = schedule(steps=700, learning_rate=1e-2, patience=10)
    fit_autoencoder(responses(), ROWS, (RANK,), long, 0, folder, folder.parent / "kept")
    return folder


def scaled(rows, bold):
    """Rows on the range that each voxel of `bold` has in training; 0 where it has none."""
    training = np.concatenate([of[list(ROWS["train"])] for of in bold])
    low, high = np.fmin.reduce(training), np.fmax.reduce(training)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num((rows - low) / (high - low), nan=0.0, posinf=0.0, neginf=0.0)


def rebuilt(folder, bold):
    network = _load(folder)
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    return compress(folder, bold) @ weights["decoder.0.weight"].T + weights["decoder.0.bias"]


def test_a_linear_one_comes_near_to_principal_components(linear):
    bold = responses()
    training, test = (
        scaled(np.concatenate([of[rows] for of in bold]), bold)
        for rows in (list(ROWS["train"]), TEST)
    )
    components = PCA(RANK).fit(training)
    best = ((components.inverse_transform(components.transform(test)) - test) ** 2).mean()
    mean = ((training.mean(axis=0) - test) ** 2).mean()
    ours = ((rebuilt(linear, np.concatenate([of[TEST] for of in bold])) - test) ** 2).mean()
    assert best < ours < best + 0.05 * (mean - best)


def test_ranges_are_those_of_the_training_rows_alone(linear):
    training = np.concatenate([of[list(ROWS["train"])] for of in responses()])
    network, seen = _load(linear), np.isfinite(training).any(axis=0)
    assert np.array_equal(network.low.numpy()[seen], np.nanmin(training[:, seen], axis=0))
    assert np.array_equal(network.high.numpy()[seen], np.nanmax(training[:, seen], axis=0))


def test_masked_and_constant_voxels_say_nothing(linear):
    bold = responses()[0][TEST]
    changed = bold.copy()
    changed[:, 7], changed[:, 9] = 55.0, np.nan
    assert np.array_equal(compress(linear, bold), compress(linear, changed))
    assert np.isfinite(compress(linear, bold)).all()


def test_codes_are_rows_of_the_width_asked_for(linear):
    bold = np.concatenate([responses()[0]] * 3)
    code = compress(linear, bold)
    assert code.shape == (600, RANK)
    assert code.dtype == np.float32
    assert np.allclose(code[:200], code[400:], atol=1e-6)


def test_hidden_layers_beat_the_mean_on_rows_held_out(tmp_path):
    bold = responses(nonlinear=True)
    folder = tmp_path / "deep"
    fit_autoencoder(bold, ROWS, (32, 16, RANK), schedule(), 0, folder, tmp_path / "checkpoint")
    network = _load(folder)
    assert [tuple(layer.weight.shape) for layer in network.encoder[::2]] == [
        (32, VOXELS), (16, 32), (RANK, 16)
    ]  # fmt: skip
    assert [tuple(layer.weight.shape) for layer in network.decoder[::2]] == [
        (16, RANK), (32, 16), (VOXELS, 32)
    ]  # fmt: skip
    log = pd.read_csv(folder / "log.csv")
    assert log["validation_loss"].min() < 0.6 * _error_of_the_mean(bold)
    report = json.loads((folder / "training.json").read_text())
    assert (report["subjects"], report["training"], report["validation"]) == (2, 240, 80)
    assert report["sizes"] == [32, 16, RANK]


def _error_of_the_mean(bold):
    """Error of the best constant that training knows, in the validation rows."""
    training, validation = (
        scaled(np.concatenate([of[list(ROWS[part])] for of in bold]), bold)
        for part in ("train", "validation")
    )
    return np.abs(validation - np.median(training, axis=0)).mean()


def test_noise_cannot_be_rebuilt(tmp_path):
    noise = np.random.default_rng(1).normal(size=(200, VOXELS)).astype(np.float32)
    folder = tmp_path / "noise"
    fit_autoencoder([noise], ROWS, (RANK,), schedule(steps=200), 0, folder, tmp_path / "checkpoint")
    log = pd.read_csv(folder / "log.csv")
    assert log["validation_loss"].min() > 0.9 * _error_of_the_mean([noise])


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    short = schedule(steps=20, validate_every=10)
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        torch.manual_seed(ord(name))
        fit_autoencoder(responses(), ROWS, (4,), short, seed, tmp_path / name, tmp_path / "kept")
    weights = [(tmp_path / name / "autoencoder.safetensors").read_bytes() for name in "abc"]
    assert weights[0] == weights[1] != weights[2]
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in (tmp_path / "a").iterdir())


def test_other_voxels_are_refused(linear, tmp_path):
    with pytest.raises(BadInput, match="59 voxels, trained on 60"):
        compress(linear, responses()[0][:, 1:])
    with pytest.raises(BadInput, match="different numbers of voxels"):
        both = [responses()[0], responses()[1][:, 1:]]
        fit_autoencoder(both, ROWS, (4,), schedule(), 0, tmp_path / "a", tmp_path / "b")


def test_a_damaged_folder_is_refused(linear, tmp_path):
    (tmp_path / "config.json").write_bytes((linear / "config.json").read_bytes())
    whole = (linear / "autoencoder.safetensors").read_bytes()
    for content in (whole[:-8], b"", b"\x00" * 64):
        (tmp_path / "autoencoder.safetensors").write_bytes(content)
        with pytest.raises(BadInput, match="damaged"):
            compress(tmp_path, responses()[0])
