"""The masked autoencoder: what may be seen, in which order, and what it says about the rest."""

import numpy as np
import pytest
import torch
from transformers import ViTMAEConfig

from braid.networks.brainlm import masking
from braid.networks.brainlm.model import BrainLM
from braid.networks.brainlm.scaling import robust
from braid.networks.brainlm.windows import cut

WINDOW, PATCH, PARCELS = 12, 3, 5
TIMES = WINDOW // PATCH


@pytest.fixture(scope="module")
def network():
    config = ViTMAEConfig(
        image_size=WINDOW,
        patch_size=PATCH,
        num_channels=1,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        decoder_hidden_size=8,
        decoder_intermediate_size=16,
        decoder_num_hidden_layers=1,
        decoder_num_attention_heads=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return BrainLM(config).eval()


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(1)
    patches = torch.randn(2, PARCELS, TIMES, PATCH, generator=generator)
    xyz = 40 * torch.randn(2, PARCELS, 3, generator=generator)
    return patches, xyz, masking.visible_tokens(2, PARCELS * TIMES, 0.5, generator)


@torch.no_grad()
def test_what_is_hidden_does_not_reach_the_prediction_and_what_is_visible_does(network, batch):
    patches, xyz, visible = batch
    mask = masking.hidden(patches, visible)
    assert mask.flatten(1).sum(1).tolist() == [PARCELS * TIMES // 2] * 2
    predicted = network(patches, xyz, visible)
    torch.testing.assert_close(network(patches + 9 * mask[..., None], xyz, visible), predicted)
    assert (network(patches + 9 * ~mask[..., None], xyz, visible) - predicted).abs().max() > 1e-2


@torch.no_grad()
def test_a_parcel_is_known_by_its_place_alone(network, batch):
    """Parcels in another order give the same predictions in that order."""
    patches, xyz, _ = batch
    order = torch.tensor([3, 0, 4, 2, 1])
    tokens = torch.arange(PARCELS * TIMES).view(PARCELS, TIMES)
    visible = tokens[:, ::2].flatten().expand(2, -1)
    moved = network(patches[:, order], xyz[:, order], visible)
    torch.testing.assert_close(moved, network(patches, xyz, visible)[:, order])
    elsewhere = network(patches, xyz + 20, visible)
    assert (elsewhere - network(patches, xyz, visible)).abs().max() > 1e-3


@torch.no_grad()
def test_a_hidden_parcel_is_predicted_for_its_place_and_time(network, batch):
    """The last parcel is hidden altogether: only the decoder is told where and when it is."""
    patches, xyz, _ = batch
    visible = torch.arange((PARCELS - 1) * TIMES).expand(2, -1)
    predicted = network(patches, xyz, visible)[:, -1]
    assert (predicted[:, 0] - predicted[:, 1]).abs().max() > 1e-3
    elsewhere = xyz.clone()
    elsewhere[:, -1] += 20
    assert (network(patches, elsewhere, visible)[:, -1] - predicted).abs().max() > 1e-3


@torch.no_grad()
def test_a_token_knows_its_time(network, batch):
    patches, xyz, _ = batch
    same = patches[:, :, :1].expand(-1, -1, TIMES, -1)
    first, second = network.states(same, xyz, torch.ones(2, TIMES, dtype=torch.bool))[
        :, :, :2
    ].unbind(2)
    assert (first - second).abs().max() > 1e-2


@torch.no_grad()
def test_missing_patches_change_nothing(network, batch):
    patches, xyz, _ = batch
    present = torch.tensor([[True, True, True, False]] * 2)
    states = network.states(patches, xyz, present)[:, :, :3]
    shorter = network.states(patches[:, :, :3], xyz, present[:, :3])
    torch.testing.assert_close(states, shorter, rtol=1e-4, atol=1e-5)
    assert (network.states(patches, xyz, ~present | present)[:, :, :3] - states).abs().max() > 1e-3


def test_a_folder_gives_back_the_same_network(network, batch, tmp_path):
    network.save_pretrained(tmp_path)
    again = BrainLM.from_pretrained(tmp_path, use_safetensors=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json", "model.safetensors"]
    with torch.no_grad():
        torch.testing.assert_close(again(*batch), network(*batch))
    assert again.config.patch_size == PATCH


def test_masks_are_of_the_generator_and_hide_each_token_as_often():
    draw = [
        masking.visible_tokens(400, 10, 0.3, torch.Generator().manual_seed(s)) for s in (0, 0, 1)
    ]
    torch.testing.assert_close(draw[0], draw[1])
    assert not torch.equal(draw[0], draw[2]) and draw[0].shape == (400, 7)
    seen = torch.bincount(draw[0].flatten(), minlength=10) / 400
    assert (seen - 0.7).abs().max() < 4 * np.sqrt(0.7 * 0.3 / 400)


def test_errors_and_lines_by_hand():
    patches = torch.tensor([[[[0.0, 1.0], [9.0, 9.0], [4.0, 6.0]], [[1.0, 1.0]] * 3]])
    mask = torch.tensor([[[False, True, False], [True, True, True]]])
    lines = masking.interpolated(patches, mask)
    expected = [[[0, 1], [2, 3], [4, 6]], [[0, 0]] * 3]
    torch.testing.assert_close(lines, torch.tensor([expected], dtype=torch.float32))
    error = masking.masked_error(lines, patches, mask)
    assert error.item() == pytest.approx((7**2 + 6**2 + 6) / 8)


def test_scaling_has_no_unit_and_no_constant_parcel():
    bold = np.random.default_rng(0).normal(size=(101, 4))
    bold[:, 3] = 7
    scaled = robust(bold)
    np.testing.assert_allclose(robust(-5 + 30 * bold), scaled, atol=1e-5)
    np.testing.assert_allclose(np.percentile(scaled[:, :3], 50, axis=0), 0, atol=1e-6)
    quartiles = np.percentile(scaled[:, :3], [25, 75], axis=0)
    np.testing.assert_allclose(quartiles[1] - quartiles[0], 1, rtol=1e-5)
    assert not scaled[:, 3].any()


def test_windows_cover_a_recording_and_say_what_is_missing():
    bold = np.arange(20, dtype=np.float32).reshape(10, 2)
    windows = cut(bold, window=4, stride=3)
    assert windows.starts.tolist() == [0, 3, 6] and windows.present.all()
    np.testing.assert_array_equal(windows.signal[1], bold[3:7].T)
    assert cut(bold[:9], window=4, stride=3).starts.tolist() == [0, 3, 5]
    short = cut(bold[:3], window=5, stride=3)
    assert short.present.tolist() == [[True, True, True, False, False]]
    np.testing.assert_array_equal(short.signal[0], np.pad(bold[:3].T, ((0, 0), (0, 2))))
