"""Broken responses, one fault each: refused with file, data set and cure, or masked and counted."""

import json

import h5py
import nibabel as nib
import numpy as np
import pytest
import xarray as xr

from braid.datasets import ds003020
from braid.datasets.responses import standardise
from braid.errors import BadInput
from braid.evaluation.recordings import open_recordings
from braid.store import save

TRS, VOXELS = 60, 24
RUNS = np.repeat(["a", "b"], 20)


@pytest.fixture
def files(tmp_path):
    """A good recording; each test breaks it."""
    (tmp_path / "respdict.json").write_text(json.dumps({"souls": TRS}))
    (tmp_path / "subject_xfms.json").write_text("{}")
    mask = np.ones((4, 3, 2), np.uint8)
    nib.save(nib.Nifti1Image(mask, np.eye(4)), tmp_path / "mask_thick.nii.gz")
    put(tmp_path / "souls.hf5", data=bold())
    return {
        "bold": tmp_path / "souls.hf5",
        "respdict": tmp_path / "respdict.json",
        "transforms": tmp_path / "subject_xfms.json",
        "mask": tmp_path / "mask_thick.nii.gz",
    }


def bold(trs=TRS - 20, voxels=VOXELS):
    return np.random.default_rng(0).normal(size=(trs, voxels))


def put(path, **arrays):
    with h5py.File(path, "w") as file:
        for key, values in arrays.items():
            file[key] = values


def refusal(files) -> BadInput:
    with pytest.raises(BadInput) as caught:
        ds003020.read_responses(files, "UTS01", "souls")
    assert caught.value.file == str(files["bold"])
    assert caught.value.cure
    return caught.value


def recording(values) -> xr.Dataset:
    return xr.Dataset({"bold": (("tr", "voxel"), values)}, {"run": ("tr", RUNS)})


@pytest.mark.fault(28)
@pytest.mark.parametrize("kept", [0, 100, 3000])
def test_28_a_truncated_file_is_not_hdf5(files, kept):
    files["bold"].write_bytes(files["bold"].read_bytes()[:kept])
    assert "not readable as HDF5" in refusal(files).problem


@pytest.mark.fault(29)
@pytest.mark.parametrize("key", ["bold", "data/inner"])
def test_29_a_missing_data_set_lists_those_there(files, key):
    put(files["bold"], **{key: bold()})
    error = refusal(files)
    assert error.field == "data set 'data'"
    assert error.problem == f"absent; found {[key] if '/' not in key else []}"


@pytest.mark.fault(29)
@pytest.mark.parametrize(
    ("values", "found"),
    [
        (bold()[None, None], "float64 (1, 1, 40, 24)"),
        (bold()[0], "float64 (24,)"),
        (np.full((40, 24), b"x"), "|S1 (40, 24)"),
    ],
)
def test_29_another_shape_or_type_names_what_was_expected(files, values, found):
    put(files["bold"], data=values)
    error = refusal(files)
    assert error.field == "data set 'data'"
    expected = "expected numbers (tr, voxel) or (repeat, tr, voxel)"
    assert error.problem == f"{found}, {expected}"


@pytest.mark.fault(29)
def test_29_repeats_of_another_shape_are_refused(files):
    put(files["bold"], data=bold(), individual_repeats=bold().T[None])
    assert refusal(files).field == "data set 'individual_repeats'"


@pytest.mark.fault(30)
@pytest.mark.parametrize("values", [bold(voxels=25), bold(voxels=25)[None], bold().T])
def test_30_another_subjects_voxels_do_not_fit_the_mask(files, values):
    put(files["bold"], data=values)
    problem = refusal(files).problem
    assert f"{values.shape} has {values.shape[-1]} voxels in each TR" in problem
    assert "thick mask of the subject has 24" in problem


@pytest.mark.fault(30)
def test_30_another_subject_with_as_many_voxels_is_refused_by_its_name(tmp_path):
    mine = {"subject": "UTS01", "space": "UTS01_auto"}
    for name, wrong in {"subject": "UTS02", "space": "UTS02_auto"}.items():
        save(tmp_path / "souls.nc", recording(bold()).assign_attrs(mine | {name: wrong}))
        with (
            pytest.raises(BadInput, match=f"{name}: is {wrong!r}, expected {mine[name]!r}"),
            open_recordings([tmp_path / "souls.nc"], mine),
        ):
            pass


