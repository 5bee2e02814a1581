"""Names of files, readers of words and responses, on files of the published layout."""

import json

import h5py
import nibabel as nib
import numpy as np
import pytest

from braid.datasets import ds003020, find
from braid.errors import BadInput
from braid.timing.stimulus import EVENT_COLUMNS

TRS = 60
SHAPE = (4, 5, 3)


@pytest.fixture
def mask():
    return np.random.default_rng(0).random(SHAPE) < 0.4


@pytest.fixture
def files(tmp_path, mask):
    """One story of `TRS` TRs, with the noise of a subject of a few voxels."""
    (tmp_path / "respdict.json").write_text(json.dumps({"souls": TRS, "buck": 70}))
    (tmp_path / "subject_xfms.json").write_text(json.dumps({"UTS01": "UTS01_auto"}))
    affine = np.diag([2.5, 2.5, 3, 1])
    for name, values in (("mask", mask), ("reference", 100 * mask)):
        nib.save(nib.Nifti1Image(values.astype(np.uint8), affine), tmp_path / f"{name}.nii.gz")
    with h5py.File(tmp_path / "souls.hf5", "w") as file:
        file["data"] = np.random.default_rng(1).normal(size=(TRS - 20, mask.sum()))
    return {
        "bold": tmp_path / "souls.hf5",
        "respdict": tmp_path / "respdict.json",
        "transforms": tmp_path / "subject_xfms.json",
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
    assert ds003020.subjects("public") == tuple(f"UTS0{n}" for n in range(1, 10))
    assert ds003020.subjects("twin") == ("UTS01", "UTS02", "UTS03", "UTS09")
    heard = ds003020.recordings("public", "UTS02")
    assert len(heard) == 84
    assert heard[:3] == ("alternateithicatom", "souls", "avatar")
    assert ds003020.recordings("twin", "UTS01")[-1] == "wheretheressmoke"


@pytest.mark.parametrize(
    ("subject", "story", "shape"),
    [
        ("UTS01", "souls", (355, 81126, 1)),
        ("UTS03", "wheretheressmoke", (291, 95556, 10)),
        ("UTS09", "wheretheressmoke", (291, 98336, 5)),
    ],
)
def test_sizes_are_known_without_the_files(subject, story, shape):
    assert ds003020.shape("public", subject, story) == shape


def test_files_of_a_recording():
    assert ds003020.response_files("UTS01", "souls") == {
        "bold": "derivative/preprocessed_data/UTS01/souls.hf5",
        "respdict": "derivative/respdict.json",
        "transforms": "derivative/subject_xfms.json",
        "mask": "derivative/pycortex-db/UTS01/transforms/UTS01_auto/mask_thick.nii.gz",
    }
    assert ds003020.stimulus_files(("souls", "buck"), "events") == {
        "souls": "derivative/TextGrids/souls.TextGrid",
        "buck": "derivative/TextGrids/buck.TextGrid",
        "respdict": "derivative/respdict.json",
    }
    assert ds003020.stimulus_files(("souls",), "sound") == {
        "souls": "stimuli/souls.wav",
        "respdict": "derivative/respdict.json",
    }


def test_surfaces_of_one_subject_are_npz():
    suffix = {s: ds003020.anatomy_files(s)["flat_lh"][-3:] for s in ds003020.subjects("public")}
    assert [subject for subject, kind in suffix.items() if kind == "npz"] == ["UTS02"]
    assert set(suffix.values()) == {"gii", "npz"}


def test_sounds_lie_beside_the_times_of_the_trs(tmp_path, files):
    files["souls"] = tmp_path / "souls.wav"
    files["souls"].write_bytes(b"RIFF")
    found = ds003020.read_stimulus(files, ("souls",), "sound")
    assert found.sound == {"souls": files["souls"]}
    assert (list(found.events.columns), len(found.events)) == (list(EVENT_COLUMNS), 0)
    assert (found.trim, len(found.times["souls"])) == ((10, 5), TRS - 5)


def test_words_are_cleaned_and_timed(tmp_path, files):
    marks = [(0, 0.2, "sp"), (0.2, 0.3, "{LG}"), (0.3, 0.5, "SENTENCE_START"), (0.5, 0.6, "")]
    words = [(0.6, 1.0, "Alice"), (1.0, 1.5, " {Was} "), (1.5, 2, "br")]
    files["souls"] = textgrid(tmp_path / "souls.TextGrid", marks + words, 90)
    files["buck"] = textgrid(tmp_path / "buck.TextGrid", [(3, 4.0, "tired")], 90)
    found = ds003020.read_stimulus(files, ("souls", "buck"), "events")
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
        np.testing.assert_array_equal(found["bold"], file["data"][()])
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
    np.testing.assert_array_equal(found["repeats"], repeats)


def test_a_mean_before_the_repeats_is_not_a_repeat(files, mask):
    repeats = np.random.default_rng(3).normal(size=(5, TRS - 20, mask.sum()))
    repeats[:, :, 3] = np.nan
    with h5py.File(files["bold"], "w") as file:
        file["data"] = np.concatenate([repeats.mean(axis=0, keepdims=True), repeats])
    found = ds003020.read_responses(files, "UTS01", "souls")
    np.testing.assert_allclose(found["bold"], repeats.mean(axis=0))
    np.testing.assert_array_equal(found["repeats"], repeats)


def test_responses_are_read_only_when_asked_for(files):
    found = ds003020.read_responses(files, "UTS01", "souls")
    assert not found["bold"].variable._in_memory
    columns = found["bold"][:, 2:4].to_numpy()
    assert not found["bold"].variable._in_memory
    np.testing.assert_array_equal(columns, found["bold"].to_numpy()[:, 2:4])


def test_a_subject_may_be_missing_from_the_table_of_transforms(files):
    assert ds003020.read_responses(files, "UTS09", "souls").attrs["space"] == "UTS09_auto"


def test_another_transform_is_refused(files):
    files["transforms"].write_text(json.dumps({"UTS01": "UTS01_manual"}))
    with pytest.raises(BadInput, match=r"UTS01: .*grid of UTS01_manual.*mask is of UTS01_auto"):
        ds003020.read_responses(files, "UTS01", "souls")


@pytest.mark.parametrize("content", ["[]", "{", "null"])
def test_a_broken_table_of_transforms_is_refused(files, content):
    files["transforms"].write_text(content)
    with pytest.raises(BadInput, match="UTS01: no table of transforms"):
        ds003020.read_responses(files, "UTS01", "souls")


def test_anatomy_is_on_the_grid_of_the_responses(files, mask):
    image = ds003020.read_anatomy(files, "UTS01")
    np.testing.assert_array_equal(np.asarray(image.dataobj), 100 * mask)


@pytest.mark.parametrize("content", ["{}", "[1]", "{", '{"souls": null}'])
def test_a_story_without_a_length_is_refused(files, content):
    files["respdict"].write_text(content)
    with pytest.raises(BadInput, match="souls: no length of this story"):
        ds003020.read_responses(files, "UTS01", "souls")
