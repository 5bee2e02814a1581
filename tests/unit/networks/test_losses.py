import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from torch.nn.functional import cosine_similarity, triplet_margin_with_distance_loss

from braid.networks.losses import info_nce, neighbours, ridge, triplet


@pytest.fixture
def pair():
    rng = torch.Generator().manual_seed(0)
    text = torch.randn(12, 5, generator=rng)
    return text, text + torch.randn(12, 5, generator=rng)


def double_loop(text, brain, excluded, temperature):
    """InfoNCE as it is written down, one pair after the other."""
    total = 0.0
    n = len(text)
    for a, b, out in [(text, brain, excluded), (brain, text, excluded.T)]:
        for i in range(n):
            terms = [
                math.exp(cosine_similarity(a[i], b[j], dim=0) / temperature)
                for j in range(n)
                if not out[i, j]
            ]
            own = math.exp(cosine_similarity(a[i], b[i], dim=0) / temperature)
            total -= math.log(own / sum(terms)) / (2 * n)
    return total


@pytest.mark.parametrize("temperature", [0.07, 1.0])
def test_info_nce_is_the_double_loop(pair, temperature):
    excluded = torch.rand(12, 12, generator=torch.Generator().manual_seed(1)) < 0.3
    excluded.fill_diagonal_(False)
    found = info_nce(*pair, excluded, temperature).item()
    assert found == pytest.approx(double_loop(*pair, excluded, temperature), rel=1e-5)


def test_info_nce_of_noise_is_chance_and_of_truth_is_none():
    rng = torch.Generator().manual_seed(0)
    text, noise = torch.randn(400, 300, generator=rng), torch.randn(400, 300, generator=rng)
    nothing = torch.zeros(400, 400, dtype=torch.bool)
    assert info_nce(text, noise, nothing, 1.0).item() == pytest.approx(math.log(400), abs=0.02)
    assert info_nce(text, 3 * text, nothing, 0.05).item() < 1e-3


def test_excluded_pairs_get_no_gradient(pair):
    text, brain = pair[0].requires_grad_(), pair[1].requires_grad_()
    excluded = torch.zeros(12, 12, dtype=torch.bool)
    excluded[:, 3] = excluded[3] = True
    excluded[3, 3] = False
    info_nce(text, brain, excluded, 0.1).backward()
    assert torch.isfinite(brain.grad).all()
    assert brain.grad[3].abs().max() < 1e-6
    assert brain.grad[4].abs().max() > 1e-4


@pytest.mark.parametrize("margin", [0.2, 1.0])
def test_triplet_is_that_of_torch(pair, margin):
    text, own = pair
    other = own.flip(0)
    expected = triplet_margin_with_distance_loss(
        text,
        own,
        other,
        distance_function=lambda a, b: 1 - cosine_similarity(a, b),
        margin=margin,
    )
    torch.testing.assert_close(triplet(text, own, other, margin), expected)


def test_triplet_is_satisfied_beyond_the_margin():
    text = torch.eye(4)
    assert triplet(text, text, -text, 0.2).item() == 0.0
    assert triplet(text, text, text, 0.2).item() == pytest.approx(0.2)


def test_ridge_is_least_where_sklearn_has_its_solution():
    rng = np.random.default_rng(0)
    inputs, measured = rng.normal(size=(50, 4)), rng.normal(size=(50, 3))
    fitted = Ridge(alpha=0.3 * 50, fit_intercept=False).fit(inputs, measured)
    weights = torch.tensor(fitted.coef_, requires_grad=True)
    x, y = torch.tensor(inputs), torch.tensor(measured)
    loss = ridge(x @ weights.T, y, weights, 0.3)
    loss.backward()
    assert weights.grad.abs().max() < 1e-8
    assert loss.item() < ridge(0 * y, y, 0 * weights, 0.3).item()


def test_neighbours_are_near_in_the_same_run():
    places = torch.tensor([[0, 5], [0, 6], [0, 8], [1, 5]])
    found = neighbours(places, places[:2], 2)
    assert found.tolist() == [[True, True], [True, True], [False, True], [False, False]]
