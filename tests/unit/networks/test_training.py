import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from braid.errors import BadInput
from braid.networks.training import train, write
from braid.study.networks import Schedule

SCHEDULE = Schedule(
    steps=12, batch=8, accumulate=2, learning_rate=0.1, warmup=3, validate_every=3, patience=9
)


class Line:
    """Learn a noisy linear map; randomness in the examples, the loss and the network."""

    divisible = True
    size = 30

    def __init__(self, noise=0.1, stop=None):
        rng = torch.Generator().manual_seed(1)
        self.inputs = torch.randn(40, 4, generator=rng)
        truth = self.inputs @ torch.tensor([[1.0], [2.0], [-1.0], [0.0]])
        self.targets = truth + noise * torch.randn(40, 1, generator=rng)
        with torch.random.fork_rng():
            torch.manual_seed(2)
            self.network = nn.Sequential(nn.Linear(4, 6), nn.Dropout(0.2), nn.Linear(6, 1))
        self.network[0].bias.requires_grad_(False)
        self.calls, self.stop = 0, stop

    def loss(self, examples, generator):
        self.calls += 1
        if self.calls == self.stop:
            self.end()
        jitter = 0.1 * torch.randn(len(examples), 4, generator=generator)
        error = self.network(self.inputs[examples] + jitter) - self.targets[examples]
        return error.square().mean()

    def end(self):
        raise KeyboardInterrupt

    def validation_loss(self):
        return (self.network(self.inputs[30:]) - self.targets[30:]).square().mean().item()


class Killed(Line):
    def end(self):
        os.kill(os.getpid(), signal.SIGKILL)


def killed_training(folder):
    train(Killed(stop=15), SCHEDULE, 5, Path(folder))


def weights(task):
    return torch.cat([weight.detach().ravel() for weight in task.network.parameters()])


@pytest.fixture(scope="module")
def through(tmp_path_factory):
    """Give the task and the report of a training that ran through."""
    task = Line()
    return task, train(task, SCHEDULE, 5, tmp_path_factory.mktemp("through") / "checkpoint")


def same(task, training, through):
    assert torch.equal(weights(task), weights(through[0]))
    pd.testing.assert_frame_equal(training.log, through[1].log, check_exact=True)
    assert training[1:] == through[1][1:]


def test_learns_and_keeps_the_best_weights(through):
    task, training = through
    losses = training.log["validation_loss"].dropna()
    assert list(training.log["step"]) == list(range(13))
    assert list(losses.index) == [0, 3, 6, 9, 12]
    assert losses.min() < 0.6 * losses[0]
    assert task.validation_loss() == losses[training.best_step] == losses.min()
    assert not task.network.training


def test_frozen_weights_stay(through):
    assert torch.equal(through[0].network[0].bias, Line().network[0].bias)
    assert not torch.equal(through[0].network[0].weight, Line().network[0].weight)


class Still(Line):
    """Without any randomness: the mean error of all examples."""

    size = 16

    def __init__(self):
        super().__init__()
        self.network[1].p = 0.0
        self.validations = iter([1.0, 0.0])

    def loss(self, examples, generator):
        error = self.network(self.inputs[examples]) - self.targets[examples]
        return error.square().mean()

    def validation_loss(self):
        return next(self.validations)


def test_first_update_is_that_of_adamw(tmp_path):
    """Mean gradient of both passes, clipped, at the rate of the warm-up."""
    schedule = SCHEDULE.model_copy(update={"steps": 1, "clip": 0.05, "weight_decay": 0.5})
    task, other = Still(), Still()
    train(task, schedule, 5, tmp_path / "checkpoint")
    trained = [weight for weight in other.network.parameters() if weight.requires_grad]
    other.loss(torch.arange(16), None).backward()
    nn.utils.clip_grad_norm_(trained, 0.05)
    torch.optim.AdamW(trained, 0.1 / 3, (0.9, 0.98), weight_decay=0.5).step()
    torch.testing.assert_close(weights(task), weights(other), atol=1e-7, rtol=1e-5)


