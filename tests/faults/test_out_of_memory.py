"""A GPU that runs out of memory: smaller blocks, the same scores, and a record of it."""

import numpy as np
import pytest
import ridge_oracle
import torch

from braid.fitting import RidgeEngine
from braid.fitting.engine.crossval import STRIP
from braid.fitting.engine.statistics import Products, Rows

RUNS = np.repeat([0, 1, 2], [12, 20, 16])
ALPHAS = np.logspace(-2, 4, 10)
VOXELS = 10 * STRIP

forms = pytest.mark.parametrize(("features", "form"), [(6, Products), (90, Rows)])


def _engine(features, backend="numpy", block=8 * STRIP):
    rng = np.random.default_rng(0)
    X, Y = ridge_oracle.planted(rng, RUNS, features, VOXELS)
    return RidgeEngine(X, runs=RUNS, alphas=ALPHAS, backend=backend, block=block), Y


def _fail_above(monkeypatch, form, voxels, error):
    """Let products of more voxels than fit raise what a GPU raises."""
    real, seen = form.of, []

    def of(self, Yt):
        seen.append(len(Yt))
        if len(Yt) > voxels:
            raise error
        return real(self, Yt)

    monkeypatch.setattr(form, "of", of)
    return seen


@forms
@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("room", [4 * STRIP, 2 * STRIP, STRIP])
def test_blocks_are_halved_until_they_fit(monkeypatch, features, form, backend, room):
    engine, Y = _engine(features, backend)
    expected = engine.fit(Y)
    seen = _fail_above(monkeypatch, form, room, torch.OutOfMemoryError("CUDA out of memory"))
    fit = engine.fit(Y)
    halvings = int(np.log2(8 * STRIP / room))
    sizes = [8 * STRIP // 2**i for i in range(1, halvings + 1)]
    assert engine.events == [f"out of memory: on with blocks of {n} voxels" for n in sizes]
    assert engine.block == room
    assert seen[: halvings + 1] == [8 * STRIP, *sizes]
    assert set(seen[halvings:]) == {room}
    np.testing.assert_allclose(fit.cv_scores, expected.cv_scores, atol=1e-12)
    np.testing.assert_allclose(fit.coef, expected.coef, atol=1e-12)


@forms
def test_no_voxel_is_worked_on_twice_or_lost(monkeypatch, features, form):
    engine, Y = _engine(features)
    whole = engine.scores(Y)
    _fail_above(monkeypatch, form, 2 * STRIP, torch.OutOfMemoryError())
    assert engine.scores(Y).shape == whole.shape
    assert len(engine.events) == 2


@forms
def test_what_does_not_fit_in_a_strip_is_an_error(monkeypatch, features, form):
    engine, Y = _engine(features)
    seen = _fail_above(monkeypatch, form, STRIP - 1, torch.OutOfMemoryError("CUDA out of memory"))
    with pytest.raises(torch.OutOfMemoryError, match="CUDA out of memory"):
        engine.scores(Y)
    assert min(seen) == STRIP
    assert seen[-1] == STRIP


@forms
@pytest.mark.parametrize("error", [RuntimeError("an illegal access"), ValueError("a bad shape")])
def test_other_errors_surface_at_once(monkeypatch, features, form, error):
    engine, Y = _engine(features)
    seen = _fail_above(monkeypatch, form, 0, error)
    with pytest.raises(type(error), match=str(error)):
        engine.scores(Y)
    assert len(seen) == 1
    assert engine.events == []
