"""The published BrainLM, `vitmae_111M` (width 768) and `vitmae_650M` (width 1280).

Facts, of github.com/vandijklab/BrainLM (modeling_vit_mae_with_padding.py, brainlm_tutorial.ipynb)
and huggingface.co/vandijklab/brainlm at 4c54e0c, licence CC BY-NC-ND 4.0, not for commercial use:

- They are ViT-MAEs of images, not of parcels: no weights of theirs take a place in mm. A row is a
  parcel of A424, in the order of y, and a column a TR; 200 TRs by 424 parcels lie in the middle of
  a square of 432 or 434 pixels, -1 around them, the same in all three channels. A token is a square
  of 16 or 14 pixels: so many neighbours in y by so many TRs.
- Responses have their median removed, are divided by the range between their quartiles, both over
  all of the recordings (which are not published: here over each recording), and then by 5.6430855.
- They saw TRs of 0.735 s (UK Biobank) and never fewer than 200 of them.

So that nothing is invented: parcels without responses are zero, the median; a recording that is
shorter than 200 TRs is a narrower image, with -1 where TRs are missing. The third model there,
`old_13M`, has tokens of one parcel and Nystrom attention; its width is 256, and it is not read.
"""

from pathlib import Path
from typing import cast

import numpy as np
import torch
from jaxtyping import Bool, Float32
from safetensors import SafetensorError
from transformers.models.vit_mae.configuration_vit_mae import ViTMAEConfig
from transformers.models.vit_mae.modeling_vit_mae import ViTMAEModel

from braid.datasets.rest.parcels import a424
from braid.errors import BadInput
from braid.networks.brainlm.inputs import Inputs

WINDOW = 200
TRAINED_ON = Inputs((0.735,), (424, 424), None, None, None)

_DIVISOR = 5.6430855
_OUTSIDE = -1.0


class Published:
    """The encoder of a published autoencoder, frozen.

    Parameters
    ----------
    folder
        Holds its config.json, and model.safetensors or pytorch_model.bin.

    Raises
    ------
    BadInput
        When a weight is missing or of another shape, or a file is damaged.
    """

    window = WINDOW

    def __init__(self, folder: Path) -> None:
        self.network = _load(folder)
        config = self.network.config
        self.size = cast(int, config.image_size)
        self.patch = cast(int, config.patch_size)
        self.hidden = config.hidden_size

    def per_tr(
        self,
        signal: Float32[np.ndarray, "window parcel tr"],
        present: Bool[np.ndarray, "window tr"],
        xyz: Float32[np.ndarray, "parcel 3"],
    ) -> Float32[np.ndarray, "window tr feature"]:
        """State of each TR: mean over the tokens whose columns hold it, around parcels only.

        Raises
        ------
        BadInput
            When a place is not that of a parcel of A424.
        """
        rows = _rows(xyz)
        tokens = self._tokens(_image(signal, present, rows, self.size))
        top, left = _margins(self.size)
        with_parcels = np.unique((top + np.arange(len(a424()))) // self.patch)
        columns = (left + np.arange(self.window)) // self.patch
        return tokens[:, with_parcels].mean(axis=1)[:, columns]

    @torch.inference_mode()
    def _tokens(
        self, image: Float32[np.ndarray, "window row column"]
    ) -> Float32[np.ndarray, "window down across feature"]:
        pixels = torch.from_numpy(image)[:, None].expand(-1, 3, -1, -1).to(self.network.device)
        side = self.size // self.patch
        # Tokens are sorted by this noise: in their own order, none is hidden.
        order = torch.arange(side**2, device=pixels.device).expand(len(pixels), -1).float()
        states = self.network(pixels, noise=order).last_hidden_state[:, 1:]
        return states.unflatten(1, (side, side)).float().cpu().numpy()


def _load(folder: Path) -> ViTMAEModel:
    """Read the weights, whose names transformers translates; all must be there."""
    try:
        config = ViTMAEConfig.from_pretrained(folder, local_files_only=True, mask_ratio=0.0)
        loaded = ViTMAEModel.from_pretrained(
            folder,
            config=config,
            local_files_only=True,
            weights_only=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
            dtype=torch.float32,
        )
    except (OSError, SafetensorError) as error:
        raise BadInput(folder, "model", str(error), "fetch the model again") from error
    network, report = cast(tuple[ViTMAEModel, dict], loaded)
    _require_complete(folder, report)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.nn.Module.to(network.eval(), device)
    return network


def _require_complete(folder: Path, report: dict) -> None:
    """Refuse weights that would leave a part of the encoder untrained."""
    wrong = [(str(name), "is missing") for name in report["missing_keys"]]
    wrong += [
        (name, f"has the shape {tuple(there)}, expected {tuple(here)}")
        for name, there, here in report["mismatched_keys"]
    ]
    if wrong:
        name, problem = min(wrong)
        raise BadInput(folder, name, problem, "take a published `vitmae_` folder with its config")


def _rows(xyz: Float32[np.ndarray, "parcel 3"]) -> np.ndarray:
    """Row of the image that each place belongs in."""
    centres = a424()
    order = np.argsort(centres[:, 1], kind="stable")
    row_of = {tuple(centre): row for row, centre in enumerate(centres[order].tolist())}
    places = [tuple(place) for place in xyz.astype(float).tolist()]
    strangers = [place for place in places if place not in row_of]
    if strangers:
        problem = f"{strangers[0]} is no centre of a parcel of A424"
        raise BadInput("parcels", "xyz", problem, "parcellate with the centres of A424")
    return np.array([row_of[place] for place in places])


def _margins(size: int) -> tuple[int, int]:
    """Pixels above the first parcel and before the first TR."""
    return (size - len(a424())) // 2, (size - WINDOW) // 2


def _image(
    signal: Float32[np.ndarray, "window parcel tr"],
    present: Bool[np.ndarray, "window tr"],
    rows: np.ndarray,
    size: int,
) -> Float32[np.ndarray, "window row column"]:
    inner = np.zeros((len(signal), len(a424()), WINDOW), np.float32)
    inner[:, rows] = signal / _DIVISOR
    inner = np.where(present[:, None], inner, np.float32(_OUTSIDE))
    (top, left), height = _margins(size), inner.shape[1]
    after = (size - top - height, size - left - WINDOW)
    pads = ((0, 0), (top, after[0]), (left, after[1]))
    return np.pad(inner, pads, constant_values=_OUTSIDE)
