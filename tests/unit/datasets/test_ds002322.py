"""Names of files, clocks and readers of responses, on files of the published layout."""

import nibabel as nib
import numpy as np
import pytest
from nilearn.datasets import fetch_surf_fsaverage
from nilearn.surface import load_surf_mesh

from braid.datasets import Dataset, Shape, ds002322
from braid.datasets.ds002322.words import COLUMNS

PREPROCESSED = "derivatives/sub-18/sub-18_task-alice_bold_preprocessed.nii.gz"


def run(path, volumes, edge, affine, dtype=np.float32):
    """Write a head that is brighter than the air around it, and gains 1 a volume."""
    head = np.zeros((edge,) * 3)
    head[2:-2, 2:-2, 2:-2] = 1000 + np.random.default_rng(0).integers(0, 90, (edge - 4,) * 3)
    data = head[..., None] + np.arange(volumes) * (head[..., None] > 0)
    nib.save(nib.Nifti1Image(data.astype(dtype), affine), path)
    return path


@pytest.fixture
def events(tmp_path):
    path = tmp_path / "events.tsv"
    path.write_text("onset\tduration\tstim_file\n0.657\t748\tDownTheRabbitHole_pad.wav\n")
    return path


@pytest.fixture
def annotations(tmp_path):
    row = "1\t8.65\tNN\t1\t4.5\t4.25\t3.5\t3.25\t4\t3\t4\t2\t5"
    path = tmp_path / "annotations.tsv"
    text = ["\t".join(COLUMNS), f"Alice\t20.12\t20.64\t{row}", f"cake\t742.97\t743.39\t{row}"]
    path.write_bytes("\r\n".join(text).encode())
    return path


def test_offers_what_every_data_set_does():
    assert isinstance(ds002322, Dataset)
    assert ds002322.NAME == "ds002322"
    assert ds002322.anatomy_files("18") == {}


def test_subjects_have_bare_numbers():
    subjects = ds002322.subjects("public")
    assert (len(subjects), subjects[0], subjects[-1]) == (26, "18", "53")
    assert ds002322.subjects("twin") == ("18", "22", "38", "39")


def test_three_subjects_have_only_the_scan_as_it_was():
    assert ds002322.recordings("public", "18") == ("alice", "alice_raw")
    only_raw = [
        subject
        for subject in ds002322.subjects("public")
        if ds002322.recordings("public", subject) == ("alice_raw",)
    ]
    assert only_raw == ["38", "46", "52"]


def test_sidecars_lie_in_the_folder_of_the_subject():
    assert ds002322.response_files("18", "alice") == {
        "bold": PREPROCESSED,
        "events": "sub-18/sub-18_task-alice_events.tsv",
    }


def test_the_second_echo_is_in_the_name():
    names = [ds002322.response_files(s, "alice_raw")["bold"] for s in ("38", "39")]
    assert names == [
        "sub-38/func/sub-38_task-alice_bold.nii.gz",
        "sub-39/func/sub-39_task-alice_echo-2_bold.nii.gz",
    ]


def test_shapes_are_those_of_the_surface_and_of_the_scanners_grid():
    assert ds002322.shape("public", "39", "alice") == Shape(362, 20_484)
    assert ds002322.shape("public", "18", "alice_raw") == Shape(372, 72 * 72 * 44)
    assert ds002322.shape("public", "39", "alice_raw") == Shape(372, 64 * 64 * 33)


def test_words_are_on_the_clock_of_the_sound(annotations):
    found = ds002322.read_stimulus({"annotations": annotations}, ("alice", "alice_raw"), "events")
    assert found.events["run"].tolist() == ["alice", "alice", "alice_raw", "alice_raw"]
    words = found.events[found.events["run"] == "alice"]
    assert words["label"].tolist() == ["Alice", "cake"]
    assert words[["onset", "offset"]].to_numpy().tolist() == [[20.12, 20.64], [742.97, 743.39]]
    assert words["POS"].tolist() == ["NN", "NN"]
    # Volume 0 of the scan has its middle at 1 s; the sound started at 0.657 s.
    np.testing.assert_allclose(found.times["alice_raw"], 1 - 0.657 + 2 * np.arange(372))
    np.testing.assert_array_equal(found.times["alice"], found.times["alice_raw"][10:])
    assert found.trim == (0, 0)


