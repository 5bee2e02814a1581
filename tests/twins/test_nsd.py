"""What was planted is found by plain ridge, where it was planted and only there."""

from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path

import h5py
import nibabel as nib
import nsd_toys as toys
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from braid import store
from braid.features.static_vectors import embed
from braid.twins import nsd

SESSIONS, TRIALS = 3, 300
VOLUMES = "func1pt8mm"


class Measured:
    """Responses of the simulated subject by public conventions, without the reader of NSD."""

    def __init__(self, root: Path, truth: Path) -> None:
        self.root = root
        self.shown = pd.read_csv(truth / "pictures.csv", index_col="image")
        planted = store.load(truth / "subj01.nc")
        self.region = planted["region"].to_numpy()
        self.ceiling = planted["ceiling"].to_numpy()
        at = tuple(planted[axis].to_numpy() for axis in "kji")
        betas = root / f"nsddata_betas/ppdata/subj01/{VOLUMES}/betas_fithrf_GLMdenoise_RR"
        sessions = []
        for number in range(1, SESSIONS + 1):
            with h5py.File(betas / f"betas_session{number:02d}.hdf5") as file:
                sessions.append(np.asarray(file["betas"])[:, *at] / 300)
        self.bold = np.concatenate(sessions)
        self.ncsnr = nib.load(betas / "ncsnr.nii.gz").get_fdata().T[at]
        trials = pd.read_csv(root / "nsddata/ppdata/subj01/behav/responses.tsv", sep="\t")
        self.image = trials["73KID"].to_numpy() - 1
        table = root / "nsddata/experiments/nsd/nsd_stim_info_merged.csv"
        self.pictures = pd.read_csv(table, index_col=0)
        shared = self.pictures["shared1000"].to_numpy()
        self.train, self.test = (np.unique(self.image[shared[self.image] == s]) for s in (0, 1))

    def mean(self, images: np.ndarray, repeats: int = 3) -> np.ndarray:
        return np.stack([self.bold[self.image == n][:repeats].mean(axis=0) for n in images])

    @cached_property
    def said(self) -> pd.Series:
        """All English captions of each photograph of COCO."""
        folder = self.root / "nsddata_stimuli/stimuli/nsd/annotations"
        held = pd.concat(
            [
                pd.DataFrame(pd.read_json(path, typ="series")["annotations"])
                for path in sorted(folder.glob("*.json"))
            ]
        )
        english = held.loc[held["language"].isna(), :]
        return english.groupby("image_id")["caption"].apply(" ".join)

    def captions(self, images: np.ndarray, vectors: Path) -> np.ndarray:
        return embed(self.said[self.pictures["cocoId"][images]].tolist(), vectors)

    @cached_property
    def pixels(self) -> np.ndarray:
        """All pictures, squares of 8 by 8 pixels as one."""
        with h5py.File(self.root / "nsddata_stimuli/stimuli/nsd/nsd_stimuli.hdf5") as file:
            held = [picture[:416, :416].reshape(52, 8, 52, 8, 3) for picture in file["imgBrick"]]
        return np.stack([picture.mean(axis=(1, 3)) for picture in held])

    def sights(self, images: np.ndarray) -> np.ndarray:
        """Colours and edges on a grid of 13 by 13."""
        edges = np.hypot(*np.gradient(self.pixels[images].mean(axis=-1), axis=(1, 2)))
        both = np.concatenate([self.pixels[images], edges[..., None]], axis=-1)
        return both.reshape(-1, 13, 4, 13, 4, 4).mean(axis=(2, 4)).reshape(len(images), -1)

    def layout(self, images: np.ndarray) -> np.ndarray:
        """Colours on a grid of 4 by 4."""
        squares = self.pixels[images].reshape(-1, 4, 13, 4, 13, 3)
        return squares.mean(axis=(2, 4)).reshape(len(images), -1)

    def voxels(self, stream: str) -> np.ndarray:
        """Responses of a stream, standardised in each session."""
        parts = np.split(self.bold[:, self.region == stream], SESSIONS)
        return np.concatenate([StandardScaler().fit_transform(part) for part in parts])

    def decode(self, stream: str) -> np.ndarray:
        """Correlation of the layout decoded from averaged tests, from single trials of the rest."""
        bold, seen = self.voxels(stream), self.layout(self.image)
        known = np.isin(self.image, self.train)
        model = Ridge(300).fit(bold[known], seen[known])
        tested = np.stack([bold[self.image == n].mean(axis=0) for n in self.test])
        return correlation(model.predict(tested), self.layout(self.test))

    def name(self, stream: str) -> float:
        """Share of single test trials of which a stream tells what is shown."""
        bold, known = self.voxels(stream), np.isin(self.image, self.train)
        names = self.shown["name"].to_numpy()[self.image]
        judge = LogisticRegression(C=0.01, max_iter=200).fit(bold[known], names[known])
        return float(judge.score(bold[~known], names[~known]))

    def ridge(self, features: Callable[[np.ndarray], np.ndarray], repeats: int = 3) -> np.ndarray:
        scale = StandardScaler().fit(features(self.train))
        model = Ridge(300).fit(scale.transform(features(self.train)), self.mean(self.train))
        predicted = model.predict(scale.transform(features(self.test)))
        return correlation(predicted, self.mean(self.test, repeats))

    def in_stream(self, values: np.ndarray, name: str) -> float:
        return float(np.nanmean(values[self.region == name]))


def correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    with np.errstate(invalid="ignore"):
        return (a * b).sum(axis=0) / np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))


@pytest.fixture(scope="module")
def measured(package, vectors, tmp_path_factory):
    """Give the twin of one subject with or without signal."""
    parent = tmp_path_factory.mktemp("nsd")
    table = parent / "twin.tsv"
    row = f"subj01\t{SESSIONS}\t{TRIALS}\t20\t26\t20\n"
    table.write_text("subject\tsessions\ttrials\tx\ty\tz\n" + row)
    stamps = toys.small_package(package("tuxpaint"), parent / "stamps.zip")
    given = {"tuxpaint": stamps, "fashion": package("fashion")}
    given |= {"wordllama": vectors, "table": table}

    @cache
    def measured(signal):
        folder = parent / f"signal {signal}"
        nsd.write(folder / "nsd", folder / "truth", given, 5, signal=signal)
        return Measured(folder / "nsd", folder / "truth")

    return measured


def test_captions_predict_ventral_and_not_early(measured, vectors):
    subject = measured(True)
    r = subject.ridge(lambda images: subject.captions(images, vectors))
    ventral, early = (subject.in_stream(r, name) for name in ("ventral", "early"))
    assert ventral > 0.55
    assert early < 0.5 * ventral
    assert abs(subject.in_stream(r, "unknown")) < 0.06


def test_colours_and_edges_predict_early_and_not_ventral(measured):
    subject = measured(True)
    r = subject.ridge(subject.sights)
    early, ventral = (subject.in_stream(r, name) for name in ("early", "ventral"))
    assert early > 0.4
    assert ventral < 0.6 * early
    assert abs(subject.in_stream(r, "unknown")) < 0.06


def test_early_tells_the_layout_and_ventral_what_is_shown(measured):
    subject = measured(True)
    assert subject.decode("early").mean() > 0.65
    assert abs(subject.decode("ventral").mean()) < 0.15
    assert subject.name("ventral") > 0.8
    assert subject.name("early") < 0.5


def test_pictures_are_listed_as_their_captions_name_them(measured):
    subject = measured(True)
    assert subject.shown.columns.tolist() == ["name", "x", "y", "extent"]
    assert subject.shown.index.tolist() == list(range(len(subject.pictures)))
    assert len(subject.test) == round(nsd.SHARED * SESSIONS * TRIALS / 3)
    said = subject.said[subject.pictures["cocoId"]]
    pairs = zip(subject.shown["name"], said, strict=True)
    assert all(text.count(name) in (5, 6) for name, text in pairs)


def test_streams_between_respond_to_both(measured, vectors):
    subject = measured(True)
    r = [subject.ridge(lambda i: subject.captions(i, vectors)), subject.ridge(subject.sights)]
    assert min(subject.in_stream(values, "midventral") for values in r) > 0.2


def test_averaging_repeats_raises_the_correlation(measured, vectors):
    subject = measured(True)
    once, thrice = (
        subject.in_stream(subject.ridge(lambda i: subject.captions(i, vectors), n), "ventral")
        for n in (1, 3)
    )
    assert once < 0.9 * thrice


def test_nothing_is_found_without_signal(measured, vectors):
    subject = measured(False)
    assert not subject.ceiling.any()
    assert not subject.ncsnr.any()
    for features in (lambda images: subject.captions(images, vectors), subject.sights):
        r = subject.ridge(features)
        assert max(abs(subject.in_stream(r, name)) for name in set(subject.region)) < 0.08
        assert np.nanmean(np.abs(r) > 0.5) < 0.01


def test_ncsnr_is_what_repeats_show(measured):
    """Noise from the spread over repeats, signal from what that leaves of the total."""
    subject = measured(True)
    images = np.unique(subject.image)
    repeats = np.stack([subject.bold[subject.image == n] for n in images])
    noise = repeats.var(axis=1, ddof=1).mean(axis=0)
    signal = repeats.mean(axis=1).var(axis=0, ddof=1) - noise / 3
    alive = noise > 0.5 * np.median(noise)
    ratio = np.sqrt(np.maximum(signal, 0) / np.where(alive, noise, 1))[alive]
    written = subject.ncsnr[alive]
    assert np.corrcoef(ratio, written)[0, 1] > 0.9
    responding = written > 0.5
    assert ratio[responding].mean() == pytest.approx(written[responding].mean(), rel=0.05)
    np.testing.assert_allclose(
        subject.ceiling, subject.ncsnr / np.sqrt(1 + subject.ncsnr**2), rtol=1e-6
    )


def test_responses_have_a_realistic_size(measured):
    subject = measured(True)
    spread = subject.bold.std(axis=0)
    assert np.median(spread) == pytest.approx(1.5, rel=0.05)
    assert abs(np.median(subject.bold) - 0.4) < 0.05


def test_voxels_at_the_edge_miss_their_last_session(measured):
    subject = measured(True)
    still = [np.ptp(part, axis=0) == 0 for part in np.split(subject.bold, SESSIONS)]
    assert [int(part.sum()) for part in still] == [0, 0, nsd.EDGE]
    assert set(subject.region[still[-1]]) == {"unknown"}
