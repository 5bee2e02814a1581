"""Any split of the voxels over jobs gives the same bits, in memory that does not grow."""

import tracemalloc

import numpy as np
import pytest
import xarray as xr
from toys import RUNS, TRS, VOXELS, table

from braid.errors import BadInput
from braid.evaluation import parts
from braid.evaluation.recordings import open_recordings
from braid.evaluation.scoring import _standard, mean_over_folds
from braid.evaluation.search import choose, search
from braid.evaluation.table import tabulate
from braid.fitting import ridge_cv
from braid.store import save

FITS = {
    "voxel": {},
    "shared": {"alpha": "shared"},
    "stack": {"edges": "stack", "score": "r2"},
    "banded": {"solver": "banded", "n_draws": 5},
}


@pytest.fixture
def small_blocks(monkeypatch):
    """Cut the thirty voxels of the toy into four blocks."""
    monkeypatch.setattr(parts, "BLOCK", 8)


@pytest.fixture
def gaps(responses):
    """Mask a whole block, and all but one voxel of another."""
    responses["bold"].values[:, [*range(8, 23)]] = np.nan
    return responses


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_any_split_gives_the_same_bits(small_blocks, design, gaps, plan, encode, fit):
    halves = {"kind": "runs", "k": 2}
    asked = plan(halves, inner=halves, **fit)
    scores, weights = encode([design], [gaps], asked)
    assert np.isfinite(scores["r"].values).sum() == VOXELS - 2 - 15
    for jobs in (2, 3, 4):
        split_scores, split_weights = encode([design], [gaps], asked, jobs)
        xr.testing.assert_identical(scores, split_scores)
        xr.testing.assert_identical(weights, split_weights)


@pytest.mark.parametrize("solver", ["ridge", "banded"])
def test_splits_of_many_voxels_too(plan, encode, solver):
    """Products of other widths may run through other kernels."""
    random = np.random.default_rng(0)
    X = random.standard_normal((RUNS * TRS, 1, 70)).astype(np.float32)
    noise = random.standard_normal((RUNS * TRS, 7000)).astype(np.float32)
    design = table(X, "design", ("layer", "feature"))
    design = design.assign_coords(band=("feature", np.repeat(["a", "b"], 35)))
    responses = table(noise, "bold", ("voxel",))
    held = {"kind": "held_out", "runs": {"twin": ["run4"]}}
    asked = plan(held, inner={"kind": "runs", "k": 2}, delays=[0], solver=solver, n_draws=2)
    scores, weights = encode([design], [responses], asked)
    for jobs in (2, 3):
        split_scores, split_weights = encode([design], [responses], asked, jobs)
        xr.testing.assert_identical(scores, split_scores)
        xr.testing.assert_identical(weights, split_weights)


def test_layer_and_shared_penalty_are_those_of_the_mean_over_all_voxels(
    small_blocks, design, responses, plan, tmp_path
):
    split = {"kind": "held_out", "runs": {"twin": ["run4"]}}
    asked = plan(split, alpha="shared", delays=[2])
    save(tmp_path / "r.nc", responses)
    with open_recordings([tmp_path / "r.nc"], {}) as recordings:
        designed = tabulate([design], recordings.head, asked)
        whole = slice(0, VOXELS)
        [choice] = choose(designed, recordings, asked, whole)
        halves = [
            search(designed, recordings, asked, part) for part in (slice(0, 16), slice(16, 30))
        ]
        assert choose(designed, recordings, asked, slice(0, 16), halves) == [choice]
    train = responses["run"].values != "run4"
    fits = [
        ridge_cv(
            design["design"].values[train, layer],
            responses["bold"].values[train],
            runs=responses["run"].values[train],
            alphas=asked.fit.alphas,
            delays=(1,),
            alpha="shared",
        )
        for layer in range(2)
    ]
    best = int(np.argmax([np.nanmean(fit.best_scores) for fit in fits]))
    assert choice.layers == (best,)
    assert asked.fit.alphas[choice.alpha] == pytest.approx(fits[best].best_alphas[1])


