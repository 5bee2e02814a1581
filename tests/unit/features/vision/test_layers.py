"""Layers are found by name, whatever the batches, and what cannot be used is said."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch.nn.functional import conv2d, max_pool2d

from braid.errors import BadInput
from braid.features.vision import NETWORKS, features
from braid.features.vision.vgg16 import build
from braid.sources.tables import load_models

CONFIG = Path(__file__).parents[4] / "config"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Weights of VGG-16 that nobody trained."""
    made = tmp_path_factory.mktemp("untrained")
    torch.manual_seed(0)
    save_file(build().state_dict(), made / "model.safetensors")
    return made


def see(pictures, folder, layer, size=9):
    stretches = (pictures[start : start + size] for start in range(0, len(pictures), size))
    return np.concatenate(list(features(stretches, folder, "vgg16", layer)))


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def test_a_layer_is_what_its_weights_make_of_blue_green_and_red(folder):
    torch.manual_seed(0)
    weights = build().state_dict()
    pictures = noise(2, 16, 16, 3)
    centred = pictures[..., ::-1] - np.array([104.00699, 116.66877, 122.67892])
    x = torch.tensor(centred, dtype=torch.float32).permute(0, 3, 1, 2)
    for name in ("1_1", "1_2"):
        x = conv2d(x, weights[f"conv{name}.weight"], weights[f"conv{name}.bias"], padding=1).relu()
    expected = conv2d(
        max_pool2d(x, 2), weights["conv2_1.weight"], weights["conv2_1.bias"], padding=1
    )
    found = see(pictures, folder, "conv2_1")
    np.testing.assert_allclose(found, expected.flatten(1).numpy(), rtol=1e-4, atol=1e-4)


def test_what_follows_a_layer_does_not_change_it(folder):
    before, after = (see(noise(2, 16, 16, 3), folder, f"{kind}1_1") for kind in ("conv", "relu"))
    assert before.min() < 0
    np.testing.assert_array_equal(after, np.maximum(before, 0))


def test_batches_change_nothing(folder):
    pictures = noise(5, 16, 16, 3)
    found = see(pictures, folder, "conv3_1")
    np.testing.assert_allclose(see(pictures, folder, "conv3_1", 2), found, rtol=1e-4, atol=1e-5)
    assert found.shape == (5, 256 * 4 * 4) and found.dtype == np.float32


def test_nothing_is_kept_beyond_a_batch(folder):
    stretches = iter([noise(1, 16, 16, 3)])
    found = features(stretches, folder, "vgg16", "conv1_1")
    next(found)
    with pytest.raises(StopIteration):
        next(found)


@pytest.mark.parametrize(
    ("model", "layer", "problem"),
    [
        ("vgg16", "conv9_9", "conv9_9 is none of its layers"),
        ("resnet", "conv1_1", "none that is known to see pictures"),
        ("alexnet", "features.4", "Error.* in loading state_dict for AlexNet"),
    ],
)
def test_what_cannot_be_used_is_said(model, layer, problem, folder):
    with pytest.raises(BadInput, match=problem):
        next(features([noise(1, 16, 16, 3)], folder, model, layer))


def test_damaged_weights_are_refused(tmp_path):
    for content in (None, b"12345678{"):
        if content:
            (tmp_path / "model.safetensors").write_bytes(content)
        with pytest.raises(BadInput, match="fetch the model again"):
            next(features([noise(1, 16, 16, 3)], tmp_path, "vgg16", "conv1_1"))


@pytest.mark.parametrize("model", ["inception-v3", "efficientnet-b1", "swav"])
def test_without_torchvision_three_networks_are_refused(model, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(BadInput, match="needs torchvision, which cannot be imported"):
        next(features([noise(1, 16, 16, 3)], tmp_path, model, "avgpool"))


def test_every_network_is_a_model_of_the_table():
    # A judge is trained by its study.
    assert set(NETWORKS) - {"picture_judge"} <= set(load_models(CONFIG / "models.tsv"))


def test_what_comes_after_the_layer_is_not_computed(folder):
    computed = []
    with torch.nn.modules.module.register_module_forward_hook(lambda one, *_: computed.append(one)):
        see(noise(1, 16, 16, 3), folder, "conv1_2")
    assert sum(isinstance(one, torch.nn.Conv2d) for one in computed) == 2
