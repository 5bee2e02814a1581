"""The simulated double of ds003020: same files, names, shapes, keys and defects, known truth.

Consecutive passages of Alice are the stories, spoken by espeak-ng. Voxels of a planted language
region respond to the meaning of the words (static word vectors, a model that no study fits),
voxels of a planted auditory region to the loudness, all others to nothing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import h5py
import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float, Int
from scipy.stats import zscore

from braid.datasets import ds003020 as published
from braid.features import static_vectors
from braid.store import save
from braid.twins import annex, responses, speech, textgrids
from braid.twins.ds003020 import descriptions, filestore, surfaces
from braid.twins.ds003020.surfaces import Subject
from braid.twins.textgrids import Interval

PACKAGES = ("brotli",)  # holds Alice's Adventures in Wonderland
MODELS = ("wordllama",)

TR = 2.0
LEAD = 10.0  # s that the scanner runs before the sound
DROPPED = (10, 10)  # TRs missing at both ends of the published responses
CHARACTERS = 20  # a second, more than are spoken
SILENCE = 19.2  # s of scan around the sound, the median of the published stories
REPEATED, REPEATS = "wheretheressmoke", 5
STACKED = "UTS09"  # holds the mean and the repeats in one array
# The published sounds of one channel.
MONO = (
    "food",
    "beneaththemushroomcloud",
    "threemonths",
    "metsmagic",
    "theshower",
    "birthofanation",
    "listo",
    "mayorofthefreaks",
    "cautioneating",
    "theinterview",
    "jugglingandjesus",
)
SHORT_FORM, UTF_16 = "avatar", "legacy"
MARKERS = ("sp", "{BR}", "sp", "{ls}", "NS", " {LG} ", "br")
OVERLAP = 0.02  # s, of some phones of the repeated story

DIRECTIONS = 8  # of meaning that the language region responds to
NAN_VOXELS, CONSTANT_VOXELS = 3, 2
VOXEL = 5.5  # mm

_MESSAGE = "Simulated double of OpenNeuro ds003020"


class _Story(NamedTuple):
    """A spoken story, and what a brain makes of it, already filtered by the haemodynamics."""

    name: str
    spoken: speech.Speech
    meaning: Float[np.ndarray, "tr direction"]
    loudness: Float[np.ndarray, "tr 1"]


class _Brain(NamedTuple):
    """A subject and the weights planted in it."""

    name: str
    anatomy: Subject
    ceiling: Float[np.ndarray, " voxel"]
    weights: Float[np.ndarray, "direction voxel"]
    defects: Int[np.ndarray, " defect"]


def write(
    folder: Path,
    truth: Path,
    given: Mapping[str, Path],
    seed: int,
    *,
    signal: bool = True,
    voxel: float = VOXEL,
) -> None:
    """Write the data set and, outside it, what was planted.

    Parameters
    ----------
    folder
        The data set to make, a datalad data set of one commit that depends only on the arguments.
    truth
        Folder of one file per subject, `<subject>.nc`: `region` and `ceiling` per voxel, the
        ceiling being the expected correlation of the noiseless response with one measurement.
    given
        `table`: columns `story`, `trs` (TRs of the whole scan, as in respdict.json), and one per
        subject that says `yes` where the subject heard the story. `brotli`: the sdist of brotli.
        `wordllama`: folder of static word vectors (`braid.features.static_vectors`).
    seed
        Of weights, noise and defects.
    signal
        Without it the same voxels get noise alone, and the ceiling is zero everywhere.
    voxel
        Edge of a voxel in mm.
    """
    table = pd.read_csv(given["table"], sep="\t")
    stories = _tell(table, speech.read_text(given["brotli"]), given["wordllama"])
    names = [name for name in table.columns if name not in ("story", "trs")]
    brains = [_brain(name, n, signal, voxel, seed) for n, name in enumerate(names, 1)]
    with annex.dataset(folder, _MESSAGE) as root:
        descriptions.write(root, table.set_index("story")["trs"].to_dict(), names)
        for story in stories:
            _write_stimulus(root, story)
        for number, brain in enumerate(brains, 1):
            heard = table.loc[table[brain.name] == "yes", "story"].tolist()
            _write_subject(root, brain, [s for s in stories if s.name in heard], [seed, number])
    for brain in brains:
        save(truth / f"{brain.name}.nc", _truth(brain, seed))


def _tell(table: pd.DataFrame, text: str, vectors: Path) -> list[_Story]:
    """Speak the stories one after another and filter what is heard."""
    spoken = []
    for trs in table["trs"]:
        seconds = TR * trs - SILENCE
        spoken.append(speech.speak(text[: round(CHARACTERS * seconds)], seconds))
        text = text[spoken[-1].characters :]
    meanings = _meanings([story.words for story in spoken], vectors)
    return [
        _heard(name, int(trs), story, meaning)
        for name, trs, story, meaning in zip(
            table["story"], table["trs"], spoken, meanings, strict=True
        )
    ]


def _heard(name: str, trs: int, spoken: speech.Speech, meaning: np.ndarray) -> _Story:
    clock = responses.Clock(trs, TR, LEAD, DROPPED)
    words = responses.hear_words(spoken.words, meaning, clock)
    loudness = responses.hear_loudness(spoken.sound, spoken.rate, clock)
    return _Story(name, spoken, responses.scan(words, clock), responses.scan(loudness, clock))


def _meanings(stories: Sequence[list[Interval]], vectors: Path) -> list[np.ndarray]:
    """Leading principal directions of the words' vectors, of unit variance, per story."""
    labels = [word.label for words in stories for word in words]
    embedded = static_vectors.embed(labels, vectors).astype(float)
    left, _, _ = np.linalg.svd(embedded - embedded.mean(axis=0), full_matrices=False)
    ends = np.cumsum([len(words) for words in stories])
    return np.split(np.asarray(zscore(left[:, :DIRECTIONS], axis=0)), ends[:-1])


