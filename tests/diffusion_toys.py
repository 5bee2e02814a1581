"""Small latent diffusion models with random weights, as folders of diffusers' format."""

import json
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import (
    BertConfig,
    BertModel,
    CLIPTextConfig,
    CLIPTextModel,
    PreTrainedTokenizerFast,
)

from braid.timing import Stimulus
from braid.timing.stimulus import Images

WORDS = ("[PAD]", "[UNK]", "[BEGIN]", "[END]", "a", "red", "coat", "penguin", "on", "grass")
WIDTH = 12


def write(folder: Path, clip: bool = False, wide: bool = False, **schedule: object) -> Path:
    """A model with BERT and 16 tokens, or CLIP and 77; pictures of 16 pixels, or wide, of 32.

    Latents are 4 x 8 x 8. A wide one has as many weights as a model that learns something.
    """
    with torch.random.fork_rng():
        torch.manual_seed(0)
        vae((24, 48, 64) if wide else (8, 16)).save_pretrained(folder / "vae")
        unet((64, 128) if wide else (8, 16)).save_pretrained(folder / "unet")
        (clip_encoder() if clip else bert_encoder()).save_pretrained(folder / "text_encoder")
    tokenizer(77 if clip else 16, "[END]" if clip else "[PAD]").save_pretrained(
        folder / "tokenizer"
    )
    options = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
    DDIMScheduler(**options | {"set_alpha_to_one": False} | schedule).save_pretrained(
        folder / "scheduler"
    )
    return folder


def vae(channels: tuple[int, ...]) -> AutoencoderKL:
    """As a trained one, it is much surer of a latent than latents differ."""
    made = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * len(channels),
        up_block_types=("UpDecoderBlock2D",) * len(channels),
        block_out_channels=channels,
        norm_num_groups=4,
        sample_size=16,
    )
    with torch.no_grad():
        made.quant_conv.weight[:4] *= 30
        made.quant_conv.bias[4:] = -12
    return made


def unet(channels: tuple[int, ...] = (8, 16), **options: object) -> UNet2DConditionModel:
    given = {
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "block_out_channels": channels,
        "layers_per_block": 1,
        "norm_num_groups": 4,
        "attention_head_dim": 4,
        "cross_attention_dim": WIDTH,
        "sample_size": 8,
    }
    return UNet2DConditionModel(**given | options)


def bert_encoder() -> BertModel:
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=16,
        initializer_range=0.5,
        use_attention_mask=True,
    )
    return BertModel(config)


def clip_encoder() -> CLIPTextModel:
    config = CLIPTextConfig(
        vocab_size=len(WORDS),
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
        bos_token_id=2,
        eos_token_id=3,
        initializer_factor=20.0,
    )
    return CLIPTextModel(config)


def tokenizer(length: int, filling: str) -> PreTrainedTokenizerFast:
    """One word, one token, between two marks."""
    made = Tokenizer(WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()
    made.post_processor = TemplateProcessing(
        single="[BEGIN] $A [END]", special_tokens=[("[BEGIN]", 2), ("[END]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        model_max_length=length,
        unk_token="[UNK]",
        pad_token=filling,
        eos_token="[END]",
    )


def stimulus(folder: Path, count: int = 6) -> Stimulus:
    """Pictures of 20 x 20 pixels, and two captions of each but the last, which has one."""
    pictures = np.random.default_rng(0).integers(0, 256, (count, 20, 20, 3), dtype=np.uint8)
    with h5py.File(folder / "pictures.hdf5", "w") as file:
        file["imgBrick"] = pictures
    texts = [(i, f"a {WORDS[4 + (i + k) % 6]}") for i in range(count) for k in range(2)][:-1]
    return Stimulus(
        pd.DataFrame({"run": [], "onset": [], "offset": [], "label": []}),
        {},
        images=Images(folder / "pictures.hdf5", "imgBrick"),
        captions=pd.DataFrame(texts, columns=["image", "caption"]).assign(language="en"),
    )


def change(path: Path, **values: object) -> None:
    """Set keys of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