def test_sound_is_named_for_each_run(tmp_path):
    (tmp_path / "pad.wav").write_bytes(b"RIFF")
    assert set(ds002322.stimulus_files(("alice",), "sound")) == {"sound"}
    found = ds002322.read_stimulus({"sound": tmp_path / "pad.wav"}, ("alice",), "sound")
    assert found.sound == {"alice": tmp_path / "pad.wav"}
    assert list(found.events.columns) == ["run", "onset", "offset", "label"]
    assert len(found.events) == 0
    assert len(found.times["alice"]) == 362


def test_preprocessed_volumes_come_to_the_surface(tmp_path, events):
    """A volume that is its own y coordinate has at each vertex the y of the cortex there."""
    affine = np.diag([12.0, 12, 12, 1])
    affine[:3, 3] = -120, -144, -96
    y = np.broadcast_to(np.arange(20)[None, :, None] * 12.0 - 144, (20, 20, 18))
    data = y[..., None] * np.linspace(1, 2, 362, dtype=np.float32)
    nib.save(nib.Nifti1Image(data.astype(np.float32), affine), tmp_path / "bold.nii.gz")
    found = ds002322.read_responses(
        {"bold": tmp_path / "bold.nii.gz", "events": events}, "18", "alice"
    )
    meshes = fetch_surf_fsaverage("fsaverage5")
    cortex = [
        (load_surf_mesh(meshes[f"white_{s}"]).coordinates[:, 1]
         + load_surf_mesh(meshes[f"pial_{s}"]).coordinates[:, 1]) / 2
        for s in ("left", "right")
    ]  # fmt: skip
    np.testing.assert_allclose(found["bold"][0], np.concatenate(cortex), atol=1e-2)
    np.testing.assert_allclose(found["bold"][-1], 2 * found["bold"][0], rtol=1e-4)
    assert found["bold"].dtype == np.float32
    assert found["time"].values[0] == pytest.approx(21 - 0.657)
    assert set(found["hemi"].values) == {"lh", "rh"}
    assert found.attrs["space"] == "fsaverage5"
    assert "vol_to_surf" in found.attrs["route"]


def test_raw_volumes_stay_in_their_voxels(tmp_path, events):
    affine = np.array([[3.0, 0, 0, -30], [0, 2.9, 0.5, -40], [0, -0.5, 2.9, 7], [0, 0, 0, 1]])
    path = run(tmp_path / "bold.nii.gz", 372, 14, affine, np.int16)
    found = ds002322.read_responses({"bold": path, "events": events}, "39", "alice_raw")
    volumes = np.asarray(nib.load(path).dataobj)
    i, j, k = (found[axis].values for axis in "ijk")
    np.testing.assert_array_equal(found["bold"], volumes[i, j, k].T)
    inside = volumes[..., 0] > 0
    assert volumes[i, j, k, 0].min() > 0
    assert len(i) > 0.7 * inside.sum()
    np.testing.assert_allclose(found.attrs["affine"], affine.ravel(), rtol=1e-6)
    assert found.attrs["shape"] == [14, 14, 14]
    identity = [found.attrs[key] for key in ("dataset", "subject", "recording", "space")]
    assert identity == ["ds002322", "39", "alice_raw", "ds002322_sub-39"]
    assert found["run"].values.tolist() == ["alice_raw"] * 372


def test_another_start_of_the_sound_is_noted(tmp_path, events):
    path = run(tmp_path / "bold.nii.gz", 372, 14, np.eye(4))
    events.write_text(events.read_text().replace("0.657", "0.8125"))
    found = ds002322.read_responses({"bold": path, "events": events}, "39", "alice_raw")
    assert found.attrs["sound_starts"] == 0.8125


def test_participants_have_bare_numbers(tmp_path):
    path = tmp_path / "participants.tsv"
    path.write_text(
        "participant_id\tage\tsex\tquiz_score\tfinal_dB\n18\t22\tM\t11\t5\n23\t19\tF\t11\t5.5"
    )
    found = ds002322.read_participants(path)
    assert list(found.index) == ["18", "23"]
    assert found.loc["23"].tolist() == [19, "F", 11, 5.5]
