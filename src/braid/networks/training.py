"""Train a network: AdamW with warm-up, early stopping, and checkpoints that change nothing.

A training that was killed and goes on from its checkpoint ends, on the CPU, with the very bits of
one that ran through.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd
import torch

from braid.errors import BadInput
from braid.networks.checkpoints import Checkpoint, Row, Tensors, load, save
from braid.networks.updates import Passes, Task, learning_rate
from braid.store import remove
from braid.study.networks import Schedule


class Training(NamedTuple):
    """What happened.

    Attributes
    ----------
    log
        One row per update, `step`, `learning_rate`, `training_loss`, `validation_loss` (NaN where
        it was not measured); row 0 is the network before any update.
    best_step
        The update with the lowest validation loss, whose weights were kept.
    stopped_early
        Whether it ran out of patience before it ran out of updates.
    device, precision
        What it was computed with.
    """

    log: pd.DataFrame
    best_step: int
    stopped_early: bool
    device: str
    precision: str


def train(task: Task, schedule: Schedule, seed: int, checkpoint: Path) -> Training:
    """Train a network, from a checkpoint on if there is one.

    Parameters
    ----------
    task
        Its network ends with the best weights, in evaluation mode.
    schedule
        How long and how fast.
    seed
        Of order, masks and dropout.
    checkpoint
        Folder of the state, written after each validation; removed at the end.

    Raises
    ------
    BadInput
        When the checkpoint is damaged or of another training, or the loss is not finite.
    torch.OutOfMemoryError
        When one example, or a batch that is not divisible, does not fit into the GPU.
    """
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        run = _Run(task, schedule, seed)
        if checkpoint.exists():
            run.resume(checkpoint)
        while len(run.log) <= schedule.steps and _stale(run.log) < schedule.patience:
            run.update()
            if run.due():
                run.save(checkpoint)
    run.put(run.best)
    remove(checkpoint)
    return run.report()


def write(
    training: Training, folder: Path, about: Mapping[str, object] = MappingProxyType({})
) -> None:
    """Write `log.csv` and `training.json` into a folder.

    Parameters
    ----------
    training
        What `train` returned.
    folder
        Where they go.
    about
        What else training.json says, as JSON.
    """
    training.log.to_csv(folder / "log.csv", index=False)
    outcome = {
        "updates": len(training.log) - 1,
        "best_step": training.best_step,
        "best_validation_loss": training.log["validation_loss"].to_numpy()[training.best_step],
        "stopped_early": training.stopped_early,
        "device": training.device,
        "precision": training.precision,
    }
    text = json.dumps({**about, **outcome}, indent=2)
    (folder / "training.json").write_text(f"{text}\n", encoding="utf-8")


class _Run:
    """A training on its way."""

    def __init__(self, task: Task, schedule: Schedule, seed: int) -> None:
        self.task, self.schedule, self.seed = task, schedule, seed
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        task.network.to(self.device)
        self.weights: Tensors = {
            name: weight for name, weight in task.network.named_parameters() if weight.requires_grad
        }
        self.optimiser = torch.optim.AdamW(
            self.weights.values(), betas=schedule.betas, weight_decay=schedule.weight_decay
        )
        self.passes = Passes(task, schedule, seed, self.device)
        self.log = [Row(0, math.nan, math.nan, self.validate())]
        self.best = self.copy()

    def update(self) -> None:
        """Move the weights once."""
        step = len(self.log)
        rate = learning_rate(self.schedule, step)
        loss = self.passes.gradient(step)
        if self.schedule.clip is not None:
            torch.nn.utils.clip_grad_norm_(self.weights.values(), self.schedule.clip)
        self.optimiser.param_groups[0]["lr"] = rate
        self.optimiser.step()
        self.log.append(Row(step, rate, loss, math.nan))

    def due(self) -> bool:
        """Whether the last update is followed by a validation."""
        step = self.log[-1].step
        return step % self.schedule.validate_every == 0 or step == self.schedule.steps

    def save(self, checkpoint: Path) -> None:
        """Validate, keep the weights if they are the best so far, and write a checkpoint."""
        self.log[-1] = self.log[-1]._replace(validation_loss=self.validate())
        if _best(self.log) == self.log[-1].step:
            self.best = self.copy()
        state = Checkpoint(self.log, self.copy(), self.best, self.moments())
        save(checkpoint, self.identity(), state)

    def resume(self, checkpoint: Path) -> None:
        """Go on from a checkpoint."""
        state = load(checkpoint, self.identity())
        was, now = state.log[0].validation_loss, self.log[0].validation_loss
        if not math.isclose(was, now, rel_tol=1e-4):
            problem = f"is of another training: loss {was} before any update, now {now}"
            raise BadInput(checkpoint, "data", problem, "delete the folder")
        self.put(state.weights)
        self.log, self.best = state.log, state.best
        moments: dict[int, Tensors] = {}
        for name, tensor in state.moments.items():
            number, moment = name.split(".")
            moments.setdefault(int(number), {})[moment] = tensor
        self.optimiser.load_state_dict({**self.optimiser.state_dict(), "state": moments})

    def identity(self) -> dict[str, object]:
        """What a checkpoint must share with this training."""
        return {
            "schedule": self.schedule.model_dump(mode="json"),
            "seed": self.seed,
            "examples": self.task.size,
            "weights": {name: list(weight.shape) for name, weight in self.weights.items()},
        }

    def moments(self) -> Tensors:
        """State of the optimiser, flat."""
        state = self.optimiser.state_dict()["state"]
        return {f"{i}.{name}": value for i, of in state.items() for name, value in of.items()}

    def copy(self) -> Tensors:
        """Copy the trained weights."""
        return {name: weight.detach().cpu().clone() for name, weight in self.weights.items()}

    @torch.no_grad()
    def put(self, weights: Tensors) -> None:
        """Set the trained weights."""
        for name, weight in self.weights.items():
            weight.copy_(weights[name])
        self.task.network.eval()

    @torch.no_grad()
    def validate(self) -> float:
        """Loss on validation data."""
        self.task.network.eval()
        with self.passes.autocast():
            return self.task.validation_loss()

    def report(self) -> Training:
        """Say what happened."""
        gpu = self.device.type == "cuda"
        return Training(
            log=pd.DataFrame(self.log, columns=list(Row._fields)),
            best_step=_best(self.log),
            stopped_early=len(self.log) <= self.schedule.steps,
            device=torch.cuda.get_device_name() if gpu else "cpu",
            precision="bfloat16 autocast" if gpu else "float32",
        )


def _validated(log: list[Row]) -> list[Row]:
    return [row for row in log if not math.isnan(row.validation_loss)]


def _best(log: list[Row]) -> int:
    return min(_validated(log), key=lambda row: row.validation_loss).step


def _stale(log: list[Row]) -> int:
    """Count validations since the best one."""
    return sum(row.step > _best(log) for row in _validated(log))
