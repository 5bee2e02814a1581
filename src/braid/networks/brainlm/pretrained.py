"""The encoder that `pretrain` made."""

from pathlib import Path
from typing import cast

import numpy as np
import torch
from jaxtyping import Bool, Float32
from safetensors import SafetensorError

from braid.errors import BadInput
from braid.networks.brainlm.model import BrainLM


class Pretrained:
    """The encoder of an autoencoder that was trained here, frozen.

    Parameters
    ----------
    folder
        What `pretrain` wrote.

    Raises
    ------
    BadInput
        When the weights are missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        try:
            network = BrainLM.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        except (OSError, SafetensorError) as error:
            raise BadInput(folder, "model", str(error), "pre-train it again") from error
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.nn.Module.to(network.eval(), device)
        self.network = network
        self.window = cast(int, network.config.image_size)
        self.patch = cast(int, network.config.patch_size)
        self.hidden = network.config.hidden_size

    @torch.inference_mode()
    def per_tr(
        self,
        signal: Float32[np.ndarray, "window parcel tr"],
        present: Bool[np.ndarray, "window tr"],
        xyz: Float32[np.ndarray, "parcel 3"],
    ) -> Float32[np.ndarray, "window tr feature"]:
        """State of each TR in each window: mean over parcels of the tokens that hold it."""
        device = self.network.device
        patches = torch.from_numpy(signal).to(device).unflatten(2, (-1, self.patch))
        there = torch.from_numpy(present).to(device).unflatten(1, (-1, self.patch)).any(dim=2)
        places = torch.from_numpy(xyz).to(device).expand(len(signal), -1, -1)
        tokens = self.network.states(patches, places, there).mean(dim=1)
        return tokens.repeat_interleave(self.patch, dim=1).float().cpu().numpy()
