"""Costs of pictures, against closed forms and published sizes."""

import pytest

from braid import costs
from braid.costs import pictures
from braid.fitting.engine import memory


def test_a_pass_of_stable_diffusion_costs_what_is_published():
    """0.34e12 multiplications and additions for 512 x 512 pixels, two operations each."""
    one, two = (pictures.embed(pictures.STABLE, 1, 512, passes, 0) for passes in (1, 2))
    assert (two.gpu - one.gpu) * costs.GPU == pytest.approx(0.68e12, rel=0.1)


def test_pictures_are_generated_twice_a_step_and_kept_as_bytes():
    few, many = (pictures.generate(pictures.STABLE, 982 * 5, 512, steps) for steps in (25, 50))
    assert many.gpu == pytest.approx(2 * few.gpu, rel=0.05)
    assert many.disk == 982 * 5 * 512 * 512 * 3
    # All pictures are 3.9 GB, and not held.
    assert many.memory == few.memory < 10e9


def test_vectors_of_captions_cost_a_pass_of_each():
    """12 layers of 12 x 384^2 weights, two operations for each of 16 tokens of 5 captions."""
    one, two = (pictures.caption_vectors(12, 384, count) for count in (500, 1000))
    operations = 500 * 5 * 16 * 2 * 12 * 12 * 384**2
    assert (two.gpu - one.gpu) * costs.GPU == pytest.approx(operations, rel=0.01)
    assert one.disk == 4 * 500 * 384
    # 250,000 embeddings are more than the layers.
    assert one.memory > costs.TORCH + 4 * (250_000 + 12 * 12 * 384) * 384


def test_decoding_all_of_c_stays_below_16_gb():
    cost = pictures.decode(27_750, 7_604, 59_136, 982, folds=5, fits=1)
    assert cost.memory < 16e9
    assert cost.disk == 4 * 982 * 59_136
    shape = memory.Shape(27_750, 7_604, 1, 5)
    assert cost.memory > memory.engine_bytes(shape)
    assert pictures.decode(27_750, 7_604, 59_136, 982, 5, fits=8).cpu > 7 * cost.cpu


def test_a_design_of_trials_is_held_twice():
    cost = pictures.present(30_000, 500, 6_400)
    assert cost.disk == 4 * 30_000 * 6_400
    assert cost.memory - costs.LIBRARIES == pytest.approx(2 * cost.disk + 4 * 500 * 6_400)


def test_training_costs_three_passes():
    one, twice = (pictures.learn(4.6e6, 144, updates, 64) for updates in (100, 200))
    assert twice.cpu - costs.START == pytest.approx(2 * (one.cpu - costs.START))
