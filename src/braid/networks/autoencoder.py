"""An autoencoder of whole-brain responses (Luo & Kobayashi): the brain vectors of their BrainLM."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float32, Int
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional

from braid.errors import BadInput
from braid.networks.training import train, write
from braid.sources.folders import atomic_folder, let_read
from braid.study.networks import Schedule

BATCH = 256  # rows at a time where nothing is trained
_WEIGHTS, _CONFIG = "autoencoder.safetensors", "config.json"


class Autoencoder(nn.Module):
    """Fully connected layers down to a code and up again, on responses scaled to [0, 1].

    Between two layers there is a rectifier; code and reconstruction are linear. (The published code
    rectifies these, too, and normalises batches; the paper speaks of neither.)

    Parameters
    ----------
    low, high
        Smallest and largest response of each voxel in training; 0 and 0 for a masked voxel.
    sizes
        Widths of the layers after the voxels, the last one that of the code.
    """

    low: torch.Tensor
    high: torch.Tensor

    def __init__(
        self,
        low: Float[torch.Tensor, " voxel"],
        high: Float[torch.Tensor, " voxel"],
        sizes: Sequence[int],
    ) -> None:
        super().__init__()
        self.register_buffer("low", low)
        self.register_buffer("high", high)
        widths = (len(low), *sizes)
        self.encoder, self.decoder = _layers(widths), _layers(widths[::-1])

    def scale(self, bold: Float[torch.Tensor, "tr voxel"]) -> Float[torch.Tensor, "tr voxel"]:
        """Map each voxel's range in training to [0, 1], and what is masked to 0."""
        span = self.high - self.low
        scaled = (bold.to(span) - self.low) / span.where(span > 0, torch.inf)
        return scaled.nan_to_num(0.0)

    def forward(self, bold: Float[torch.Tensor, "tr voxel"]) -> Float[torch.Tensor, ""]:
        """Mean absolute error of the scaled responses rebuilt from their code."""
        scaled = self.scale(bold)
        return functional.l1_loss(self.decoder(self.encoder(scaled)), scaled)

    def code(self, bold: Float[torch.Tensor, "tr voxel"]) -> Float[torch.Tensor, "tr feature"]:
        """Code of responses."""
        return self.encoder(self.scale(bold))


class Reconstruction:
    """What is trained, a `braid.networks.updates.Task`: to rebuild responses.

    Parameters
    ----------
    network
        The autoencoder.
    training, validation
        Responses.
    """

    divisible = True

    def __init__(
        self,
        network: Autoencoder,
        training: Float32[np.ndarray, "tr voxel"],
        validation: Float32[np.ndarray, "other voxel"],
    ) -> None:
        self.network: nn.Module = network
        self.training, self.validation = (torch.from_numpy(of) for of in (training, validation))
        self.size = len(training)

    def loss(
        self, examples: Int[torch.Tensor, " batch"], generator: torch.Generator
    ) -> Float[torch.Tensor, ""]:
        """Error in some training rows; nothing is random."""
        return self.network(self.training[examples])

    def validation_loss(self) -> float:
        """Error in the validation rows."""
        batches = self.validation.split(BATCH)
        total = sum(self.network(batch).item() * len(batch) for batch in batches)
        return total / len(self.validation)


def fit_autoencoder(
    responses: Sequence[Float[np.ndarray, "_ _"]],
    rows: Mapping[str, Sequence[int]],
    sizes: Sequence[int],
    schedule: Schedule,
    seed: int,
    folder: Path,
    checkpoint: Path,
) -> None:
    """Train an autoencoder on the responses of all subjects to one stimulus.

    The published sizes, 46,840 voxels to 8,192, 4,096 and 1,024, make 843 M weights: 3.4 GB, and
    13.5 GB with gradient and moments, which is the size of a checkpoint, too.

    Parameters
    ----------
    responses
        Of each subject; NaN where a voxel is masked.
    rows
        Of each subject's responses: `train` for the weights and the range of each voxel,
        `validation` to tell when to stop.
    sizes
        Widths of the layers after the voxels, the last one that of the code.
    schedule
        How it is trained; published: AdamW, rate 1e-5, batches of 32, 75 epochs.
    seed
        Of weights and order.
    folder
        To be made: weights with the ranges, config.json, log.csv, training.json.
    checkpoint
        Folder of the state of training, which goes on from there if there is one.

    Raises
    ------
    BadInput
        When subjects have different voxels, or the checkpoint is of another training.
    """
    training, validation = (_pool(responses, rows[part]) for part in ("train", "validation"))
    low, high = (
        torch.from_numpy(np.nan_to_num(limit.reduce(training))) for limit in (np.fmin, np.fmax)
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = Autoencoder(low, high, sizes)
    outcome = train(Reconstruction(network, training, validation), schedule, seed, checkpoint)
    about = {"kind": "autoencoder", "voxels": len(low), "sizes": list(sizes)}
    counts = {"subjects": len(responses), "training": len(training), "validation": len(validation)}
    with atomic_folder(folder) as partial:
        save_file(network.state_dict(), partial / _WEIGHTS)
        (partial / _CONFIG).write_text(f"{json.dumps(about, indent=2)}\n", encoding="utf-8")
        write(outcome, partial, about | counts)
        let_read(partial)


def compress(
    folder: Path, bold: Float[np.ndarray, "tr voxel"]
) -> Float32[np.ndarray, "tr feature"]:
    """Brain vectors: the code of each TR.

    Parameters
    ----------
    folder
        What `fit_autoencoder` wrote.
    bold
        Responses on the voxels that it was trained on; NaN where one is masked.

    Raises
    ------
    BadInput
        When the folder is damaged, or of other voxels.
    """
    network = _load(folder)
    if bold.shape[1] != len(network.low):
        problem = f"{bold.shape[1]} voxels, trained on {len(network.low)}"
        raise BadInput(folder, "voxel", problem, "use responses in the space of training")
    with torch.inference_mode():
        batches = torch.from_numpy(bold).split(BATCH)
        return torch.cat([network.code(batch).cpu() for batch in batches]).numpy()


def _load(folder: Path) -> Autoencoder:
    """Without drawing the weights that are replaced at once."""
    try:
        config = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
        weights = load_file(folder / _WEIGHTS)
        with torch.device("meta"):
            limits = torch.empty(config["voxels"])
            network = Autoencoder(limits, limits, config["sizes"])
        network.load_state_dict(weights, assign=True)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise BadInput(folder, "autoencoder", f"damaged ({error})", "train it again") from error
    return network.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _layers(widths: Sequence[int]) -> nn.Sequential:
    steps: list[nn.Module] = []
    for wide, narrow in pairwise(widths):
        steps += [nn.Linear(wide, narrow), nn.ReLU()]
    return nn.Sequential(*steps[:-1])


def _pool(
    responses: Sequence[Float[np.ndarray, "_ _"]], rows: Sequence[int]
) -> Float32[np.ndarray, "row voxel"]:
    """The same rows of every subject, one subject below the other."""
    if len({bold.shape[1] for bold in responses}) > 1:
        problem = "subjects have different numbers of voxels"
        raise BadInput("responses", "voxel", problem, "bring them to one space")
    return np.concatenate([bold[list(rows)] for bold in responses]).astype(np.float32)
