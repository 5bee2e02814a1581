"""Broken files of NSD, one fault each: refused with the file, the field and a cure."""

import json

import h5py
import nsd_toys as toys
import numpy as np
import pytest

from braid.datasets import nsd
from braid.errors import BadInput

SESSION = "subj01_session01"


@pytest.fixture
def root(tmp_path):
    """A good subject; each test breaks one file."""
    return toys.write_tiny(tmp_path / "nsd")


@pytest.fixture
def refusal(root):
    """Read the session, and give the refusal, which must name the file of that role."""

    def refusal(role, recording=SESSION):
        files = {r: root / p for r, p in nsd.response_files("subj01", recording).items()}
        with pytest.raises(BadInput) as caught:
            nsd.read_responses(files, "subj01", recording)
        assert caught.value.file == str(files[role])
        assert caught.value.cure
        return caught.value

    return refusal


@pytest.fixture
def stimulus_refusal(root):
    def refusal(kind, role):
        files = {r: root / p for r, p in nsd.stimulus_files((SESSION,), kind).items()}
        with pytest.raises(BadInput) as caught:
            nsd.read_stimulus(files, (SESSION,), kind)
        assert caught.value.file == str(files[role])
        return caught.value

    return refusal


def path(root, role):
    return root / nsd.response_files("subj01", SESSION)[role]


@pytest.mark.fault(29)
def test_betas_under_another_name(root, refusal):
    toys.put(path(root, "betas"), data=toys.responses(1))
    error = refusal("betas")
    assert error.field == "data set '/betas'"
    assert error.problem == "absent; found ['data']"


@pytest.mark.fault(29)
@pytest.mark.parametrize(
    "betas",
    [
        pytest.param(toys.responses(1).transpose(0, 3, 2, 1), id="axes not reversed"),
        pytest.param(toys.responses(1).T, id="transposed"),
        pytest.param(toys.responses(1)[:-1], id="a trial is missing"),
        pytest.param(np.zeros((6, 5, 4, 4), np.int16), id="another subject's grid"),
        pytest.param(toys.responses(1)[:, 0, 0, 0], id="one voxel"),
        pytest.param(toys.responses(1) / 300, id="already divided by 300"),
    ],
)
def test_betas_of_another_shape_or_type(root, refusal, betas):
    toys.put(path(root, "betas"), betas=betas)
    assert "expected int16 (trial, z, y, x) (6, 5, 4, 3)" in refusal("betas").problem


@pytest.mark.fault(28)
def test_a_truncated_session(root, refusal):
    file = path(root, "betas")
    file.write_bytes(file.read_bytes()[:1000])
    assert "not readable as HDF5" in refusal("betas").problem


@pytest.mark.fault(24)
@pytest.mark.parametrize("role", ["betas", "nsdgeneral", "streams", "ncsnr", "responses", "design"])
def test_a_pointer_is_no_data(root, refusal, role):
    path(root, role).write_text("/annex/objects/SHA256E-s3--0123")
    assert "not fetched" in refusal(role).problem


@pytest.mark.fault(30)
@pytest.mark.parametrize("role", ["nsdgeneral", "ncsnr"])
def test_a_mask_of_another_subject(root, refusal, role):
    toys.put_volume(path(root, role), np.zeros((4, 4, 5)))
    assert refusal(role).problem == "shape (4, 4, 5), but streams.nii.gz has (3, 4, 5)"


@pytest.mark.fault(30)
def test_all_masks_of_another_subject(root, refusal):
    for role in ("nsdgeneral", "ncsnr", "streams"):
        toys.put_volume(path(root, role), np.zeros((4, 4, 5)))
    assert "expected int16 (trial, z, y, x) (6, 5, 4, 4)" in refusal("betas").problem


@pytest.mark.fault(30)
def test_trials_of_another_subject(root, refusal):
    toys.write_responses(path(root, "responses"), subject=2)
    assert "trials of subjects [2], expected those of subj01" in refusal("responses").problem


