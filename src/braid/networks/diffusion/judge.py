"""Train a judge: which thing a picture shows.

Generated pictures are less sharp than those it learns from, and a judge of sharp pictures would
call them wrong. So it learns from pictures that are blurred by random amounts, too.
"""

import json
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from braid.features.vision import features
from braid.features.vision.judge import CONFIG, Judge, names
from braid.networks.diffusion.autoencoder import as_input
from braid.networks.diffusion.scenes import Described
from braid.networks.training import train, write
from braid.sources.folders import atomic_folder, let_read
from braid.study.generators import PictureJudge
from braid.study.networks import Schedule

BATCH = 256  # pictures at a time where nothing is trained
SMALLEST = 0.4  # side of a picture before it is brought back to size, which blurs it

NETWORK = "picture_judge"  # as `braid.features.vision` knows it


class Naming:
    """The names of things, a `braid.networks.updates.Task`.

    Parameters
    ----------
    network
        The judge.
    pictures
        To train on, and to stop by.
    labels
        Number of the thing on each.
    """

    divisible = True

    def __init__(
        self,
        network: Judge,
        pictures: tuple[UInt8[np.ndarray, "_ side side 3"], UInt8[np.ndarray, "_ side side 3"]],
        labels: tuple[Int[np.ndarray, " _"], Int[np.ndarray, " _"]],
    ) -> None:
        self.network: nn.Module = network
        self.pictures, self.labels = pictures, [torch.from_numpy(part) for part in labels]
        self.size = len(pictures[0])

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return next(self.network.parameters()).device

    def loss(
        self, examples: Int[torch.Tensor, " batch"], generator: torch.Generator
    ) -> Float[torch.Tensor, ""]:
        """Cross-entropy of some pictures, blurred."""
        pictures = _blurred(as_input(self.pictures[0][examples.numpy()]), generator)
        return self._loss(pictures, self.labels[0][examples])

    def validation_loss(self) -> float:
        """Cross-entropy of the validation pictures, as they are."""
        parts = self.labels[1].split(BATCH)
        starts = range(0, len(self.labels[1]), BATCH)
        pictures = (as_input(self.pictures[1][start : start + BATCH]) for start in starts)
        total = sum(
            self._loss(*pair).item() * len(pair[1]) for pair in zip(pictures, parts, strict=True)
        )
        return total / len(self.labels[1])

    def _loss(self, pictures: torch.Tensor, labels: torch.Tensor) -> Float[torch.Tensor, ""]:
        logits = self.network(pictures.to(self.device))
        return functional.cross_entropy(logits, labels.to(self.device))


def fit_judge(
    training: Described,
    validation: Described,
    spec: PictureJudge,
    schedule: Schedule,
    seed: int,
    folder: Path,
    checkpoint: Path,
) -> None:
    """Train a judge, and write its weights, its names, and how often it is right when held out.

    Parameters
    ----------
    training, validation
        Pictures, and what each shows.
    spec, schedule
        What is trained, and how.
    seed
        Of weights, order and blur.
    folder
        To be made, with log.csv and training.json.
    checkpoint
        Folder of the state of training, which goes on from there if there is one.
    """
    parts = training, validation
    known = sorted(set(training.names))
    labels = [np.array([known.index(name) for name in part.names]) for part in parts]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = Judge(spec.channels, len(known))
    task = Naming(network, (training.pixels, validation.pixels), (labels[0], labels[1]))
    outcome = train(task, schedule, seed, checkpoint)
    about = {"kind": spec.kind, "names": known, "channels": list(spec.channels)}
    with atomic_folder(folder) as partial:
        save_file(network.state_dict(), partial / "model.safetensors")
        (partial / CONFIG).write_text(f"{json.dumps(about, indent=2)}\n", encoding="utf-8")
        named = judge(partial, validation.pixels)
        right = float(np.mean(np.array(named) == np.array(validation.names)))
        write(outcome, partial, about | {"accuracy": right, "held_out": len(named)})
        let_read(partial)


def judge(folder: Path, pictures: UInt8[np.ndarray, "picture side side 3"]) -> list[str]:
    """Say what pictures show.

    Parameters
    ----------
    folder
        What `fit_judge` wrote.
    pictures
        Of the size that it was trained on, or near it.
    """
    known = names(folder)
    stretches = (pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH))
    logits = np.concatenate(list(features(stretches, folder, NETWORK, "head")))
    return [known[number] for number in logits.argmax(axis=1)]


def _blurred(
    pictures: Float[torch.Tensor, "picture 3 side side"], generator: torch.Generator
) -> Float[torch.Tensor, "picture 3 side side"]:
    """Made smaller by a random amount, the same for a batch, and brought back to size."""
    side = pictures.shape[-1]
    share = SMALLEST + (1 - SMALLEST) * torch.rand((), generator=generator).item()
    small = functional.interpolate(pictures, size=round(share * side), mode="area")
    return functional.interpolate(small, size=side, mode="bilinear")
