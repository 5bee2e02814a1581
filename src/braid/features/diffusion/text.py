"""Texts to the states that a diffusion model is given."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from transformers import BatchEncoding

from braid.features.diffusion.model import Diffusion


def tokenise(diffusion: Diffusion, texts: Sequence[str]) -> BatchEncoding:
    """Give `input_ids` and `attention_mask` (text, token): cut or filled to the model's length."""
    return diffusion.tokenizer(
        list(texts),
        padding="max_length",
        truncation=True,
        max_length=diffusion.text_shape[0],
        return_attention_mask=True,
        return_tensors="pt",
    )


@torch.inference_mode()
def encode_text(
    diffusion: Diffusion, texts: Sequence[str]
) -> Float[torch.Tensor, "text token width"]:
    """States of the tokens of texts: what the U-Net attends to, in training and ever after.

    Parameters
    ----------
    diffusion
        Its tokenizer and text encoder are used.
    texts
        Cut to the model's length; the empty text is what guidance leads away from.

    Returns
    -------
    Float[torch.Tensor, "text token width"]
        Last hidden states, float32, on the model's device. A model whose text encoder says
        `use_attention_mask` does not read the tokens that fill a short text, and their states are
        zero: keys and values of the U-Net have no bias, so that a zero adds nothing to what it
        attends to, and a mean over captions is not blurred by what fills them. Stable Diffusion
        1.x says nothing of the kind: it reads its filling, and its states are kept.
    """
    tokens = tokenise(diffusion, texts).to(diffusion.device)
    mask = _mask(diffusion, tokens)
    with diffusion.precision():
        states = diffusion.text_encoder(tokens["input_ids"], attention_mask=mask)[0].float()
    return states if mask is None else states * mask[..., None]


def _mask(diffusion: Diffusion, tokens: BatchEncoding) -> Int[torch.Tensor, "text token"] | None:
    masked = getattr(diffusion.text_encoder.config, "use_attention_mask", False)
    return tokens["attention_mask"] if masked else None


def mean_state(diffusion: Diffusion, texts: Sequence[str]) -> Float[torch.Tensor, "text width"]:
    """Mean over the tokens of each text, without those that fill it."""
    mask = tokenise(diffusion, texts)["attention_mask"].to(diffusion.device)[..., None]
    return (encode_text(diffusion, texts) * mask).sum(1) / mask.sum(1)


def count_cut(diffusion: Diffusion, texts: Sequence[str]) -> int:
    """Say how many texts are longer than the model takes."""
    ids = diffusion.tokenizer(list(texts))["input_ids"]
    return sum(len(text) > diffusion.text_shape[0] for text in ids)
