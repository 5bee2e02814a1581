"""How far a training has come, on disk: tensors in safetensors, the log and whose it is in JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from braid.errors import BadInput
from braid.sources.folders import atomic_folder

Tensors = dict[str, torch.Tensor]


class Row(NamedTuple):
    """One update in the log; row 0 is the network before any."""

    step: int
    learning_rate: float
    training_loss: float
    validation_loss: float


class Checkpoint(NamedTuple):
    """What a training needs to go on as if it had never stopped.

    Attributes
    ----------
    log
        One row per update so far.
    weights, best
        Trained weights now, and when the validation loss was lowest.
    moments
        State of the optimiser, by number of the parameter and name.
    """

    log: list[Row]
    weights: Tensors
    best: Tensors
    moments: Tensors


def save(folder: Path, identity: Mapping[str, object], state: Checkpoint) -> None:
    """Write a checkpoint in place of an older one, whole or not at all.

    Parameters
    ----------
    folder
        Where it goes.
    identity
        Whose training this is, as JSON.
    state
        How far it has come.
    """
    with atomic_folder(folder) as partial:
        for part in ("weights", "best", "moments"):
            save_file(_contiguous(getattr(state, part)), partial / f"{part}.safetensors")
        text = json.dumps({"identity": identity, "log": state.log})
        (partial / "progress.json").write_text(text, encoding="utf-8")


def load(folder: Path, identity: Mapping[str, object]) -> Checkpoint:
    """Read a checkpoint.

    Parameters
    ----------
    folder
        Where `save` wrote it.
    identity
        Whose training goes on.

    Raises
    ------
    BadInput
        When a file is missing or damaged, or the checkpoint is of another training.
    """
    try:
        progress = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
        parts = [load_file(folder / f"{part}.safetensors") for part in Checkpoint._fields[1:]]
        found, log = progress["identity"], [Row(*row) for row in progress["log"]]
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise BadInput(folder, "checkpoint", f"damaged ({error})", "delete the folder") from error
    for key, value in identity.items():
        if found.get(key) != value:
            problem = f"is of another training: {found.get(key)!r}, now {value!r}"
            raise BadInput(folder, key, problem, "delete the folder")
    return Checkpoint(log, *parts)


def _contiguous(tensors: Tensors) -> Tensors:
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
