"""NSD: published facts, the reader's tables, and the files of the twin, held together.

Facts of the NSD data manual (pages Experiments, Behavioral data, Functional data,
ROIs, Technical notes) and of the code of Takagi & Nishimoto 2023.
"""

import filecmp
import fnmatch
from pathlib import Path

import h5py
import nibabel as nib
import nsd_toys as toys
import numpy as np
import pandas as pd
import pytest
from scipy.io import loadmat

from braid.datasets import nsd
from braid.datasets.nsd.design import PAPER_COUNTS, PAPER_SESSIONS
from braid.datasets.nsd.volumes import STREAMS
from braid.twins import nsd as twin
from braid.twins.nsd.brain import make_brain
from braid.twins.nsd.layout import REPEATS, make_design

SESSIONS = (40, 40, 32, 30, 40, 32, 40, 30)
GRIDS = (
    *((81, 104, 83), (82, 106, 84), (81, 106, 82), (85, 99, 80)),
    *((79, 97, 78), (85, 113, 83), (78, 95, 81), (80, 103, 78)),
)
NSDGENERAL = (15724, 14278, 15226, 13153, 13039, 17907, 12682, 14386)
COLUMNS = (
    *("SUBJECT", "SESSION", "RUN", "TRIAL", "73KID", "10KID", "TIME", "ISOLD", "ISCORRECT", "RT"),
    *("CHANGEMIND", "MEMORYRECENT", "MEMORYFIRST", "ISOLDCURRENT", "ISCORRECTCURRENT", "TOTAL1"),
    *("TOTAL2", "BUTTON", "MISSINGDATA"),
)
PICTURES = (
    *("cocoId", "cocoSplit", "cropBox", "loss", "nsdId", "flagged", "BOLD5000", "shared1000"),
    *(f"subject{n}" for n in range(1, 9)),
    *(f"subject{n}_rep{r}" for n in range(1, 9) for r in range(3)),
)
TABLES = Path(nsd.__file__).parents[4] / "resources" / "nsd"


def table(source):
    return pd.read_csv(TABLES / f"{source}.tsv", sep="\t", index_col="subject")


def test_the_public_table_is_the_data_manual():
    public = table("public")
    assert tuple(public.index) == tuple(f"subj{n:02d}" for n in range(1, 9))
    assert tuple(public["sessions"]) == SESSIONS
    assert set(public["trials"]) == {750}
    assert tuple(map(tuple, public[["x", "y", "z"]].to_numpy().tolist())) == GRIDS
    assert tuple(public["nsdgeneral"]) == NSDGENERAL
    assert (public["voxels"] == 2 * public["nsdgeneral"]).all()


def test_another_subjects_file_never_fits_by_chance():
    assert len(set(GRIDS)) == 8
    grids = table("twin")[["x", "y", "z"]]
    assert not grids.duplicated().any()


def test_facts_that_readers_rest_on():
    assert pytest.approx(4 / 3) == nsd.TR
    assert nsd.BETA_SCALE == twin.BETA_SCALE == 300
    assert (STREAMS[1], STREAMS[5], len(STREAMS)) == ("early", "ventral", 8)
    assert (PAPER_SESSIONS, sum(SESSIONS) * 750) == (37, 213_000)
    assert PAPER_COUNTS["train_trials"] + PAPER_COUNTS["test_trials"] == 37 * 750


@pytest.mark.parametrize("row", list(table("twin").itertuples()), ids=lambda row: row.Index)
def test_the_twins_table_counts_its_voxels(row):
    brain = make_brain((row.x, row.y, row.z), np.random.default_rng(0), signal=True)
    assert row.voxels == len(brain.region)
    assert row.nsdgeneral == (brain.general > 0).sum()


def test_the_twin_takes_less_than_200_mb():
    rows = table("twin")
    each = rows["sessions"].max() * rows["trials"] // REPEATS
    pictures = each.sum() - round(twin.SHARED * each.max()) * (len(rows) - 1)
    betas = (rows[["sessions", "trials", "x", "y", "z"]].prod(axis=1) * 2).sum()
    # Pictures are compressed to an eighth; HDF5 takes 1.4 times the bytes of betas.
    assert pictures * 425 * 425 * 3 / 8 + 1.4 * betas < 200e6


def test_all_pictures_of_the_twin_are_counted_without_a_file():
    rows = table("twin")
    trials = int((rows["sessions"] * rows["trials"]).max())
    shared = round(twin.SHARED * trials / REPEATS)
    design = make_design(len(rows), trials, shared, np.random.default_rng(0))
    assert nsd.pictures("twin") == design.pictures.max() + 1


@pytest.fixture(scope="module")
def given(package, vectors, tmp_path_factory):
    parent = tmp_path_factory.mktemp("given")
    rows = "subj01\t2\t60\t9\t11\t9\nsubj02\t1\t60\t9\t12\t9\n"
    (parent / "twin.tsv").write_text("subject\tsessions\ttrials\tx\ty\tz\n" + rows)
    stamps = toys.small_package(package("tuxpaint"), parent / "stamps.zip")
    packages = {"tuxpaint": stamps, "fashion": package("fashion")}
    return {**packages, "wordllama": vectors, "table": parent / "twin.tsv"}


@pytest.fixture(scope="module")
def root(given, tmp_path_factory):
    parent = tmp_path_factory.mktemp("twin")
    twin.write(parent / "nsd", parent / "truth", given, 1)
    return parent / "nsd"


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


