"""From a sentence to one vector: by a transformer that is tuned, or by fixed word vectors."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import pandas as pd
import torch
from jaxtyping import Float, Int
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from transformers import PreTrainedModel

from braid.errors import BadInput
from braid.features import static_vectors
from braid.features.transformer import Transformer, tokenise

Side = Literal[0, 1]


@runtime_checkable
class Embedder(Protocol):
    """Embeds the sentences of two languages; a module, whose trainable weights are tuned.

    Attributes
    ----------
    width
        Length of a vector, the same for both languages.
    """

    width: int

    def __call__(
        self, side: Side, rows: Int[torch.Tensor, " pair"]
    ) -> Float[torch.Tensor, "pair width"]:
        """Vectors of some sentences, by their positions, of the first or second language."""
        ...

    def save(self, folder: Path) -> None:
        """Write what was tuned into a folder."""
        ...


class TextEmbedder(nn.Module):
    """One transformer for both languages; its last states averaged (Reimers & Gurevych 2019).

    Parameters
    ----------
    model
        What is tuned; `save` writes a folder of the same layout.
    sentences
        A column for each of the two languages.
    trained_layers
        Upper layers that are trained; `all` trains the embeddings, too.

    Raises
    ------
    BadInput
        When a sentence is longer than the model takes, or upper layers are asked for that share
        their weights with the lower ones, as those of ALBERT do.
    """

    def __init__(
        self, model: Transformer, sentences: pd.DataFrame, trained_layers: int | Literal["all"]
    ) -> None:
        super().__init__()
        self.model, self.network = model, model.network
        self.width = model.network.config.hidden_size
        self.tokens = [
            [torch.tensor(tokenise(model, text)["input_ids"]) for text in sentences[language]]
            for language in sentences
        ]
        if trained_layers != "all":
            _freeze(model.folder, model.network, trained_layers)

    def forward(
        self, side: Side, rows: Int[torch.Tensor, " pair"]
    ) -> Float[torch.Tensor, "pair width"]:
        """Average the states of the tokens of each sentence, special ones included."""
        texts = [self.tokens[side][row] for row in rows.tolist()]
        ids = pad_sequence(texts, batch_first=True).to(self.network.device)
        mask = pad_sequence([torch.ones_like(text) for text in texts], batch_first=True).to(ids)
        states = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
        return (states * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)

    def save(self, folder: Path) -> None:
        """Write the tuned model as a Hugging Face folder."""
        self.network.save_pretrained(folder)
        self.model.tokenizer.save_pretrained(folder)


class VectorEmbedder(nn.Module):
    """Mean word vectors of each sentence, fixed, mapped linearly to axes that both languages share.

    Parameters
    ----------
    folders
        Word vectors of each language (`braid.features.static_vectors`).
    sentences
        A column for each of the two languages; cut into words by spaces where the vectors are of
        words.
    width
        Common axes.
    """

    def __init__(self, folders: Sequence[Path], sentences: pd.DataFrame, width: int) -> None:
        super().__init__()
        self.width = width
        vectors = [
            torch.from_numpy(static_vectors.embed(sentences[language].tolist(), folder))
            for language, folder in zip(sentences, folders, strict=True)
        ]
        self.vectors = nn.ParameterList(nn.Parameter(of, requires_grad=False) for of in vectors)
        self.maps = nn.ModuleList(nn.Linear(of.shape[1], width) for of in vectors)

    def forward(
        self, side: Side, rows: Int[torch.Tensor, " pair"]
    ) -> Float[torch.Tensor, "pair width"]:
        """Map the mean vectors of the sentences."""
        return self.maps[side](self.vectors[side][rows.to(self.vectors[side].device)])

    def save(self, folder: Path) -> None:
        """Write the maps."""
        save_file(self.maps.state_dict(), folder / "maps.safetensors")


def _freeze(folder: Path, network: PreTrainedModel, upper: int) -> None:
    """Leave only the upper layers to be trained."""
    layers = getattr(network.encoder, "layer", ())
    if upper > len(layers):
        problem = f"has {len(layers)} layers of its own weights, {upper} were asked for"
        raise BadInput(folder, "trained_layers", problem, "ask for fewer, or for all")
    network.requires_grad_(False)
    for layer in layers[-upper:]:
        layer.requires_grad_(True)
