"""The half of CLIP that sees (Radford et al. 2021), through transformers."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import nn
from transformers import CLIPVisionModelWithProjection, PreTrainedModel

from braid.errors import BadInput
from braid.features.vision.network import Network

MEAN = (122.7709383, 116.7460125, 104.09373615)
SPREAD = (68.5005327, 66.6321579, 70.32316305)


class Clip(nn.Module):
    """`image_embeds`, and `hidden.0` (embeddings) to `hidden.24`: states of all patches."""

    def __init__(self, network: PreTrainedModel) -> None:
        super().__init__()
        self.network = network
        self.image_embeds = nn.Identity()
        states = network.config.num_hidden_layers + 1
        self.hidden = nn.ModuleList(nn.Identity() for _ in range(states))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Embeddings in the space that pictures share with texts (picture, feature)."""
        seen = self.network(pixel_values=pictures, output_hidden_states=True)
        for layer, states in zip(self.hidden, seen.hidden_states, strict=True):
            layer(states)
        return self.image_embeds(seen.image_embeds)


def load(folder: Path) -> Network:
    """Load a folder of the Hugging Face hub without the network and without pickles.

    Raises
    ------
    BadInput
        When a file is missing or the weights are damaged.
    """
    try:
        network = CLIPVisionModelWithProjection.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
    except (OSError, SafetensorError) as error:
        raise BadInput(folder, "model", str(error), "fetch the model again") from error
    return Network(Clip(network), MEAN, SPREAD)