def test_a_choice_over_some_of_the_voxels_is_refused(
    small_blocks, design, responses, plan, tmp_path
):
    save(tmp_path / "r.nc", responses)
    with open_recordings([tmp_path / "r.nc"], {}) as recordings:
        designed = tabulate([design], recordings.head, plan())
        with pytest.raises(BadInput, match="layers were searched in 8 of 30 voxels"):
            choose(designed, recordings, plan(), slice(0, 8))


def test_a_shared_penalty_for_several_spaces_with_layers_is_refused(design, responses, plan):
    with pytest.raises(
        BadInput, match="shared, over several feature spaces of which one has layers"
    ):
        tabulate([design, design.isel(layer=[0])], responses, plan(alpha="shared"))


def test_a_shared_penalty_serves_several_spaces_of_one_layer(design, responses, plan, encode):
    halves = [design.isel(layer=[1], feature=half) for half in (slice(0, 2), slice(2, 4))]
    apart, _ = encode(halves, [responses], plan(alpha="shared"))
    joint, _ = encode([design.isel(layer=[1])], [responses], plan(alpha="shared"))
    np.testing.assert_array_equal(apart["r"].values, joint["r"].values)
    assert len(np.unique(apart["alpha"].values[1:-1])) == 1


def test_sums_over_one_voxel_are_those_of_many():
    values = np.random.default_rng(0).standard_normal((40, 300, 9)).astype(np.float32)
    folds = list(values)
    scores = [fold[0] for fold in folds]
    np.testing.assert_array_equal(
        mean_over_folds(scores)[:1], mean_over_folds([score[:1] for score in scores])
    )
    np.testing.assert_array_equal(_standard(folds)[:, :1], _standard([f[:, :1] for f in folds]))


@pytest.mark.parametrize("voxels", [1, 768, 769, 81_126, 95_556])
@pytest.mark.parametrize("per_job", [1, 768, 15_360, 10**6])
def test_parts_are_whole_blocks_and_cover_every_voxel_once(voxels, per_job):
    n = parts.count(voxels, per_job)
    slices = [parts.part(voxels, i, n) for i in range(n)]
    assert [s.start for s in slices] == [0, *(s.stop for s in slices[:-1])]
    assert slices[-1].stop == voxels
    assert all(s.start % parts.BLOCK == 0 for s in slices)
    assert max(s.stop - s.start for s in slices) <= max(per_job, parts.BLOCK)
    whole = list(parts.blocks(slice(0, voxels)))
    assert [block for part in slices for block in parts.blocks(part)] == whole


def test_more_jobs_than_blocks_are_refused():
    """Some data sets publish no exact count of voxels; a plan may be too fine."""
    with pytest.raises(BadInput, match="3 jobs were planned for 1500 voxels, which are 2 blocks"):
        parts.part(1500, 0, 3)


def test_memory_does_not_grow_with_voxels(monkeypatch, design, plan, tmp_path):
    monkeypatch.setattr(parts, "BLOCK", 512)
    noise = np.random.default_rng(0).standard_normal((RUNS * TRS, 16 * 512)).astype(np.float32)
    halves, peaks = {"kind": "runs", "k": 2}, []
    asked = plan(halves, inner=halves)
    for blocks in (3, 16):
        save(tmp_path / "r.nc", table(noise[:, : blocks * 512], "bold", ("voxel",)))
        with open_recordings([tmp_path / "r.nc"], {}) as recordings:
            designed = tabulate([design], recordings.head, asked)
            tracemalloc.start()
            search(designed, recordings, asked, slice(0, blocks * 512))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    # Scores of two layers on two folds grow; that is little beside the responses.
    assert peaks[1] - peaks[0] < 0.1 * 13 * 512 * noise.shape[0] * noise.itemsize
