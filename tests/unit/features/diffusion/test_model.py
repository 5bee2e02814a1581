import shutil

import diffusion_toys as toys
import pytest
import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel

from braid.errors import BadInput
from braid.features.diffusion.model import Diffusion, load


@pytest.fixture
def copied(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "copy")


def test_parts_know_their_sizes(diffusion, clip):
    assert (diffusion.factor, diffusion.channels, diffusion.text_shape) == (2, 4, (16, toys.WIDTH))
    assert clip.text_shape == (77, toys.WIDTH)
    assert not any(weight.requires_grad for weight in diffusion.unet.parameters())


def test_weights_are_those_of_the_folder(folder, diffusion):
    kept = load_file(folder / "unet/diffusion_pytorch_model.safetensors")
    assert torch.equal(diffusion.unet.state_dict()["conv_in.weight"], kept["conv_in.weight"])


def test_schedule_is_ddim_with_what_the_folder_says(tmp_path):
    said = {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True}
    folder = toys.write(tmp_path, timestep_spacing="trailing", **said)
    toys.change(
        folder / "scheduler/scheduler_config.json", _class_name="PNDMScheduler", skip_prk_steps=True
    )
    scheduler = load(folder).scheduler
    assert type(scheduler) is DDIMScheduler
    assert said.items() <= scheduler.config.items()
    assert scheduler.config["timestep_spacing"] == "trailing"
    assert not scheduler.config["clip_sample"]
    assert scheduler.alphas_cumprod[-1] < 1e-6


@pytest.mark.parametrize("part", ["vae", "unet", "scheduler", "text_encoder", "tokenizer"])
def test_missing_part_is_named(copied, part):
    shutil.rmtree(copied / part)
    with pytest.raises(BadInput, match=f"{part}: (?s:.)*fetch the model again"):
        load(copied)


def test_truncated_weights_are_refused(copied):
    with (copied / "vae/diffusion_pytorch_model.safetensors").open("r+b") as file:
        file.truncate(2000)
    with pytest.raises(BadInput, match="vae"):
        load(copied)


@pytest.mark.parametrize("part", ["unet/diffusion_pytorch_model", "text_encoder/model"])
def test_weights_that_are_not_there_are_not_drawn(copied, part):
    path = copied / f"{part}.safetensors"
    weights = load_file(path)
    gone = sorted(weights)[3]
    save_file({name: w for name, w in weights.items() if name != gone}, path, {"format": "pt"})
    with pytest.raises(BadInput, match=gone):
        load(copied)


def test_autoencoders_of_old_folders_name_their_weights_otherwise(copied, diffusion):
    old = {"to_q.": "query.", "to_k.": "key.", "to_v.": "value.", "to_out.0.": "proj_attn."}
    path = copied / "vae/diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    for new, name in old.items():
        weights = {key.replace(new, name): kept for key, kept in weights.items()}
    save_file(weights, path, {"format": "pt"})
    found = load(copied).vae.state_dict()
    assert all(torch.equal(found[name], kept) for name, kept in diffusion.vae.state_dict().items())


@pytest.mark.parametrize(
    "name", ["tokenizer/tokenizer.json", "unet/config.json", "scheduler/scheduler_config.json"]
)
def test_damaged_settings_are_refused(copied, name):
    path = copied / name
    path.write_text(path.read_text()[:-20])
    with pytest.raises(BadInput, match=name.split("/")[0]):
        load(copied)


def test_text_encoders_of_old_folders_name_their_weights_otherwise(clip_folder, clip, tmp_path):
    folder = shutil.copytree(clip_folder, tmp_path / "old")
    path = folder / "text_encoder/model.safetensors"
    weights = {f"text_model.{name}": kept for name, kept in load_file(path).items()}
    save_file(weights, path, {"format": "pt"})
    found = load(folder).text_encoder.state_dict()
    assert all(
        torch.equal(found[name], kept) for name, kept in clip.text_encoder.state_dict().items()
    )


def test_pickled_weights_are_not_read(copied):
    path = copied / "unet/diffusion_pytorch_model.safetensors"
    torch.save(load_file(path), path.with_suffix(".bin"))
    path.unlink()
    with pytest.raises(BadInput, match="unet"):
        load(copied)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"in_channels": 8}, "vae: .*: 4, not 8"),
        ({"cross_attention_dim": 16}, "encoder.*12, not 16"),
    ],
)
def test_parts_of_different_models_are_refused(copied, options, message):
    shutil.rmtree(copied / "unet")
    toys.unet(**options).save_pretrained(copied / "unet")
    with pytest.raises(BadInput, match=message):
        load(copied)


def test_tokenizer_that_says_more_than_the_encoder_reads_is_refused(copied):
    toys.change(copied / "tokenizer/tokenizer_config.json", model_max_length=17)
    with pytest.raises(BadInput, match="tokens of a text: 17, not 16"):
        load(copied)


def test_stable_diffusion_fits_without_its_weights(tmp_path):
    words = toys.tokenizer(77, "[END]")
    with torch.device("meta"):
        model = Diffusion(tmp_path, _vae(), _unet(), DDIMScheduler(), words, _text_encoder())
        z = model.vae.encode(torch.zeros(1, 3, 512, 512)).latent_dist.mean
        states = model.text_encoder(torch.zeros(1, 77, dtype=torch.long))[0]
        predicted = model.unet(z, torch.tensor(1), states).sample
        assert model.vae.decode(z).sample.shape == (1, 3, 512, 512)
    assert sum(weight.numel() for weight in model.unet.parameters()) == 859_520_964
    assert sum(weight.numel() for weight in model.vae.parameters()) == 83_653_863
    assert (model.factor, model.channels) == (8, 4)
    assert z.shape == predicted.shape == (1, 4, 64, 64)
    assert states.shape == (1, 77, 768)


def _vae():
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(128, 256, 512, 512),
        layers_per_block=2,
    )


def _unet():
    return UNet2DConditionModel(cross_attention_dim=768, sample_size=64)


def _text_encoder():
    size = {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12}
    return CLIPTextModel(CLIPTextConfig(num_hidden_layers=12, **size))
