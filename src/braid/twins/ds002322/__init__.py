"""The simulated double of ds002322: same files, names, shapes and defects, known truth.

The beginning of Alice is spoken by espeak-ng for as long as the real sound lasts. Voxels of a
planted language region respond to the meaning of the words (static word vectors, a model that no
study fits), voxels of a planted auditory region to the loudness, all others to nothing.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import nibabel as nib
import numpy as np
import xarray as xr
from jaxtyping import Float
from nibabel.affines import from_matvec
from scipy.stats import zscore

from braid.features import static_vectors
from braid.store import save
from braid.twins import annex, mni, responses, speech
from braid.twins.ds002322 import texts
from braid.twins.mni import Brain
from braid.twins.responses import Clock
from braid.twins.textgrids import Interval

PACKAGES = ("brotli",)
MODELS = ("wordllama",)

TR, TRS, DISCARDED = 2.0, 372, 10
SECONDS, PADDING = 743.66, 20.0  # of the sound file, and of the silence that it starts with
# When the sound started, as the events files say: they are as long as the published ones.
STARTS, STARTS_LATER = "0.657", "0.8125"
LATER = ("38", "39")

CHARACTERS = 20  # a second, more than are spoken
DIRECTIONS = 8  # of meaning that the language region responds to
VOXEL = 8.0  # mm
LEVEL, SPREAD, DRIFT = 1000, 20, 60  # of raw values: mean, standard deviation, rise in the run

_MESSAGE = "Simulated double of OpenNeuro ds002322"
_SOUND = "stimuli/DownTheRabbitHoleFinal_mono_exp120_NR16_pad.wav"
# A MAT-file of version 5 without variables (MAT-File Format, "Level 5 MAT-File Header").
_EMPTY_MAT = b"MATLAB 5.0 MAT-file, simulated".ljust(116) + bytes(8) + b"\x00\x01IM"


class _Story(NamedTuple):
    """A spoken story on the clock of its file, and the meaning of its words."""

    sound: np.ndarray
    rate: int
    words: list[Interval]
    meaning: Float[np.ndarray, "word direction"]


def write(
    folder: Path,
    truth: Path,
    given: Mapping[str, Path],
    seed: int,
    *,
    signal: bool = True,
) -> None:
    """Write the data set and, outside it, what was planted.

    Parameters
    ----------
    folder
        The data set to make, a datalad data set of one commit that depends only on the arguments.
    truth
        Folder of one file per subject, `<subject>.nc`: `region` and `ceiling` per vertex of
        fsaverage5, the ceiling being the expected correlation of the noiseless response with one
        measurement in the nearest voxel.
    given
        `table` (columns `subject`, `raw`, `preprocessed`), the sdist of `brotli`, which holds the
        text, and the folder of `wordllama`.
    seed
        Of weights and noise.
    signal
        Without it the same voxels get noise alone, and the ceiling is zero everywhere.
    """
    with given["table"].open(newline="") as file:
        table = {row["subject"]: row for row in csv.DictReader(file, delimiter="\t")}
    story = _tell(given["brotli"], given["wordllama"])
    brain = mni.make_brain(VOXEL)
    brain = brain._replace(ceiling=brain.ceiling * signal)
    with annex.dataset(folder, _MESSAGE) as root:
        texts.write(root, story.words, list(table))
        speech.write_wav(root / _SOUND, story.sound, story.rate, 1)
        for number, subject in enumerate(table, 1):
            bold = _measured(subject, story, brain, np.random.default_rng([seed, number]))
            _write_scan(root, subject, table[subject]["raw"], bold, brain)
            if table[subject]["preprocessed"] == "yes":
                _write_preprocessed(root, subject, bold, brain)
    for subject in table:
        save(truth / f"{subject}.nc", _truth(subject, brain, seed))


def _tell(text: Path, vectors: Path) -> _Story:
    """Speak the story after the silence; its words mean the leading directions of their vectors."""
    seconds = SECONDS - PADDING
    said = speech.speak(speech.read_text(text)[: round(CHARACTERS * seconds)], seconds)
    silence = np.zeros(round(PADDING * said.rate), np.int16)
    words = [Interval(w.start + PADDING, w.end + PADDING, w.label) for w in said.words]
    embedded = static_vectors.embed([word.label for word in words], vectors).astype(float)
    left, _, _ = np.linalg.svd(embedded - embedded.mean(axis=0), full_matrices=False)
    meaning = np.asarray(zscore(left[:, :DIRECTIONS], axis=0))
    return _Story(np.concatenate([silence, said.sound]), said.rate, words, meaning)


def _starts(subject: str) -> str:
    return STARTS_LATER if subject in LATER else STARTS


def _measured(
    subject: str, story: _Story, brain: Brain, rng: np.random.Generator
) -> Float[np.ndarray, "tr voxel"]:
    """One scan of a subject with weights of its own, z-scored."""
    clock = Clock(TRS, TR, float(_starts(subject)), (0, 0))
    heard = story.sound[: int((TRS * TR - clock.lead - 1) * story.rate)]  # the rest is silence
    meaning = responses.scan(responses.hear_words(story.words, story.meaning, clock), clock)
    loudness = responses.scan(responses.hear_loudness(heard, story.rate, clock), clock)
    language = brain.region == "language"
    weights = rng.standard_normal((DIRECTIONS, np.count_nonzero(language)))
    signal = np.zeros((TRS, len(language)))
    signal[:, language] = zscore(meaning @ weights, axis=0)
    signal[:, brain.region == "auditory"] = zscore(loudness, axis=0)
    return responses.measure(signal, brain.ceiling, rng)


def _write_scan(
    root: Path, subject: str, suffix: str, bold: Float[np.ndarray, "tr voxel"], brain: Brain
) -> None:
    """Write the scan as it was, with its drift, in the space of the scanner."""
    folder, derived = root / f"sub-{subject}", root / f"derivatives/sub-{subject}"
    for inner in (folder / "anat", folder / "func", derived):
        inner.mkdir(parents=True)
    values = LEVEL + SPREAD * bold + DRIFT * np.linspace(0, 1, TRS)[:, None]
    scanner = brain._replace(affine=from_matvec(_nod(), (5, -10, 20)) @ brain.affine)
    volumes = mni.volume(values, scanner, TR, np.int16)
    nib.save(volumes, folder / f"func/sub-{subject}_task-alice_{suffix}.nii.gz")
    head = nib.Nifti1Image(LEVEL * brain.mask.astype(np.int16), scanner.affine)
    nib.save(head, folder / f"anat/sub-{subject}_T1w.nii.gz")
    texts.write_sidecars(folder, subject, _starts(subject), suffix != "bold")
    (derived / f"sub-{subject}_preprocess.mat").write_bytes(_EMPTY_MAT)


def _write_preprocessed(
    root: Path, subject: str, bold: Float[np.ndarray, "tr voxel"], brain: Brain
) -> None:
    volumes = mni.volume(LEVEL + SPREAD * bold[DISCARDED:], brain, TR, np.float32)
    name = f"sub-{subject}_task-alice_bold_preprocessed.nii.gz"
    nib.save(volumes, root / f"derivatives/sub-{subject}" / name)


def _nod() -> Float[np.ndarray, "3 3"]:
    """A turn of 10 degrees about the axis from left to right."""
    cosine, sine = np.cos(np.deg2rad(10)), np.sin(np.deg2rad(10))
    return np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])


def _truth(subject: str, brain: Brain, seed: int) -> xr.Dataset:
    region, ceiling = mni.vertex_truth(brain)
    half = len(region) // 2
    return xr.Dataset(
        {"region": ("voxel", region), "ceiling": ("voxel", ceiling)},
        {
            "hemi": ("voxel", np.repeat(["lh", "rh"], half)),
            "vertex": ("voxel", np.tile(np.arange(half), 2)),
        },
        {"dataset": "ds002322", "subject": subject, "seed": seed},
    )
