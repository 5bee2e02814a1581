"""Networks have the published shapes, and the weights of packages see what is shown."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from braid.errors import BadInput
from braid.features.vision import clip, features
from braid.features.vision.alexnet import AlexNet
from braid.features.vision.efficientnet_lite0 import EfficientNetLite0
from braid.features.vision.vgg16 import STAGES, build

ESPRESSO, CATS = 967, range(281, 286)
CONVOLUTIONS = [f"conv{s}_{n + 1}" for s, (count, _) in enumerate(STAGES, 1) for n in range(count)]


def see(pictures, folder, model, layer):
    [found] = features([pictures], folder, model, layer)
    return found


@pytest.mark.parametrize(
    ("network", "parameters"),
    [(AlexNet, 61_100_840), (EfficientNetLite0, 4_652_008), (build, 14_714_688)],
)
def test_networks_have_the_published_number_of_parameters(network, parameters):
    with torch.device("meta"):
        assert sum(weights.numel() for weights in network().parameters()) == parameters


def test_efficientnet_lite0_names_what_it_sees(fetched, photographs):
    folder = fetched("efficientnet-lite0")
    scores = torch.tensor(see(photographs, folder, "efficientnet-lite0", "fc")).softmax(1)
    assert scores[1].argmax() == ESPRESSO and scores[1].max() > 0.9
    assert scores[2].argmax() in CATS and scores[2][list(CATS)].sum() > 0.8
    pooled = see(photographs, folder, "efficientnet-lite0", "pool")
    assert (
        pooled.shape == (3, 1280)
        and np.abs(np.corrcoef(pooled)[~np.eye(3, dtype=bool)]).max() < 0.6
    )
    assert see(photographs, folder, "efficientnet-lite0", "blocks.15").shape == (3, 320 * 7 * 7)


def test_efficientnet_lite0_pads_as_tensorflow_does():
    """A kernel of which only the first weight is left shows where each window begins."""
    stem = EfficientNetLite0().conv_stem
    stem.weight.data[:] = 0
    stem.weight.data[0, 0, 0, 0] = 1
    even, odd = torch.rand(1, 3, 6, 6), torch.rand(1, 3, 7, 7)
    torch.testing.assert_close(stem(even)[0, 0], even[0, 0, ::2, ::2])
    torch.testing.assert_close(stem(odd)[0, 0, 1:, 1:], odd[0, 0, 1::2, 1::2])
    assert not stem(odd)[0, 0, 0].any()


def test_vgg16_sees_in_every_layer_something_else(fetched, photographs):
    folder = fetched("vgg16")
    assert len(CONVOLUTIONS) == 13
    small = photographs[:, ::4, ::4].copy()
    for layer in CONVOLUTIONS:
        found = see(small, folder, "vgg16", layer)
        assert np.isfinite(found).all()
        alike = np.corrcoef(found)[~np.eye(3, dtype=bool)]
        assert alike.max() < 0.95 and found.std() > 1


def test_edges_move_the_first_layer_of_vgg16_and_plain_grey_does_not(fetched):
    edge = np.full((2, 32, 32, 3), 128, np.uint8)
    edge[0, :, 16:] = 255
    maps = see(edge, fetched("vgg16"), "vgg16", "relu1_2").reshape(2, 64, 32, 32)
    change = np.abs(np.diff(maps, axis=3))[:, :, 4:-4, 4:-4].mean(axis=(1, 2))
    assert 10 <= change[0].argmax() <= 13 and change[0].max() > 20 * change[1].max() + 1


@pytest.fixture(scope="module")
def alexnet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alexnet")
    torch.manual_seed(0)
    network = AlexNet().eval()
    save_file(network.state_dict(), folder / "model.safetensors")
    return folder, network


def test_alexnet_gives_the_layers_of_the_papers(alexnet):
    folder, network = alexnet
    pictures = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = ((torch.tensor(pictures) / 255 - mean) / std).permute(0, 3, 1, 2)
    shapes = {"features.4": 192 * 27**2, "features.5": 192 * 13**2, "features.11": 256 * 13**2}
    for layer, size in (shapes | {"features.12": 256 * 6**2}).items():
        with torch.inference_mode():
            expected = network.features[: int(layer.rpartition(".")[2]) + 1](x).flatten(1)
        found = see(pictures, folder, "alexnet", layer)
        assert found.shape == (2, size)
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
    last = see(pictures, folder, "alexnet", "classifier.5")
    assert last.shape == (2, 4096) and last.min() == 0


@pytest.fixture(scope="module")
def tiny_clip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    sizes = {"hidden_size": 16, "intermediate_size": 24, "num_attention_heads": 2}
    config = CLIPVisionConfig(num_hidden_layers=3, image_size=28, patch_size=14, **sizes)
    torch.manual_seed(0)
    network = CLIPVisionModelWithProjection(config).eval()
    network.save_pretrained(folder)
    return folder, network


def test_clip_gives_embeddings_and_states_of_all_patches(tiny_clip):
    folder, network = tiny_clip
    pictures = np.random.default_rng(0).integers(0, 256, (2, 28, 28, 3), dtype=np.uint8)
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073])
    std = torch.tensor([0.26862954, 0.26130258, 0.27577711])
    x = ((torch.tensor(pictures) / 255 - mean) / std).permute(0, 3, 1, 2)
    with torch.inference_mode():
        seen = network(pixel_values=x, output_hidden_states=True)
    name = "clip-vit-large-patch14"
    embeds = see(pictures, folder, name, "image_embeds")
    np.testing.assert_allclose(embeds, seen.image_embeds, rtol=1e-4, atol=1e-5)
    for state in range(4):
        found = see(pictures, folder, name, f"hidden.{state}")
        expected = seen.hidden_states[state].flatten(1)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_clip_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput, match="fetch the model again"):
        clip.load(tmp_path)