@pytest.mark.fault(30)
def test_pictures_of_another_subject_under_the_right_number(root, refusal):
    other = [toys.PICTURES[1][column - 1] for column in toys.ORDER]
    toys.write_responses(path(root, "responses"), shown=other)
    assert "12 trials are not those of nsd_expdesign.mat" in refusal("responses").problem


def test_pictures_counted_from_zero(root, refusal):
    toys.write_responses(path(root, "responses"), shown=[n - 1 for n in toys.SHOWN])
    assert "counted from 1" in refusal("responses").cure


@pytest.mark.fault(31)
def test_more_trials_than_were_planned(root, refusal):
    toys.write_responses(path(root, "responses"), shown=toys.SHOWN + toys.SHOWN)
    assert "24 trials" in refusal("responses").problem


def test_a_session_that_did_not_take_place(refusal):
    error = refusal("responses", "subj01_session03")
    assert error.problem == "no trial of subj01_session03; the last session is subj01_session02"


@pytest.mark.parametrize(
    "text", ["", "SUBJECT\tSESSION\n1\t1\n", "SUBJECT\tSESSION\t73KID\n1\t1\tx\n"]
)
def test_trials_without_their_columns(root, refusal, text):
    path(root, "responses").write_text(text)
    assert "not readable" in refusal("responses").problem


def test_a_design_that_is_no_mat_file(root, refusal):
    path(root, "design").write_bytes(b"MATLAB" * 100)
    assert "not readable" in refusal("design").problem


def test_a_design_for_fewer_pictures(root, refusal):
    toys.write_design(path(root, "design"), subjectim=[[2, 7]])
    assert "not readable" in refusal("design").problem


def test_a_design_cut_short(root, refusal):
    file = path(root, "design")
    file.write_bytes(file.read_bytes()[:200])
    assert "not readable" in refusal("design").problem


def pictures(root):
    return root / nsd.stimulus_files((SESSION,), "images")["images"]


@pytest.mark.parametrize(
    ("held", "problem"),
    [
        ({"bricks": toys.stimulus()}, "holds nothing"),
        ({"imgBrick": toys.stimulus() / 255}, "holds float64 (9, 4, 4, 3)"),
        ({"imgBrick": toys.stimulus()[..., 0]}, "holds uint8 (9, 4, 4)"),
        ({"imgBrick": toys.stimulus()[:8]}, "holds 8 pictures, but picture 8 (counted from 0)"),
    ],
)
def test_pictures_that_are_none(root, stimulus_refusal, held, problem):
    toys.put(pictures(root), **held)
    assert problem in stimulus_refusal("images", "images").problem


@pytest.mark.fault(28)
def test_pictures_cut_short(root, stimulus_refusal):
    pictures(root).write_bytes(pictures(root).read_bytes()[:100])
    assert "not readable as HDF5" in stimulus_refusal("images", "images").problem


def captions(root, role):
    return root / nsd.stimulus_files((SESSION,), "captions")[role]


@pytest.mark.parametrize("text", ["", "[]", '{"images": []}', '{"annotations": [{"image_id": 1}]}'])
def test_captions_of_another_form(root, stimulus_refusal, text):
    captions(root, "train2017").write_text(text)
    assert "not captions of COCO" in stimulus_refusal("captions", "train2017").problem


def test_pictures_without_captions(root, stimulus_refusal):
    file = captions(root, "train2017")
    held = json.loads(file.read_text())["annotations"]
    kept = [row for row in held if row["image_id"] != 100 - 6]
    file.write_text(json.dumps({"annotations": kept}))
    problem = stimulus_refusal("captions", "train2017").problem
    assert problem == "1 pictures shown have none, first 6"


def test_a_table_of_pictures_without_coco(root, stimulus_refusal):
    captions(root, "pictures").write_text(",nsdId\n0,0\n")
    assert "not readable" in stimulus_refusal("captions", "pictures").problem


def test_a_good_subject_is_read(root):
    files = {r: root / p for r, p in nsd.response_files("subj01", SESSION).items()}
    assert nsd.read_responses(files, "subj01", SESSION).sizes == {"tr": 6, "voxel": 4}
    with h5py.File(files["betas"]) as file:
        assert file["betas"].chunks == (6, 1, 1, 1)
