import pytest
import torch
from transformers import get_linear_schedule_with_warmup

from braid.networks.updates import Passes, draw, learning_rate
from braid.study.networks import Schedule

SCHEDULE = Schedule(
    steps=20, batch=8, accumulate=2, learning_rate=0.5, warmup=4, validate_every=1, patience=1
)
CPU = torch.device("cpu")


class Sum:
    """Loss w * mean(x); a GPU that takes only `room` examples at a time."""

    size = 16
    divisible = True

    def __init__(self, room):
        self.network = torch.nn.Linear(1, 1, bias=False)
        self.inputs = torch.arange(16.0) ** 2
        self.room, self.sizes = room, []

    def loss(self, examples, generator):
        self.sizes.append(len(examples))
        if len(examples) > self.room:
            raise torch.OutOfMemoryError
        return self.network(self.inputs[examples, None]).mean()

    def validation_loss(self):
        return 0.0


@pytest.mark.parametrize("warmup", [0, 4, 40])
def test_rate_is_that_of_transformers_but_never_zero(warmup):
    """Theirs begins with an update at rate zero; ours is theirs, one earlier in the warm-up."""
    schedule = SCHEDULE.model_copy(update={"warmup": warmup})
    optimiser = torch.optim.AdamW([torch.zeros(1, requires_grad=True)], 0.5)
    theirs = get_linear_schedule_with_warmup(optimiser, warmup, 20)
    expected = []
    for _ in range(20):
        expected.append(theirs.get_last_lr()[0])
        optimiser.step()
        theirs.step()
    found = [learning_rate(schedule, step) for step in range(1, 21)]
    assert found[warmup:] == pytest.approx(expected[warmup:])
    assert found[: min(warmup, 19)] == pytest.approx(expected[1 : warmup + 1][:19])
    assert min(found) > 0


def test_epochs_are_orders_of_all_examples():
    seen = [draw(10, 3, 7, number) for number in range(12)]
    assert {len(batch) for batch in seen} == {3}
    epochs = [torch.cat(seen[first : first + 3]).tolist() for first in range(0, 12, 3)]
    assert all(len(set(epoch)) == 9 for epoch in epochs)
    assert len(set(map(tuple, epochs))) == 4
    assert torch.equal(draw(10, 3, 7, 5), seen[5])
    assert not torch.equal(draw(10, 3, 8, 5), seen[5])


def test_few_examples_are_all_in_each_batch():
    assert sorted(draw(4, 32, 0, 3).tolist()) == [0, 1, 2, 3]


@pytest.mark.parametrize(("room", "largest"), [(8, 8), (5, 4), (1, 1)])
def test_passes_that_do_not_fit_are_halved(room, largest):
    task = Sum(room)
    passes = Passes(task, SCHEDULE, 0, CPU)
    loss = passes.gradient(1)
    mean = task.inputs.mean()
    torch.testing.assert_close(task.network.weight.grad.squeeze(), mean)
    assert loss == pytest.approx((mean * task.network.weight).item())
    assert passes.largest == largest
    task.sizes.clear()
    passes.gradient(2)
    assert task.sizes == [largest] * (16 // largest)


def test_gradient_does_not_remember_the_one_before():
    task = Sum(8)
    passes = Passes(task, SCHEDULE, 0, CPU)
    passes.gradient(1)
    passes.gradient(2)
    torch.testing.assert_close(task.network.weight.grad.squeeze(), task.inputs.mean())


@pytest.mark.parametrize(("divisible", "room"), [(False, 7), (True, 0)])
def test_what_cannot_be_halved_is_out_of_memory(divisible, room):
    task = Sum(room)
    task.divisible = divisible
    with pytest.raises(torch.OutOfMemoryError):
        Passes(task, SCHEDULE, 0, CPU).gradient(1)


def test_pass_has_its_own_random_numbers():
    drawn = []
    task = Sum(8)

    def loss(examples, generator):
        drawn.append((float(torch.rand(1, generator=generator)), float(torch.rand(1))))
        return task.network.weight.sum()

    task.loss = loss
    for step in (1, 2, 1):
        Passes(task, SCHEDULE, 0, CPU).gradient(step)
    assert drawn[:2] == drawn[4:]
    assert len(set(drawn)) == 4
