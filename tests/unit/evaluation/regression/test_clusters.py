"""A picture is decoded without any picture of its cluster when that is asked for."""

import numpy as np
import pytest

from braid.evaluation.regression.clusters import cluster

KINDS = np.arange(240) % 4


@pytest.fixture
def features():
    """Four kinds of pictures, far apart, with little of their own."""
    own = np.random.default_rng(5).standard_normal((240, 12))
    return np.repeat(3 * np.eye(4), 3, axis=1)[KINDS] + 0.3 * own


def identified(found, features, kinds):
    """Share of pictures whose decoded features are nearest to the centre of their kind."""
    centres = np.stack([features[kind == KINDS].mean(axis=0) for kind in range(4)])
    away = ((found["decoded"].values[:, None] - centres) ** 2).sum(axis=2)
    return (away.argmin(axis=1) == kinds).mean()


def spread_test(here):
    """Test pictures of all kinds; the kind of each."""
    here.shared = (here.shown % 7) == 1
    for subject in here.bold:
        here.store_responses(subject)
    return KINDS[here.tests]


def test_a_kind_that_was_never_trained_on_cannot_be_told(world, features):
    here = world(features)
    kinds = spread_test(here)
    assert identified(here.decode(), features, kinds) > 0.95
    apart = here.decode(hold_out=4)
    assert identified(apart, features, kinds) < 0.1
    training = np.setdiff1d(np.arange(240), here.tests)
    left = (KINDS[training][:, None] != kinds).sum(axis=0)
    np.testing.assert_array_equal(apart["trained_on"], left)


def test_responses_to_a_cluster_do_not_reach_what_is_decoded_of_it(world, features):
    here = world(features)
    kinds = spread_test(here)
    before = here.decode(hold_out=4)["decoded"].values
    changed = (KINDS[here.shown] == 2) & ~here.shared
    here.bold["S1"][changed] *= -3
    here.store_responses("S1")
    after = here.decode(hold_out=4)["decoded"].values
    same = (before == after).all(axis=1)
    np.testing.assert_array_equal(same, kinds == 2)


def test_penalties_and_scores_are_those_of_all_clusters(world, features):
    here = world(features)
    spread_test(here)
    apart = here.decode(hold_out=4)
    assert apart["alpha"].shape == apart["cv_score"].shape == (12,)
    assert np.isfinite(apart["alpha"]).all()
    assert apart.attrs["rows"] == (~here.shared).sum()


@pytest.mark.parametrize("width", [1, 30])
def test_clusters_are_the_kinds_whatever_the_number_of_features_and_the_seed(features, width):
    noise = np.random.default_rng(1).standard_normal((240, 12 * width))
    wide = (np.tile(features, width) + 0.8 * noise).astype(np.float32)
    for seed in range(8):
        known, met = cluster(wide[:200], wide[200:], 4, seed)
        pairs = set(zip([*known, *met], KINDS, strict=True))
        assert len(pairs) == len({label for label, _ in pairs}) == 4