@pytest.mark.parametrize("stop", [2, 9, 16, 24])
def test_interrupted_training_ends_with_the_same_bits(tmp_path, through, stop):
    with pytest.raises(KeyboardInterrupt):
        train(Line(stop=stop), SCHEDULE, 5, tmp_path / "checkpoint")
    task = Line()
    torch.rand(stop)
    same(task, train(task, SCHEDULE, 5, tmp_path / "checkpoint"), through)
    assert task.calls == 24 - (stop - 1) // 6 * 6
    assert not list(tmp_path.iterdir())


def test_killed_process_goes_on_with_the_same_bits(tmp_path, through):
    code = f"import runpy; runpy.run_path({__file__!r})['killed_training']({str(tmp_path / 'c')!r})"
    child = subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=False)
    assert child.returncode == -signal.SIGKILL
    kept = load_file(tmp_path / "c" / "weights.safetensors")
    assert kept.keys() == {"0.weight", "2.weight", "2.bias"}
    task = Line()
    same(task, train(task, SCHEDULE, 5, tmp_path / "c"), through)
    assert task.calls == 12


def test_random_numbers_of_others_are_left_alone(tmp_path):
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    train(Line(), SCHEDULE, 5, tmp_path / "checkpoint")
    assert torch.equal(torch.rand(4), expected)


def test_another_seed_is_another_training(tmp_path, through):
    task = Line()
    train(task, SCHEDULE, 6, tmp_path / "checkpoint")
    assert not torch.equal(weights(task), weights(through[0]))


def test_impatience_stops_and_goes_back_to_the_best(tmp_path):
    losses = iter([3.0, 2.0, 1.0, 1.5, 1.0, 0.0])
    kept = []
    task = Line()

    def validation_loss():
        kept.append(weights(task))
        return next(losses)

    task.validation_loss = validation_loss
    schedule = SCHEDULE.model_copy(update={"patience": 2, "validate_every": 1})
    training = train(task, schedule, 5, tmp_path / "checkpoint")
    assert training.stopped_early
    assert training.best_step == 2
    assert len(training.log) == 5
    assert torch.equal(weights(task), kept[2])


def test_untrained_weights_may_be_the_best(tmp_path):
    task = Line()
    losses = iter(range(99))
    task.validation_loss = lambda: float(next(losses))
    training = train(task, SCHEDULE, 5, tmp_path / "checkpoint")
    assert training.best_step == 0
    assert torch.equal(weights(task), weights(Line()))


def test_loss_that_is_not_finite_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"learning_rate: loss .* at update"):
        train(Line(noise=1e30), SCHEDULE, 5, tmp_path / "checkpoint")


@pytest.mark.parametrize(
    ("task", "schedule", "seed", "field"),
    [
        (Line(noise=0.2), SCHEDULE, 5, "data"),
        (Line(), SCHEDULE, 6, "seed"),
        (Line(), SCHEDULE.model_copy(update={"batch": 4}), 5, "schedule"),
    ],
)
def test_checkpoint_of_another_training_is_refused(tmp_path, task, schedule, seed, field):
    with pytest.raises(KeyboardInterrupt):
        train(Line(stop=9), SCHEDULE, 5, tmp_path / "checkpoint")
    with pytest.raises(BadInput, match=f"{field}: is of another training"):
        train(task, schedule, seed, tmp_path / "checkpoint")


def test_written_report_says_what_happened(tmp_path, through):
    write(through[1], tmp_path, {"objective": "line"})
    log = pd.read_csv(tmp_path / "log.csv")
    pd.testing.assert_frame_equal(log, through[1].log, check_exact=True)
    report = json.loads((tmp_path / "training.json").read_text())
    assert report["objective"] == "line"
    assert report["updates"] == 12
    assert report["best_validation_loss"] == np.nanmin(log["validation_loss"])
    assert report["device"] == "cpu"
    assert report["precision"] == "float32"
