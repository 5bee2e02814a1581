"""A GPU that runs out of memory: smaller blocks, the same scores, and a record of it."""

import numpy as np
import pytest
import ridge_oracle
import torch

from braid.fitting import BandedEngine, RidgeEngine
from braid.fitting.banded.forms import GroupForm, KernelForm
from braid.fitting.banded.search import Search
from braid.fitting.engine.crossval import STRIP
from braid.fitting.engine.statistics import Products, Rows

RUNS = np.repeat([0, 1, 2], [12, 20, 16])
ALPHAS = np.logspace(-2, 4, 10)
VOXELS = 10 * STRIP
NAMES = np.array(["sound", "image"])

# What prepares a block in each engine and form: a class, its method, and a design of that form.
STAGES = {
    "ridge, primal": (Products, "of", 6),
    "ridge, dual": (Rows, "of", 90),
    "banded, primal": (GroupForm, "statistics", 6),
    "banded, dual": (KernelForm, "statistics", 90),
}
stages = pytest.mark.parametrize("stage", STAGES)


def _engine(stage, backend="numpy", block=8 * STRIP):
    features = STAGES[stage][2]
    X, Y = ridge_oracle.planted(np.random.default_rng(0), RUNS, features, VOXELS)
    settings = {"runs": RUNS, "alphas": ALPHAS, "backend": backend, "block": block}
    if stage.startswith("ridge"):
        return RidgeEngine(X, **settings), Y
    return BandedEngine(X, NAMES[np.arange(features) % 2], n_draws=2, **settings), Y


def _fail_above(monkeypatch, stage, voxels, error):
    """Let products of more voxels than fit raise what a GPU raises."""
    form, method, _ = STAGES[stage]
    real, seen = getattr(form, method), []

    def of(self, Yt):
        seen.append(len(Yt))
        if len(Yt) > voxels:
            raise error
        return real(self, Yt)

    monkeypatch.setattr(form, method, of)
    return seen


@pytest.mark.fault(46, recovers=True)
@stages
@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("room", [4 * STRIP, 2 * STRIP, STRIP])
def test_blocks_are_halved_until_they_fit(monkeypatch, stage, backend, room):
    engine, Y = _engine(stage, backend)
    expected = engine.fit(Y)
    seen = _fail_above(monkeypatch, stage, room, torch.OutOfMemoryError("CUDA out of memory"))
    fit = engine.fit(Y)
    halvings = int(np.log2(8 * STRIP / room))
    sizes = [8 * STRIP // 2**i for i in range(1, halvings + 1)]
    assert engine.events == [f"out of memory: on with blocks of {n} voxels" for n in sizes]
    assert engine.block == room
    assert seen[: halvings + 1] == [8 * STRIP, *sizes]
    assert set(seen[halvings:]) == {room}
    np.testing.assert_allclose(fit.cv_scores, expected.cv_scores, atol=1e-12)
    np.testing.assert_allclose(fit.coef, expected.coef, atol=1e-12)


@pytest.mark.fault(46, recovers=True)
@stages
def test_no_voxel_is_worked_on_twice_or_lost(monkeypatch, stage):
    engine, Y = _engine(stage)
    whole = engine.fit(Y)
    _fail_above(monkeypatch, stage, 2 * STRIP, torch.OutOfMemoryError())
    assert engine.fit(Y).cv_scores.shape == whole.cv_scores.shape
    assert len(engine.events) == 2


@pytest.mark.fault(46, recovers=True)
def test_a_pass_of_banded_ridge_shrinks_with_its_blocks(monkeypatch):
    """All blocks of a pass are in memory at once: narrower ones alone would not help."""
    X, Y = ridge_oracle.planted(np.random.default_rng(0), RUNS, 6, VOXELS)
    settings = {"runs": RUNS, "alphas": ALPHAS, "n_draws": 2}
    engine = BandedEngine(X, NAMES[np.arange(6) % 2], **settings, block=4 * STRIP, held=VOXELS)
    expected, real, passes = engine.fit(Y), Search.run, []

    def run(self, blocks, draws):
        passes.append(sum(len(Yt) for Yt, _ in blocks))
        if passes[-1] > 4 * STRIP:
            raise torch.OutOfMemoryError
        return real(self, blocks, draws)

    monkeypatch.setattr(Search, "run", run)
    np.testing.assert_allclose(engine.fit(Y).coef, expected.coef, atol=1e-12)
    assert passes == [8 * STRIP, 4 * STRIP, 4 * STRIP, 2 * STRIP]
    assert engine.block == 2 * STRIP


@pytest.mark.fault(46)
@stages
def test_what_does_not_fit_in_a_strip_is_an_error(monkeypatch, stage):
    engine, Y = _engine(stage)
    seen = _fail_above(monkeypatch, stage, STRIP - 1, torch.OutOfMemoryError("CUDA out of memory"))
    with pytest.raises(torch.OutOfMemoryError, match="CUDA out of memory"):
        engine.fit(Y)
    assert min(seen) == STRIP
    assert seen[-1] == STRIP


@stages
@pytest.mark.parametrize("error", [RuntimeError("an illegal access"), ValueError("a bad shape")])
def test_other_errors_surface_at_once(monkeypatch, stage, error):
    engine, Y = _engine(stage)
    seen = _fail_above(monkeypatch, stage, 0, error)
    with pytest.raises(type(error), match=str(error)):
        engine.fit(Y)
    assert len(seen) == 1
    assert engine.events == []
