"""The twin has the layout and the defects of ds003643, and the readers read it."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from praatio import textgrid
from scipy.io import wavfile
from toys import git

from braid import store
from braid.datasets import ds003643 as published
from braid.twins import Twin, ds003643, find

Written = tuple[Path, Path]
TABLE = """\
language\tsection\taudio\traw\tpreproc\techoes
EN\t1\t41.2\t29\t25\tyes
EN\t2\t37.5\t27\t23\tno
EN\t3\t43.5\t30\t26\tno
FR\t1\t45.9\t25\t25\tyes
FR\t2\t81.3\t43\t43\tno
FR\t3\t39.8\t22\t22\tno
CN\t1\t44.4\t27\t23\tyes
CN\t2\t42.9\t26\t22\tno
CN\t3\t41.7\t25\t21\tno
"""


@pytest.fixture(scope="module")
def write(
    package: Callable[[str], Path], vectors: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Written]:
    table = tmp_path_factory.mktemp("table") / "twin.tsv"
    table.write_text(TABLE)
    given = {"table": table, "wesnoth": package("wesnoth"), "wordllama": vectors}

    def write() -> Written:
        parent = tmp_path_factory.mktemp("twin")
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(ds003643, "VOXEL", 14.0)
            ds003643.write(parent / "ds003643", parent / "truth", given, 7)
        return parent / "ds003643", parent / "truth"

    return write


@pytest.fixture(scope="module")
def twin(write: Callable[..., Written]) -> Written:
    return write()


def _rows() -> list[dict[str, str]]:
    return pd.read_csv(StringIO(TABLE), sep="\t", dtype=str).to_dict("records")


def _recordings(language: str) -> tuple[str, ...]:
    sections = [row["section"] for row in _rows() if row["language"] == language]
    return tuple(f"lpp{language}_section{section}" for section in sections)


def test_every_file_that_the_readers_name_is_there(twin: Written) -> None:
    folder, _ = twin
    named = set()
    for language, (subject, _) in ds003643.SUBJECTS.items():
        sections = _recordings(language)
        echoes = [f"lpp{language}_section1_echo-{echo}" for echo in (1, 2, 3)]
        groups = [published.response_files(subject, name) for name in (*sections, *echoes)]
        groups += [published.stimulus_files(sections, kind) for kind in published.STIMULI]
        named |= {path for group in groups for path in group.values()}
    assert {path for path in named if not (folder / path).is_file()} == set()
    assert len(named) == 9 + 9 + 3 + 9 + 1


def test_every_file_is_one_of_the_published_data_set(twin: Written) -> None:
    lock = Path(published.__file__).parents[4] / "resources/locks/ds003643.tsv"
    real = {line.split("\t")[0] for line in lock.read_text().splitlines()}
    beside = {".bidsignore", ".gitattributes", "CHANGES"}
    tracked = {name for name in git(twin[0], "ls-files").splitlines() if ".datalad" not in name}
    assert tracked - real == beside


def test_annexed_files_are_those_of_the_published_data_set(twin: Written) -> None:
    folder, _ = twin
    tracked = git(folder, "ls-files").splitlines()
    annexed = {name for name in tracked if (folder / name).is_symlink()}
    assert {Path(name).suffix for name in annexed} == {".csv", ".TextGrid", ".wav", ".png", ".gz"}
    assert all((folder / name).readlink().name.startswith("MD5E-s") for name in annexed)
    assert {"README", "participants.tsv"} <= set(tracked) - annexed
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "annex", "fsck", "--quiet") == ""


def test_two_writes_give_the_same_commit_and_truth(
    twin: Written, write: Callable[..., Written]
) -> None:
    again = write()
    assert git(again[0], "rev-parse", "main") == git(twin[0], "rev-parse", "main")
    for subject, _ in ds003643.SUBJECTS.values():
        first, second = (store.load(truth / f"{subject}.nc") for _, truth in (twin, again))
        xr.testing.assert_identical(first, second)


def test_the_truth_has_ceilings_where_it_has_regions(twin: Written) -> None:
    truth = store.load(twin[1] / "FR025.nc", {"region": ("voxel",), "ceiling": ("voxel",)})
    inside = truth["region"].to_numpy() != "none"
    assert set(truth["region"].to_numpy()) == {"none", "language", "auditory"}
    assert truth["ceiling"].to_numpy()[inside].min() >= 0.5
    assert truth["ceiling"].to_numpy()[~inside].max() == 0


def test_it_is_a_twin_and_says_so(twin: Written) -> None:
    folder, _ = twin
    assert isinstance(find("ds003643"), Twin)
    assert (folder / "README").read_text().startswith("SIMULATED DATA")
    description = json.loads((folder / "dataset_description.json").read_text())
    assert description["Name"].startswith("SIMULATED")


def _read(folder: Path, subject: str, recording: str) -> xr.Dataset:
    files = published.response_files(subject, recording).items()
    return published.read_responses({k: folder / p for k, p in files}, subject, recording)


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row['language']}{row['section']}")
def test_preprocessed_runs_start_with_the_sound(twin: Written, row: dict[str, str]) -> None:
    subject, _ = ds003643.SUBJECTS[row["language"]]
    read = _read(twin[0], subject, f"lpp{row['language']}_section{row['section']}")
    assert read.sizes == {"tr": int(row["preproc"]), "voxel": 20_484}
    assert read["time"][0] == 1
    truth = store.load(twin[1] / f"{subject}.nc")
    for name in ("hemi", "vertex"):
        np.testing.assert_array_equal(read[name], truth[name])


@pytest.mark.parametrize("language", ["EN", "FR", "CN"])
def test_raw_runs_of_the_first_section_have_three_echoes(twin: Written, language: str) -> None:
    subject, _ = ds003643.SUBJECTS[language]
    echoes = [_read(twin[0], subject, f"lpp{language}_section1_echo-{n}") for n in (1, 2, 3)]
    heard = int(next(row["preproc"] for row in _rows() if row["language"] == language))
    assert all(echo.sizes["tr"] == heard for echo in echoes)
    assert echoes[0]["time"][0] == 1
    levels = [float(echo["bold"].mean()) for echo in echoes]
    assert levels[0] > levels[1] > levels[2] > 100
    # one acquisition: the later echoes share most of what varies
    pair = zip(echoes[1]["bold"].T.to_numpy(), echoes[2]["bold"].T.to_numpy(), strict=True)
    assert np.median([np.corrcoef(left, right)[0, 1] for left, right in pair]) > 0.7
    files = sorted((twin[0] / f"sub-{subject}/func").glob("*.json"))
    times = [json.loads(file.read_text())["EchoTime"] for file in files]
    assert times == ([0.01, 0.025, 0.038] if language == "FR" else [0.0128, 0.0275, 0.043])


def test_volumes_are_whole_numbers_in_space_with_their_tr(twin: Written) -> None:
    for path in (twin[0] / "derivatives").rglob("*.nii.gz"):
        image = nib.load(path)
        assert image.get_data_dtype() == np.int16
        assert image.header.get_zooms() == (14, 14, 14, 2)


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row['language']}{row['section']}")
def test_sounds_have_their_names_and_lengths(twin: Written, row: dict[str, str]) -> None:
    sign = "-" if row["language"] == "EN" else "_"
    name = f"task-lpp{row['language']}_section{sign}{row['section']}.wav"
    rate, sound = wavfile.read(twin[0] / "stimuli" / name)
    assert (sound.dtype, sound.ndim) == (np.int16, 1)
    assert len(sound) / rate == pytest.approx(float(row["audio"]), abs=1e-3)


def _events(folder: Path, language: str) -> pd.DataFrame:
    names = _recordings(language)
    files = published.stimulus_files(names, "events").items()
    return published.read_stimulus({k: folder / p for k, p in files}, names, "events").events


@pytest.mark.parametrize("language", ["EN", "FR", "CN"])
def test_words_are_those_of_the_textgrids(twin: Written, language: str) -> None:
    events = _events(twin[0], language)
    for name in _recordings(language):
        path = twin[0] / f"annotation/{language}/{name}.TextGrid"
        grid = textgrid.openTextgrid(str(path), includeEmptyIntervals=False)
        (tier,) = (grid.getTier(tier) for tier in grid.tierNames)
        said = [entry for entry in tier.entries if entry[2] not in ("#", "sil")]
        heard = events[events["run"] == name]
        assert len(heard) == len(said) > 80
        starts = [start for start, _, _ in said]
        np.testing.assert_allclose(heard["onset"], starts, atol=1e-6)
        if language != "EN":
            assert heard["label"].tolist() == [label for *_, label in said]


def test_english_has_the_defects_of_the_published_words(twin: Written) -> None:
    path = twin[0] / "annotation/EN/lppEN_word_information.csv"
    table = pd.read_csv(path, keep_default_na=False)
    assert (table["word"] == "").any()
    assert not table["word"].str.contains("'").any()
    labels = _events(twin[0], "EN")["label"]
    assert (labels == labels.str.lower()).all()
    assert (labels != "").all()


def test_the_french_defect_is_there_and_repaired(twin: Written) -> None:
    path = twin[0] / "annotation/FR/lppFR_word_information.csv"
    words = pd.read_csv(path, keep_default_na=False)["word"]
    assert words[338] == "s'"
    assert _events(twin[0], "FR")["label"].tolist() == words.drop(338).tolist()


def test_textgrids_are_in_the_encodings_of_the_published_ones(twin: Written) -> None:
    grids = (twin[0] / "annotation").rglob("*.TextGrid")
    wide = {path.stem for path in grids if path.read_bytes()[:2] == b"\xff\xfe"}
    assert wide == {"lppEN_section3", "lppFR_section1", "lppFR_section2", "lppFR_section3"}


def test_the_french_have_no_coreference_no_quiz_and_a_sidecar(twin: Written) -> None:
    folder, _ = twin
    assert sorted(p.name for p in folder.rglob("*coreference*")) == [
        "lppCN_coreference.csv",
        "lppEN_coreference.csv",
    ]
    raw = (folder / "participants.tsv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfparticipant_id")
    table = published.read_participants(folder / "participants.tsv").set_index("participant_id")
    assert table["total_quiz_questions"].isna().to_dict() == {
        "sub-EN057": False,
        "sub-FR025": True,
        "sub-CN003": False,
    }
    assert [p.name for p in folder.rglob("*_T1w.json")] == ["sub-FR025_T1w.json"]


def test_all_languages_say_the_same_sentences(
    twin: Written, package: Callable[[str], Path]
) -> None:
    (script, *_) = ds003643.script(package("wesnoth"), 3, 7)
    first = script.iloc[0]
    for language in ("FR", "CN"):
        labels = _events(twin[0], language)["label"]
        start = "".join(labels[:4])
        assert first[language].replace(" ", "").startswith(start)
    assert len(set(map(tuple, script.to_numpy()))) == ds003643.SENTENCES
