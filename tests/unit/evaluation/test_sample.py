"""A sample of the voxels is, to the bit, what the fit of all found there."""

import numpy as np
import pytest
import xarray as xr
from toys import TRS, table

from braid.errors import BadInput
from braid.evaluation.recordings import open_recordings
from braid.evaluation.sample import sample
from braid.evaluation.table import tabulate
from braid.store import load, save

pytestmark = pytest.mark.usefixtures("one_thread")

# Two full blocks and one of another width.
VOXELS = 2 * 768 + 100
# Two runs to train on, one to test.
HALVES = {"kind": "runs", "k": 2}
HELD = {"kind": "held_out", "runs": {"twin": ["run2"]}}
ROWS = slice(0, 3 * TRS)
# Of one fold: the second layer, and a penalty for each voxel.
CHOSEN = xr.Dataset(attrs={"choices": [1, -1]})
FITS = {
    "voxel": {},
    "shared": {"alpha": "shared"},
    "layer of its own": {"layers": 1},
    "banded": {"layers": 1, "solver": "banded", "n_draws": 3},
    "pooled null": {"chance": "luo2025"},
}


@pytest.fixture
def design(design):
    """The designs of these three runs."""
    return design.isel(tr=ROWS)


@pytest.fixture
def bold():
    values = np.random.default_rng(2).standard_normal((3 * TRS, VOXELS)).astype(np.float32)
    values[:, [3, 700, VOXELS - 1]] = np.nan
    where = {"i": ("voxel", np.arange(VOXELS)[::-1])}
    return table(values, "bold", ("voxel",), runs=3).assign_coords(where)


@pytest.fixture
def drawn(tmp_path, bold):
    """Fit a sample again, given the scores of all."""

    def run(design, asked, fitted, n, seed=0):
        save(tmp_path / "bold.nc", bold)
        save(tmp_path / "fitted.nc", fitted)
        with open_recordings([tmp_path / "bold.nc"], {}) as recordings:
            designed = tabulate([design], recordings.head, asked)
            return sample(designed, recordings, asked, load(tmp_path / "fitted.nc"), n, seed)

    return run


def asked_of(plan, chance="circular_shift", layers=2, **fit):
    asked = plan(HELD, inner=HALVES, delays=[0, 2], **fit)
    null = asked.chance.model_copy(update={"kind": chance, "n_draws": 20})
    return asked.model_copy(update={"chance": null})


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_a_sample_is_the_whole_there(design, bold, plan, encode, drawn, fit):
    asked = asked_of(plan, **fit)
    X = design.isel(layer=slice(0, fit.get("layers", 2)))
    X = X.assign_coords(band=("feature", ["a", "a", "b", "b"]))
    fitted, _ = encode([X], [bold], asked, jobs=2)
    part = drawn(X, asked, fitted, 900)
    numbers = part["voxel"].values
    assert len(set(numbers.tolist())) == 900
    assert numbers.max() >= 2 * 768
    names = set(fitted.data_vars) - {"q", "calibration_p"}
    assert set(part.data_vars) == names - ({"p"} if "chance" in fit else set())
    whole = fitted[list(part.data_vars)].isel(voxel=numbers).assign_coords(voxel=numbers)
    xr.testing.assert_equal(part, whole)
    masked = np.isin(numbers, [3, 700, VOXELS - 1])
    np.testing.assert_array_equal(np.isnan(part["r"].values), masked)


def test_what_was_chosen_over_all_is_taken_from_them(design, bold, plan, encode, drawn):
    asked = asked_of(plan, alpha="shared")
    fitted, _ = encode([design], [bold], asked)
    layers, penalties = np.reshape(fitted.attrs["choices"], (-1, 2)).T
    assert layers.tolist() == np.atleast_1d(fitted.attrs["layers"]).tolist()
    penalty = np.exp(np.log(asked.fit.alphas)[penalties].mean())
    np.testing.assert_allclose(fitted["alpha"].values[10], penalty, rtol=1e-6)
    other = fitted.assign_attrs(choices=[1 - layers[0], 0])
    same, changed = (drawn(design, asked, given, 50) for given in (fitted, other))
    assert not np.array_equal(same["r"], changed["r"])
    np.testing.assert_allclose(changed["alpha"].dropna("voxel"), 0.1, rtol=1e-6)


def test_a_seed_draws_its_voxels(design, plan, drawn):
    asked = asked_of(plan)
    first, again, other = (drawn(design, asked, CHOSEN, 30, seed)["voxel"] for seed in (0, 0, 1))
    assert first.values.tolist() == again.values.tolist() != other.values.tolist()


def test_more_voxels_than_there_are_are_all(design, plan, drawn):
    found = drawn(design, asked_of(plan), CHOSEN, 10**6)
    assert found["voxel"].values.tolist() == [*range(VOXELS)]


def test_a_scheme_of_a_source_is_refused(design, bold, plan, drawn):
    with pytest.raises(BadInput, match="kobayashi2025 sees all voxels at once"):
        drawn(design, asked_of(plan, scheme="kobayashi2025"), bold, 10)


def test_scores_that_do_not_say_what_was_chosen_are_refused(design, bold, plan, drawn):
    with pytest.raises(BadInput, match="choices: not in the scores"):
        drawn(design, asked_of(plan), bold, 10)
