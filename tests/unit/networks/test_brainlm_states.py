"""Hidden states per TR: local in time, without a unit, of any length; and the published encoder."""

import re

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import ViTMAEConfig, ViTMAEForPreTraining

from braid.datasets.rest.parcels import a424
from braid.errors import BadInput
from braid.networks.brainlm.model import BrainLM
from braid.networks.brainlm.states import load, states, trained_on

WINDOW, PATCH = 12, 4
# As the published weights are named, against transformers today.
OLD_NAMES = {
    r"vit\.layers\.": "vit.encoder.layer.",
    r"attention\.q_proj": "attention.attention.query",
    r"attention\.k_proj": "attention.attention.key",
    r"attention\.v_proj": "attention.attention.value",
    r"attention\.o_proj": "attention.output.dense",
    r"mlp\.fc1": "intermediate.dense",
    r"mlp\.fc2": "output.dense",
}


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("brainlm")
    config = ViTMAEConfig(
        image_size=WINDOW,
        patch_size=PATCH,
        num_channels=1,
        hidden_size=8,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        decoder_hidden_size=8,
        decoder_intermediate_size=16,
        decoder_num_hidden_layers=1,
        decoder_num_attention_heads=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BrainLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Weights named and shaped as the published ones of patch 14, but narrow and shallow."""
    folder = tmp_path_factory.mktemp("vitmae_650M")
    config = ViTMAEConfig(
        architectures=["ViTMAEForPreTraining"],
        image_size=434,
        patch_size=14,
        hidden_size=8,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        decoder_hidden_size=8,
        decoder_intermediate_size=16,
        decoder_num_hidden_layers=1,
        decoder_num_attention_heads=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = ViTMAEForPreTraining(config)
    config.save_pretrained(folder)
    weights = {_old(name): weight.contiguous() for name, weight in network.state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder, network.eval()


def _old(name):
    for now, before in OLD_NAMES.items():
        name = re.sub(now, before, name)
    return name


@pytest.fixture
def recording():
    rng = np.random.default_rng(0)
    return rng.normal(size=(60, 5)), rng.normal(scale=30, size=(5, 3))


def test_a_state_is_local_in_time_and_has_no_unit(pretrained, recording):
    """Another order of TRs leaves the quartiles alone, and the states farther than a window."""
    bold, xyz = recording
    encoder = load(pretrained)
    found = states(encoder, bold, xyz)
    assert found.shape == (60, 8) and found.dtype == np.float32
    np.testing.assert_allclose(states(encoder, 3 + 70 * bold, xyz), found, atol=1e-4)
    turned = np.concatenate([bold[:40], bold[:39:-1]])
    changed = np.abs(states(encoder, turned, xyz) - found).max(axis=1)
    assert (changed[: 40 - WINDOW + 1] < 1e-5).all() and (changed[41:59] > 1e-3).all()


def test_neighbouring_trs_of_one_patch_differ(pretrained, recording):
    found = states(load(pretrained), *recording)
    assert (np.abs(np.diff(found, axis=0)).max(axis=1) > 1e-4).all()


def test_a_state_is_the_mean_over_parcels_and_windows(pretrained, recording):
    """Two windows side by side of one patch each: what the network says, by hand."""
    bold, xyz = recording
    encoder = load(pretrained)
    bold = bold[: WINDOW + 1]
    low, median, high = np.percentile(bold, [25, 50, 75], axis=0)
    scaled = torch.tensor((bold - median) / (high - low), dtype=torch.float32).T
    network = BrainLM.from_pretrained(pretrained, use_safetensors=True)
    windows = torch.stack([scaled[:, :WINDOW], scaled[:, 1:]]).unflatten(2, (-1, PATCH))
    places = torch.tensor(xyz, dtype=torch.float32).expand(2, -1, -1)
    with torch.no_grad():
        tokens = network.states(windows, places, torch.ones(2, 3, dtype=torch.bool)).mean(1)
    found = states(encoder, bold, xyz)
    np.testing.assert_allclose(found[0], tokens[0, 0], atol=1e-5)
    np.testing.assert_allclose(found[4], (tokens[0, 1] + tokens[1, 0]) / 2, atol=1e-5)
    np.testing.assert_allclose(found[-1], tokens[1, 2], atol=1e-5)


def test_a_short_recording_has_a_state_per_tr(pretrained, recording):
    bold, xyz = recording
    found = states(load(pretrained), bold[:5], xyz)
    assert found.shape == (5, 8) and np.isfinite(found).all()


def test_published_weights_keep_their_values_under_new_names(published):
    folder, network = published
    mine = load(folder).network.state_dict()
    for name, weight in network.vit.state_dict().items():
        torch.testing.assert_close(mine[name], weight, rtol=0, atol=0)


def test_a_published_state_is_that_of_the_image_the_code_of_the_authors_makes(published):
    """Parcels by y in rows, TRs in columns, -1 around: 5 rows above, 117 columns before."""
    folder, network = published
    signal = np.random.default_rng(0).normal(size=(1, 424, 200)).astype(np.float32)
    centres = a424()
    image = np.full((1, 3, 434, 434), -1, np.float32)
    image[:, :, 5:429, 117:317] = signal[:, np.argsort(centres[:, 1], kind="stable")] / 5.6430855
    network.vit.embeddings.config.mask_ratio = 0.0
    noise = torch.arange(31 * 31).expand(1, -1).float()
    with torch.no_grad():
        tokens = network.vit(torch.from_numpy(image), noise=noise).last_hidden_state[0, 1:]
    grid = tokens.unflatten(0, (31, 31)).mean(0).numpy()
    present = np.ones((1, 200), bool)
    found = load(folder).per_tr(signal, present, centres.astype(np.float32))[0]
    for tr, column in ((0, 8), (8, 8), (9, 9), (199, 22)):
        np.testing.assert_allclose(found[tr], grid[column], atol=1e-5)
    some = load(folder).per_tr(signal[:, ::2], present, centres[::2].astype(np.float32))[0]
    signal[:, 1::2] = 0
    np.testing.assert_allclose(
        some, load(folder).per_tr(signal, present, centres.astype(np.float32))[0], atol=1e-5
    )


def test_parcels_of_another_atlas_are_refused(published, recording):
    with pytest.raises(BadInput, match="no centre of a parcel of A424"):
        states(load(published[0]), *recording)


def test_the_first_weight_that_is_missing_or_misshapen_is_named(published, tmp_path):
    folder, _ = published
    weights = load_file(folder / "model.safetensors")
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    query = "vit.encoder.layer.0.attention.attention.query.weight"
    lacking = {name: weight for name, weight in weights.items() if name != query}
    save_file(lacking, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(BadInput, match=r"layers\.0\.attention\.q_proj\.weight: is missing"):
        load(tmp_path)
    wider = weights | {"vit.layernorm.bias": torch.zeros(9)}
    save_file(wider, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(BadInput, match=r"layernorm\.bias: has the shape \(9,\), expected \(8,\)"):
        load(tmp_path)


def test_a_folder_that_is_no_encoder_is_refused(tmp_path, published):
    with pytest.raises(BadInput, match="no encoder of brain states"):
        load(tmp_path)
    assert trained_on(published[0]).trs == (0.735,)
