"""Transformers from a local folder: text in, hidden states of all layers out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32
from safetensors import SafetensorError
from torch.nn.utils.rnn import pad_sequence
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    BatchEncoding,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from braid.errors import BadInput

BATCH = 32
SEED = 0

# People read the logs of jobs: no bars, no lists of weights that a task does not use.
logging.disable_progress_bar()
logging.set_verbosity_error()


@dataclass(frozen=True)
class Transformer:
    """A network with its tokenizer, and the folder both came from."""

    folder: Path
    tokenizer: PreTrainedTokenizerBase
    network: PreTrainedModel

    @property
    def shape(self) -> tuple[int, int]:
        """Layers (embeddings are layer 0) and features per layer."""
        return self.network.config.num_hidden_layers + 1, self.network.config.hidden_size

    @property
    def limit(self) -> int:
        """Longest text in tokens, special tokens included."""
        positions = self.network.config.max_position_embeddings
        return min(self.tokenizer.model_max_length, positions)


def load(folder: Path, random_init: bool = False) -> Transformer:
    """Load a Hugging Face folder without the network and without pickles, on the GPU if any.

    Parameters
    ----------
    folder
        Holds config.json, tokenizer.json and model.safetensors.
    random_init
        Same architecture with untrained weights, drawn from a fixed seed.

    Raises
    ------
    BadInput
        When a file is missing or the weights are damaged.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        network = _untrained(folder) if random_init else _trained(folder)
    except (OSError, SafetensorError) as error:
        raise BadInput(folder, "model", str(error), "fetch the model again") from error
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.nn.Module.to(network.eval(), device)
    return Transformer(folder, tokenizer, network)


def tokenise(model: Transformer, text: str) -> BatchEncoding:
    """Tokens of a text, with the characters that each covers and a mask of the special ones.

    Raises
    ------
    BadInput
        When the text is longer than the model takes: cutting it would lose words silently.
    """
    tokens = model.tokenizer(text, return_offsets_mapping=True, return_special_tokens_mask=True)
    if len(tokens["input_ids"]) > model.limit:
        raise BadInput(
            model.folder,
            "length",
            f"a text has {len(tokens['input_ids'])} tokens, the model takes {model.limit}",
            "give the feature a smaller context",
        )
    return tokens


def hidden_states(
    model: Transformer, texts: Sequence[Sequence[int]], batch: int = BATCH
) -> Iterator[Float32[np.ndarray, "token layer feature"]]:
    """Yield the states of each text's tokens, all layers from one forward pass.

    Parameters
    ----------
    model
        What `load` returned.
    texts
        Token ids of each text, special tokens included.
    batch
        Texts per forward pass; changes speed and memory, results only by rounding.
    """
    for start in range(0, len(texts), batch):
        ids = [torch.tensor(text) for text in texts[start : start + batch]]
        states = _forward(model.network, ids)
        yield from (states[i, : len(text)].numpy() for i, text in enumerate(ids))


@torch.inference_mode()
def _forward(network: PreTrainedModel, ids: list[torch.Tensor]) -> torch.Tensor:
    mask = pad_sequence([torch.ones_like(text) for text in ids], batch_first=True)
    output = network(
        input_ids=pad_sequence(ids, batch_first=True).to(network.device),
        attention_mask=mask.to(network.device),
        output_hidden_states=True,
    )
    return torch.stack(output.hidden_states, dim=2).float().cpu()


def _trained(folder: Path) -> PreTrainedModel:
    return AutoModel.from_pretrained(
        folder, local_files_only=True, use_safetensors=True, weights_only=True, dtype=torch.float32
    )


def _untrained(folder: Path) -> PreTrainedModel:
    config = AutoConfig.from_pretrained(folder, local_files_only=True)
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        return AutoModel.from_config(config, dtype=torch.float32)
