"""Names of files, readers of words and responses, on files of the published layout."""

import json

import h5py
import nibabel as nib
import numpy as np
import pytest

from braid.datasets import ds003020, find
from braid.errors import BadInput

TRS = 60
SHAPE = (4, 5, 3)


@pytest.fixture
def mask():
    return np.random.default_rng(0).random(SHAPE) < 0.4


@pytest.fixture
def files(tmp_path, mask):
    """One story of `TRS` TRs, with the noise of a subject of a few voxels."""
    (tmp_path / "respdict.json").write_text(json.dumps({"souls": TRS, "buck": 70}))
    affine = np.diag([2.5, 2.5, 3, 1])
    for name, values in (("mask", mask), ("reference", 100 * mask)):
        nib.save(nib.Nifti1Image(values.astype(np.uint8), affine), tmp_path / f"{name}.nii.gz")
    with h5py.File(tmp_path / "souls.hf5", "w") as file:
        file["data"] = np.random.default_rng(1).normal(size=(TRS - 20, mask.sum()))
    return {
        "bold": tmp_path / "souls.hf5",
        "respdict": tmp_path / "respdict.json",
        "mask": tmp_path / "mask.nii.gz",
        "reference": tmp_path / "reference.nii.gz",
    }


def textgrid(path, words, end):
    body = "\n".join(f'{a}\n{b}\n"{label}"' for a, b, label in words)
    path.write_text(
        f'File type = "ooTextFile"\n"TextGrid"\n\n0\n{end}\n<exists>\n1\n'
        f'"IntervalTier"\n"word"\n0\n{end}\n{len(words)}\n{body}\n'
    )
    return path


def test_is_registered_under_its_name():
    assert find("ds003020").NAME == "ds003020"


def test_stories_of_both_sources():
    assert ds003020.subjects("public") == ds003020.subjects("twin") == ("UTS01", "UTS02", "UTS03")
    heard = ds003020.recordings("public", "UTS02")
    assert len(heard) == 84
    assert heard[:3] == ("alternateithicatom", "souls", "avatar")
    assert ds003020.recordings("twin", "UTS01")[-1] == "wheretheressmoke"


def test_files_of_a_recording():
    assert ds003020.response_files("UTS01", "souls") == {
        "bold": "derivative/preprocessed_data/UTS01/souls.hf5",
        "respdict": "derivative/respdict.json",
        "mask": "derivative/pycortex-db/UTS01/transforms/UTS01_auto/mask_thick.nii.gz",
    }
    assert ds003020.stimulus_files(("souls", "buck")) == {
        "souls": "derivative/TextGrids/souls.TextGrid",
        "buck": "derivative/TextGrids/buck.TextGrid",
        "respdict": "derivative/respdict.json",
    }


def test_surfaces_of_one_subject_are_npz():
    suffix = {s: ds003020.anatomy_files(s)["flat_lh"][-3:] for s in ds003020.subjects("public")}
    assert suffix == {"UTS01": "gii", "UTS02": "npz", "UTS03": "gii"}


def test_words_are_cleaned_and_timed(tmp_path, files):
    marks = [(0, 0.2, "sp"), (0.2, 0.3, "{LG}"), (0.3, 0.5, "SENTENCE_START"), (0.5, 0.6, "")]
    words = [(0.6, 1.0, "Alice"), (1.0, 1.5, " {Was} "), (1.5, 2, "br")]
    files["souls"] = textgrid(tmp_path / "souls.TextGrid", marks + words, 90)
    files["buck"] = textgrid(tmp_path / "buck.TextGrid", [(3, 4.0, "tired")], 90)
    found = ds003020.read_stimulus(files, ("souls", "buck"))
    rows = found.events[["run", "onset", "offset", "label"]]
    assert list(rows.itertuples(index=False, name=None)) == [
        ("souls", 0.6, 1.0, "alice"),
        ("souls", 1.0, 1.5, "was"),
        ("buck", 3.0, 4.0, "tired"),
    ]
    assert found.trim == (10, 5)
    np.testing.assert_array_equal(found.times["souls"], 2 * np.arange(55) - 9)
    assert len(found.times["buck"]) == 65


def test_the_first_kept_tr_is_centred_11_s_after_the_sound_starts(files):
    found = ds003020.read_responses(files, "UTS01", "souls")
    assert found["time"].values[[0, -1]].tolist() == [11.0, 11.0 + 2 * 39]


def test_responses_carry_their_identity_and_place(files, mask):
    found = ds003020.read_responses(files, "UTS01", "souls")
    with h5py.File(files["bold"]) as file:
        np.testing.assert_array_equal(found["bold"], file["data"][()].astype(np.float32))
    assert found["run"].values.tolist() == ["souls"] * 40
    identity = {k: found.attrs[k] for k in ("dataset", "subject", "recording", "space", "shape")}
    assert identity == {
        "dataset": "ds003020",
        "subject": "UTS01",
        "recording": "souls",
        "space": "UTS01_auto",
        "shape": list(SHAPE),
    }
    assert found.attrs["affine"][:4] == [2.5, 0, 0, 0]


def test_voxels_are_in_pycortex_order(files, mask):
    """The mask is loaded transposed by pycortex, [z, y, x], and filled in C order."""
    found = ds003020.read_responses(files, "UTS01", "souls")
    volume = np.zeros(mask.T.shape)
    volume[mask.T] = found["bold"][0]
    np.testing.assert_array_equal(volume.T[found["i"], found["j"], found["k"]], found["bold"][0])


def test_repeats_come_with_their_mean(files, mask):
    repeats = np.random.default_rng(2).normal(size=(3, TRS - 20, mask.sum()))
    with h5py.File(files["bold"], "a") as file:
        file["individual_repeats"] = repeats
    found = ds003020.read_responses(files, "UTS01", "souls")
    assert found["repeats"].dims == ("repeat", "tr", "voxel")
    np.testing.assert_allclose(found["repeats"], repeats, rtol=1e-6)


def test_three_dimensional_data_are_repeats(files, mask):
    repeats = np.random.default_rng(3).normal(size=(3, TRS - 20, mask.sum()))
    with h5py.File(files["bold"], "w") as file:
        file["data"] = repeats
    found = ds003020.read_responses(files, "UTS01", "souls")
    np.testing.assert_allclose(found["bold"], repeats.mean(axis=0), atol=1e-6)
    assert found.sizes["repeat"] == 3


def test_anatomy_is_on_the_grid_of_the_responses(files, mask):
    image = ds003020.read_anatomy(files, "UTS01")
    np.testing.assert_array_equal(np.asarray(image.dataobj), 100 * mask)


@pytest.mark.parametrize("content", ["{}", "[1]", "{", '{"souls": null}'])
def test_a_story_without_a_length_is_refused(files, content):
    files["respdict"].write_text(content)
    with pytest.raises(BadInput, match="souls: no length of this story"):
        ds003020.read_responses(files, "UTS01", "souls")
