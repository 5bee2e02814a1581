"""The gradient of one update: which examples, in which passes, as many at a time as fit."""

import math
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int

from braid.errors import BadInput
from braid.study.networks import Schedule


@runtime_checkable
class Task(Protocol):
    """What is learned, and from what.

    Attributes
    ----------
    network
        Its parameters with `requires_grad` are trained. It is moved to the GPU if there is one;
        a loss brings its tensors to where the network is.
    size
        Training examples.
    divisible
        Whether a batch may be split into smaller passes: not when examples are compared with each
        other.
    """

    size: int
    divisible: bool

    @property
    def network(self) -> torch.nn.Module:
        """What is trained."""
        ...

    def loss(
        self, examples: Int[torch.Tensor, " batch"], generator: torch.Generator
    ) -> Float[torch.Tensor, ""]:
        """Mean loss of some training examples; all that is random comes from `generator`."""
        ...

    def validation_loss(self) -> float:
        """Loss on validation data, with the same masks and negatives every time."""
        ...


class Passes:
    """The passes through the network that make up each update.

    All that is random in update n follows from (seed, n, pass) alone: which examples, which masks,
    what is dropped out.

    Parameters
    ----------
    task, schedule
        What is learned, and how.
    seed
        Of order, masks and dropout.
    device
        Where the network is.
    """

    def __init__(self, task: Task, schedule: Schedule, seed: int, device: torch.device) -> None:
        self.task, self.schedule, self.seed, self.device = task, schedule, seed, device
        self.largest = schedule.batch

    def gradient(self, step: int) -> float:
        """Set the gradient of update `step`, counted from 1; gives the loss.

        When the GPU is full, it starts again in passes of half the size, and keeps to that size.

        Raises
        ------
        BadInput
            When the loss is not finite.
        torch.OutOfMemoryError
            When one example, or a batch that is not divisible, does not fit.
        """
        while True:
            self.task.network.zero_grad()
            try:
                return self._accumulate(step)
            except torch.OutOfMemoryError:
                if not self.task.divisible or self.largest == 1:
                    raise
            self.largest = (self.largest + 1) // 2
            torch.cuda.empty_cache()

    def autocast(self) -> torch.autocast:
        """Compute in bfloat16 on a GPU."""
        return torch.autocast(self.device.type, torch.bfloat16, self.device.type == "cuda")

    def _accumulate(self, step: int) -> float:
        """Add up the gradients of all passes of an update; gives their mean loss."""
        first = (step - 1) * self.schedule.accumulate
        numbers = range(first, first + self.schedule.accumulate)
        self.task.network.train()
        loss = sum(share for number in numbers for share in self._backward(step, number))
        if not math.isfinite(loss):
            raise BadInput("schedule", "learning_rate", f"loss {loss} at update {step}", "lower it")
        return loss

    def _backward(self, step: int, number: int) -> Iterator[float]:
        """Add the gradient of a pass, piece by piece; yields what each adds to the loss."""
        examples = draw(self.task.size, self.schedule.batch, self.seed, number)
        generator = _generator(self.seed, step, number)
        torch.manual_seed(generator.initial_seed())
        for piece in examples.split(self.largest):
            with self.autocast():
                loss = self.task.loss(piece, generator)
            share = loss * (len(piece) / len(examples) / self.schedule.accumulate)
            share.backward()
            yield share.item()


def learning_rate(schedule: Schedule, step: int) -> float:
    """Learning rate of an update, counted from 1: full at `warmup`, nothing left after `steps`."""
    rise = step / max(schedule.warmup, 1)
    fall = (schedule.steps - step + 1) / max(schedule.steps - schedule.warmup, 1)
    return schedule.learning_rate * min(rise, fall, 1.0)


def draw(size: int, batch: int, seed: int, number: int) -> Int[torch.Tensor, " batch"]:
    """Examples of a pass: each epoch is a new order, cut into batches; what is left over waits.

    Parameters
    ----------
    size
        Examples there are; with fewer than `batch`, each pass has them all.
    batch
        Examples per pass.
    seed
        Of the orders.
    number
        Passes before this one.
    """
    epoch, place = divmod(number, max(size // batch, 1))
    order = torch.randperm(size, generator=_generator(seed, epoch))
    return order[place * batch : (place + 1) * batch]


def _generator(*numbers: int) -> torch.Generator:
    state = np.random.SeedSequence(numbers).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(state[0]))