CAME = {"subj01": 2, "subj02": 1}


def test_the_twin_has_every_file_that_readers_name_and_a_readme_besides(root):
    named = {"README"}
    for subject, sessions in CAME.items():
        names = tuple(f"{subject}_session{n:02d}" for n in range(1, sessions + 1))
        named |= set(nsd.anatomy_files(subject).values())
        for name in names:
            named |= set(nsd.response_files(subject, name).values())
        for kind in nsd.STIMULI:
            named |= set(nsd.stimulus_files(names, kind).values())
    assert set(files(root)) == named


def test_locked_patterns_leave_nothing_of_the_twin_out(root):
    left = {p for p in files(root) if not any(fnmatch.fnmatch(p, g) for g in nsd.LOCKED)}
    assert left == {"README"}
    assert "SIMULATED" in (root / "README").read_text()


def test_tables_have_the_published_columns(root):
    responses = pd.read_csv(root / "nsddata/ppdata/subj01/behav/responses.tsv", sep="\t")
    assert tuple(responses.columns) == COLUMNS
    runs = responses.groupby(["SESSION", "RUN"])["TRIAL"]
    assert runs.size().to_dict() == {(s, r): 5 for s in (1, 2) for r in range(1, 13)}
    assert (runs.min() == 1).all()
    assert (runs.max() == 5).all()
    pictures = pd.read_csv(root / "nsddata/experiments/nsd/nsd_stim_info_merged.csv", index_col=0)
    assert tuple(pictures.columns) == PICTURES
    assert pictures["nsdId"].tolist() == list(range(len(pictures)))
    design = loadmat(root / "nsddata/experiments/nsd/nsd_expdesign.mat")
    assert design["masterordering"].shape == (1, 120)
    assert design["subjectim"].shape == (2, 40)
    assert design["sharedix"].shape == (1, round(twin.SHARED * 40))
    assert design["subjectim"].min() == 1


def test_volumes_and_betas_have_the_published_form(root):
    betas = root / nsd.response_files("subj02", "subj02_session01")["betas"]
    with h5py.File(betas) as file:
        assert (file["betas"].dtype, file["betas"].shape) == (np.int16, (60, 9, 12, 9))
        assert file["betas"].chunks == (60, 1, 1, 1)
    with h5py.File(root / nsd.stimulus_files((), "images")["images"]) as file:
        pictures = file["imgBrick"]
        assert (pictures.dtype, pictures.shape[1:]) == (np.uint8, (425, 425, 3))
        assert pictures.chunks == (1, 425, 425, 3)
    masks = nsd.response_files("subj02", "subj02_session01")
    labels = nib.load(root / masks["streams"])
    assert labels.shape == (9, 12, 9)
    assert set(np.unique(labels.get_fdata())) <= set(range(-1, 8))
    assert set(np.unique(nib.load(root / masks["nsdgeneral"]).get_fdata())) == {-1, 0, 1}


@pytest.mark.parametrize("subject", CAME)
def test_readers_read_the_twin(root, subject):
    names = tuple(f"{subject}_session{n:02d}" for n in range(1, CAME[subject] + 1))
    found = []
    for name in names:
        paths = {role: root / p for role, p in nsd.response_files(subject, name).items()}
        found.append(nsd.read_responses(paths, subject, name))
    images = {r: root / p for r, p in nsd.stimulus_files(names, "images").items()}
    captions = {r: root / p for r, p in nsd.stimulus_files(names, "captions").items()}
    shown = nsd.read_stimulus(images, names, "images")
    said = nsd.read_stimulus(captions, names, "captions")
    seen = np.concatenate([part["image"] for part in found])
    assert shown.events["label"].astype(int).tolist() == seen.tolist()
    assert shown.images.read(np.array([seen[0]])).shape == (1, 425, 425, 3)
    for language, least in {"en": 5, "fr": 1, "ja": 1, "zh": 1}.items():
        spoken = said.captions.query("language == @language")
        assert set(spoken["image"]) == set(seen.tolist())
        assert spoken.groupby("image").size().between(least, least + (language == "en")).all()
    pictures = pd.read_csv(captions["pictures"], index_col=0)
    shared = pictures["shared1000"].to_numpy()[seen]
    assert np.concatenate([part["shared"] for part in found]).tolist() == shared.tolist()


def test_the_table_of_pictures_agrees_with_the_trials(root):
    pictures = pd.read_csv(root / "nsddata/experiments/nsd/nsd_stim_info_merged.csv", index_col=0)
    shown = pd.read_csv(root / "nsddata/ppdata/subj01/behav/responses.tsv", sep="\t")["73KID"] - 1
    for repeat in range(REPEATS):
        when = pictures[f"subject1_rep{repeat}"]
        listed = when[when > 0]
        assert shown[listed - 1].tolist() == listed.index.tolist()
    assert (pictures["subject3_rep0"] == 0).all()


def test_the_twin_is_the_same_when_made_again(root, given, tmp_path):
    twin.write(tmp_path / "nsd", tmp_path / "truth", given, 1)
    again = filecmp.cmpfiles(root, tmp_path / "nsd", files(root), shallow=False)
    assert again == (files(root), [], [])
    assert files(tmp_path / "truth") == ["pictures.csv", "subj01.nc", "subj02.nc"]
