"""Which voxels become brain vectors: planted ones are found, masked ones are zero."""

import numpy as np
import pytest
import xarray as xr

from braid.errors import BadInput
from braid.evaluation.recordings import open_recordings
from braid.networks.vectors import of_voxels, predicted, repeatable
from braid.store import save

VOXELS, TRS, REPEATS = 5000, 40, 4
PLANTED = np.array([3, 2047, 2048, 4999])
MASKED = 7


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Two runs over three blocks of voxels; the second was repeated."""
    folder, rng = tmp_path_factory.mktemp("responses"), np.random.default_rng(0)
    repeats = rng.standard_normal((REPEATS, TRS, VOXELS))
    repeats[..., PLANTED] += 2 * rng.standard_normal((TRS, len(PLANTED)))
    arrays = {"one": rng.standard_normal((TRS, VOXELS)), "two": repeats.mean(axis=0)}
    arrays["one"][0, MASKED] = np.nan
    paths = []
    for run, bold in arrays.items():
        data = xr.Dataset(
            {"bold": (("tr", "voxel"), bold.astype(np.float32))},
            {"run": ("tr", [run] * TRS), "time": ("tr", 2.0 * np.arange(TRS))},
            {"dataset": "toy", "subject": "S1", "recording": run},
        )
        if run == "two":
            data["repeats"] = (("repeat", "tr", "voxel"), repeats.astype(np.float32))
        paths.append(folder / f"{run}.nc")
        save(paths[-1], data)
    with open_recordings(paths, {"subject": "S1"}) as found:
        yield found


def scores(r, q):
    return xr.Dataset({"r": ("voxel", r), "q": ("voxel", q)}, attrs={"subject": "S1"})


@pytest.mark.parametrize("corrected", [False, True])
def test_repeatable_voxels_are_found(recordings, corrected):
    assert repeatable(recordings, len(PLANTED), corrected).tolist() == PLANTED.tolist()


def test_correcting_for_repeats_changes_no_order(recordings):
    chosen = [repeatable(recordings, 100, corrected).tolist() for corrected in (False, True)]
    assert chosen[0] == chosen[1]


def test_of_the_significant_voxels_the_best_predicted_are_chosen(recordings):
    r, q = np.linspace(0, 1, VOXELS), np.ones(VOXELS)
    q[[5, 10, 15]] = 0.01
    assert predicted(scores(r, q), 2, recordings).tolist() == [10, 15]
    # Fewer are significant than are wanted.
    assert predicted(scores(r, q), 1000, recordings).tolist() == [5, 10, 15]


def test_no_significant_voxel_is_refused(recordings):
    with pytest.raises(BadInput, match="voxels of the encoder"):
        predicted(scores(np.ones(VOXELS), np.ones(VOXELS)), 10, recordings)


def test_scores_of_other_voxels_are_refused(recordings):
    with pytest.raises(BadInput, match="of 5000"):
        predicted(scores(np.ones(10), np.zeros(10)), 5, recordings)


def test_chosen_responses_are_those_of_their_voxels(recordings):
    chosen = np.array([0, MASKED, 2048, 4999])
    brain = of_voxels(recordings, chosen)
    whole = recordings.bold[:, slice(0, VOXELS)]
    expected = np.where(chosen == MASKED, 0, whole[:, chosen])
    np.testing.assert_array_equal(brain["brain"].values, expected)
    assert brain["run"].values.tolist() == ["one"] * TRS + ["two"] * TRS


def test_nothing_repeated_is_refused(recordings):
    alone = type(recordings)(recordings.head, recordings.bold, None, None)
    with pytest.raises(BadInput, match="nothing was presented twice"):
        repeatable(alone, 3, corrected=False)