def _brain(name: str, number: int, signal: bool, voxel: float, seed: int) -> _Brain:
    """Draw weights for a subject; defects fall on voxels without a planted response."""
    anatomy = surfaces.make_subject(number, voxel)
    rng = np.random.default_rng([seed, number])
    weights = rng.standard_normal((DIRECTIONS, np.count_nonzero(anatomy.region == "language")))
    free = np.flatnonzero(anatomy.region == "none")
    defects = rng.choice(free, NAN_VOXELS + CONSTANT_VOXELS, replace=False)
    return _Brain(name, anatomy, anatomy.ceiling * signal, weights, defects)


def _truth(brain: _Brain, seed: int) -> xr.Dataset:
    z, y, x = np.nonzero(brain.anatomy.mask)
    return xr.Dataset(
        {"region": ("voxel", brain.anatomy.region), "ceiling": ("voxel", brain.ceiling)},
        {"i": ("voxel", x), "j": ("voxel", y), "k": ("voxel", z)},
        {"dataset": "ds003020", "subject": brain.name, "seed": seed},
    )


def _write_stimulus(root: Path, story: _Story) -> None:
    sound = root / f"stimuli/{story.name}.wav"
    speech.write_wav(sound, story.spoken.sound, story.spoken.rate, 1 if story.name in MONO else 2)
    end = round(len(story.spoken.sound) / story.spoken.rate, 4)
    phones = textgrids.fill(story.spoken.phones, end, "sp", "sp", ["sp"])
    tiers = {
        "phone": _overlapping(phones) if story.name == REPEATED else phones,
        "word": textgrids.fill(
            story.spoken.words, end, "sentence_start", "{SENTENCE_END}", MARKERS
        ),
    }
    path = root / f"derivative/TextGrids/{story.name}.TextGrid"
    if story.name == SHORT_FORM:
        textgrids.write_short(path, tiers, end)
    else:
        textgrids.write_long(path, tiers, end, "utf-16" if story.name == UTF_16 else "utf-8")


def _overlapping(phones: list[Interval]) -> list[Interval]:
    """Let every tenth phone run into the next one, as the aligner did in the repeated story."""
    return [
        phone._replace(end=round(phone.end + OVERLAP, 4)) if n % 10 == 5 else phone
        for n, phone in enumerate(phones[:-1])
    ] + phones[-1:]


def _write_subject(root: Path, brain: _Brain, stories: list[_Story], seeds: list[int]) -> None:
    home = PurePosixPath("derivative/pycortex-db") / brain.name
    files = map(PurePosixPath, published.anatomy_files(brain.name).values())
    filestore.write(root / home, [str(file.relative_to(home)) for file in files], brain.anatomy)
    folder = root / f"derivative/preprocessed_data/{brain.name}"
    folder.mkdir(parents=True)
    for number, story in enumerate(stories):
        rng = np.random.default_rng([*seeds, number])
        arrays = _measured(brain, story, rng)
        with h5py.File(folder / f"{story.name}.hf5", "w") as file:
            for key, array in arrays.items():
                file[key] = array


def _measured(
    brain: _Brain, story: _Story, rng: np.random.Generator
) -> Mapping[str, Float[np.ndarray, "*repeat tr voxel"]]:
    """Data sets of a response file: one measurement, or the mean of the repeats and these."""
    signal = _noiseless(brain, story)
    if story.name != REPEATED:
        return {"data": _spoiled(responses.measure(signal, brain.ceiling, rng), brain.defects)}
    repeats = np.stack([responses.measure(signal, brain.ceiling, rng) for _ in range(REPEATS)])
    repeats = _spoiled(repeats, brain.defects)
    mean = repeats.mean(axis=0)
    if brain.name == STACKED:
        return {"data": np.concatenate([mean[None], repeats])}
    return {"data": mean, "individual_repeats": repeats}


def _noiseless(brain: _Brain, story: _Story) -> Float[np.ndarray, "tr voxel"]:
    region = brain.anatomy.region
    signal = np.zeros((len(story.meaning), len(region)))
    signal[:, region == "language"] = zscore(story.meaning @ brain.weights, axis=0)
    signal[:, region == "auditory"] = zscore(story.loudness, axis=0)
    return signal


def _spoiled(
    bold: Float[np.ndarray, "*repeat tr voxel"], defects: Int[np.ndarray, " defect"]
) -> Float[np.ndarray, "*repeat tr voxel"]:
    """Some voxels miss their first TR, some never change."""
    bold[..., 0, defects[:NAN_VOXELS]] = np.nan
    bold[..., defects[NAN_VOXELS:]] = 0
    return bold
