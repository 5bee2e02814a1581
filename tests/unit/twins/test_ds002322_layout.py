"""The twin has the layout of ds002322 and its defects."""

from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import xarray as xr
from scipy.io import loadmat, wavfile
from scipy.signal import detrend
from toys import git

from braid import store
from braid.datasets import ds002322 as published
from braid.twins import Twin, ds002322
from braid.twins.mni import make_brain, vertex_truth

Made = tuple[Path, Path]
TABLE = "subject\traw\tpreprocessed\n38\tbold\tno\n39\techo-2_bold\tyes\n"


@pytest.fixture(scope="module")
def write(package: Callable[[str], Path], vectors: Path) -> Callable[..., Made]:
    def write(parent: Path) -> Made:
        (parent / "twin.tsv").write_text(TABLE)
        given = {"table": parent / "twin.tsv", "brotli": package("brotli"), "wordllama": vectors}
        ds002322.write(parent / "ds002322", parent / "truth", given, 7)
        return parent / "ds002322", parent / "truth"

    return write


@pytest.fixture(scope="module")
def twin(write: Callable[..., Made], tmp_path_factory: pytest.TempPathFactory) -> Made:
    return write(tmp_path_factory.mktemp("twin"))


def _files(folder: Path, names: dict[str, str]) -> dict[str, Path]:
    return {role: folder / path for role, path in names.items()}


def _volumes(path: Path) -> tuple[nib.Nifti1Image, np.ndarray]:
    image = nib.Nifti1Image.from_filename(path)
    return image, np.asarray(image.dataobj)


def test_offers_what_every_twin_does() -> None:
    assert isinstance(ds002322, Twin)


def test_every_file_of_the_readers_is_there(twin: Made) -> None:
    for subject in ("38", "39"):
        runs = published.recordings("public", subject)
        files = [published.response_files(subject, run) for run in runs]
        files += [published.stimulus_files(runs, kind) for kind in published.STIMULI]
        missing = {p for group in files for p in group.values() if not (twin[0] / p).is_file()}
        assert missing == set()
        assert loadmat(twin[0] / f"derivatives/sub-{subject}/sub-{subject}_preprocess.mat")
    assert not list(twin[0].glob("derivatives/sub-38/*.nii.gz"))
    assert not list(twin[0].glob("sub-39/func/*alice_bold*"))


def test_annexed_files_are_those_of_the_published_data_set(twin: Made) -> None:
    tracked = git(twin[0], "ls-files").splitlines()
    annexed = {name for name in tracked if (twin[0] / name).is_symlink()}
    assert {Path(name).suffix for name in annexed} == {".gz", ".mat", ".wav"}
    assert {"code/annotations.tsv", "participants.tsv", "README"} <= set(tracked) - annexed
    assert all((twin[0] / name).readlink().name.startswith("MD5E-s") for name in annexed)


def test_the_data_set_is_clean_and_whole(twin: Made) -> None:
    assert git(twin[0], "status", "--porcelain") == ""
    assert git(twin[0], "annex", "fsck", "--quiet") == ""
    assert git(twin[0], "rev-list", "--count", "main") == "1"


def test_two_writes_give_the_same_commit_and_truth(
    twin: Made, write: Callable[..., Made], tmp_path: Path
) -> None:
    again = write(tmp_path)
    assert git(again[0], "rev-parse", "main") == git(twin[0], "rev-parse", "main")
    for subject in ("38", "39"):
        first, second = (store.load(truth / f"{subject}.nc") for _, truth in (twin, again))
        xr.testing.assert_identical(first, second)


def test_the_first_volumes_are_missing_from_the_preprocessed(twin: Made) -> None:
    raw, scanned = _volumes(twin[0] / "sub-39/func/sub-39_task-alice_echo-2_bold.nii.gz")
    made, kept = _volumes(twin[0] / published.response_files("39", "alice")["bold"])
    assert (raw.shape[3], made.shape[3]) == (372, 362)
    assert (scanned.dtype, kept.dtype) == (np.int16, np.float32)
    assert raw.header.get_zooms()[3] == made.header.get_zooms()[3] == 2
    assert not np.allclose(raw.affine, made.affine, atol=1)
    inside = kept[..., 0] > 0
    one, other = detrend(scanned[inside][:, 10:]), detrend(kept[inside])
    np.testing.assert_allclose(one, other, atol=1.5)  # rounded to whole numbers
    assert (scanned[inside][:, -50:].mean() - scanned[inside][:, :50].mean()) > 40


def test_readers_find_the_scan_of_the_table(twin: Made) -> None:
    for subject in ("38", "39"):
        files = _files(twin[0], published.response_files(subject, "alice_raw"))
        found = published.read_responses(files, subject, "alice_raw")
        size = published.shape("twin", subject, "alice_raw")
        assert (found.sizes["tr"], np.prod(found.attrs["shape"])) == size[:2]
        assert size.voxels / 4 < found.sizes["voxel"] < size.voxels / 2
        assert (found["bold"].std("tr") == 0).mean() < 0.02  # at the rim


def test_the_truth_is_that_of_the_vertices(twin: Made) -> None:
    truth = store.load(twin[1] / "39.nc", {"region": ("voxel",), "ceiling": ("voxel",)})
    region, ceiling = vertex_truth(make_brain(8.0))
    np.testing.assert_array_equal(truth["region"], region)
    np.testing.assert_array_equal(truth["ceiling"], ceiling)
    assert truth["hemi"].values.tolist() == ["lh"] * 10_242 + ["rh"] * 10_242
    assert truth["vertex"].values[[0, 10_241, 10_242, -1]].tolist() == [0, 10_241] * 2
    assert truth.attrs == {"dataset": "ds002322", "subject": "39", "seed": 7}


def test_the_sound_starts_with_silence_and_lasts_as_published(twin: Made) -> None:
    rate, sound = wavfile.read(twin[0] / published.stimulus_files((), "sound")["sound"])
    assert sound.ndim == 1
    assert len(sound) / rate == pytest.approx(743.66, abs=1e-3)
    assert not sound[: 20 * rate].any()
    assert sound[20 * rate : 22 * rate].any()


def test_readers_find_the_words_of_the_book_while_they_sound(twin: Made) -> None:
    files = _files(twin[0], published.stimulus_files(("alice",), "events"))
    words = published.read_stimulus(files, ("alice",), "events").events
    assert " ".join(words["label"][:6]) == "Alice was beginning to get very"
    assert {"nt", "ll", "’s", "true"} <= set(words["label"])
    rate, sound = wavfile.read(twin[0] / published.stimulus_files((), "sound")["sound"])
    said = np.zeros(len(sound) // rate + 1, bool)
    said[words["onset"].astype(int)] = True
    loud = (
        np.abs(sound[: len(said) * rate - rate].reshape(-1, rate).astype(float)).max(axis=1) > 500
    )
    assert (said[:-1] <= loud).mean() > 0.99
    assert words["offset"].max() < len(sound) / rate


def test_subjects_differ(twin: Made) -> None:
    _, first = _volumes(twin[0] / published.response_files("39", "alice_raw")["bold"])
    _, other = _volumes(twin[0] / published.response_files("38", "alice_raw")["bold"])
    assert not np.array_equal(first, other)


def test_says_that_it_is_simulated(twin: Made) -> None:
    assert (twin[0] / "README").read_text().startswith("SIMULATED DATA")
    found = published.read_participants(twin[0] / "participants.tsv")
    assert list(found.index) == ["38", "39"]
    assert found.isna().to_numpy().all()