@pytest.mark.fault(31)
@pytest.mark.parametrize("lost", [5, -1])
def test_31_a_count_of_trs_names_story_counts_and_trim(files, lost):
    put(files["bold"], data=bold(trs=40 - lost))
    error = refusal(files)
    assert error.field == "run souls"
    assert f"holds {40 - lost} TRs, but its stimulus has 40" in error.problem
    assert "(55 less 10 at the start and 5 at the end)" in error.problem


@pytest.mark.fault(31)
def test_31_words_after_the_scan_belong_to_another_story(tmp_path, files):
    files["souls"] = tmp_path / "souls.TextGrid"
    files["souls"].write_text(
        'File type = "ooTextFile"\n"TextGrid"\n\n0\n200\n<exists>\n1\n'
        '"IntervalTier"\n"word"\n0\n200\n1\n119\n120\n"late"\n'
    )
    with pytest.raises(BadInput, match=r"story souls: has words until 120 s.* 60 TRs .*\(10, 5\)"):
        ds003020.read_stimulus(files, ("souls",), "events")


@pytest.mark.fault(32)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("rows", [25, slice(0, 20), slice(0, 40)])
def test_32_a_voxel_that_is_not_finite_is_masked_and_counted(value, rows):
    values = bold()
    values[rows, 7] = value
    found = standardise(recording(values), ("detrend", "zscore"))
    assert np.isnan(found["bold"][:, 7]).all()
    assert np.isfinite(found["bold"].drop_isel(voxel=7)).all()
    assert (found.attrs["masked_nan"], found.attrs["masked_constant"]) == (1, 0)


@pytest.mark.fault(33)
@pytest.mark.parametrize("level", [0.0, 0.1, 1e6])
@pytest.mark.parametrize("rows", [slice(0, 20), slice(20, 40), slice(0, 40)])
def test_33_a_voxel_constant_in_any_run_is_masked_and_counted(level, rows):
    values = bold()
    values[rows, 3] = level
    found = standardise(recording(values), ("detrend", "zscore"))
    assert np.isnan(found["bold"][:, 3]).all()
    assert np.isfinite(found["bold"].drop_isel(voxel=3)).all()
    assert (found.attrs["masked_nan"], found.attrs["masked_constant"]) == (0, 1)


@pytest.mark.fault(34, recovers=True)
@pytest.mark.parametrize("kind", ["<i2", ">i2", ">f8", ">f4", "<f2"])
def test_34_every_number_type_becomes_native_float32(kind):
    values = (100 * bold()).round().astype(kind)
    found = standardise(recording(values), ("zscore",))["bold"]
    expected = standardise(recording(values.astype(float)), ("zscore",))["bold"]
    assert found.dtype == np.dtype("=f4")
    np.testing.assert_array_equal(found, expected)


@pytest.mark.fault(24)
@pytest.mark.parametrize("role", ["bold", "respdict", "transforms", "mask"])
def test_24_a_pointer_is_not_responses(files, role):
    pointer = "/annex/objects/MD5E-s110333408--59448c169508b889d676cfbe0a76270f.hf5"
    files[role].write_text(pointer)
    with pytest.raises(BadInput, match=f"{files[role].name}: content: not fetched"):
        ds003020.read_responses(files, "UTS01", "souls")


@pytest.mark.fault(24)
@pytest.mark.parametrize("kind", ds003020.STIMULI)
def test_24_a_pointer_is_no_stimulus(tmp_path, files, kind):
    path = tmp_path / ds003020.stimulus_files(("souls",), kind)["souls"]
    path.parent.mkdir(parents=True)
    path.symlink_to("../.git/annex/objects/0a/1b/MD5E-s9--0cc1/MD5E-s9--0cc1.wav")
    with pytest.raises(BadInput, match="content: not fetched"):
        ds003020.read_stimulus(files | {"souls": path}, ("souls",), kind)
