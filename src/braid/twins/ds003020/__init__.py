"""The simulated double of ds003020: same files, names, shapes, keys and defects, known truth.

Consecutive passages of Alice are the stories, spoken by espeak-ng. Voxels of a planted language
region respond to the meaning of the words (static word vectors, a model that no study fits),
voxels of a planted auditory region to the loudness, all others to nothing: see `signals`.
"""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import h5py
import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float, Int

from braid.datasets import ds003020 as published
from braid.store import save
from braid.twins import annex, responses, speech, textgrids
from braid.twins.ds003020 import descriptions, filestore, signals, surfaces
from braid.twins.ds003020.signals import Heard, Plant
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

NAN_VOXELS, CONSTANT_VOXELS = 3, 2
VOXEL = 5.5  # mm

_MESSAGE = "Simulated double of OpenNeuro ds003020"


class _Story(NamedTuple):
    """A spoken story, and what a brain makes of it."""

    name: str
    spoken: speech.Speech
    heard: Heard


class _Brain(NamedTuple):
    """A subject and what is planted in it."""

    name: str
    anatomy: Subject
    planted: Plant
    defects: Int[np.ndarray, " defect"]


def write(
    folder: Path,
    truth: Path,
    given: Mapping[str, Path],
    seed: int,
    *,
    signal: bool = True,
    extra: bool = True,
    voxel: float = VOXEL,
) -> None:
    """Write the data set and, outside it, what was planted.

    Parameters
    ----------
    folder
        The data set to make, a datalad data set of one commit that depends only on the arguments.
    truth
        Folder of one file per subject, `<subject>.nc`: `region`, `ceiling` and `ceiling_extra`
        per voxel, the expected correlations of one measurement with the noiseless response and
        with its extra part alone (`signals`: the part that is shared by the population).
    given
        `table`: columns `story`, `trs` (TRs of the whole scan, as in respdict.json), and one per
        subject that says `yes` where the subject heard the story. `brotli`: the sdist of brotli.
        `wordllama`: folder of static word vectors (`braid.features.static_vectors`).
    seed
        Of weights, noise and defects.
    signal
        Without it the same voxels get noise alone, and the ceilings are zero everywhere.
    extra
        Without it the same voxels respond as strongly to meaning, but have no part in common.
    voxel
        Edge of a voxel in mm.
    """
    table = pd.read_csv(given["table"], sep="\t")
    stories = _tell(table, speech.read_text(given["brotli"]), given["wordllama"])
    names = [name for name in table.columns if name not in ("story", "trs")]
    brains = [
        _brain(name, surfaces.make_subject(n, voxel), [seed, n], signal, extra)
        for n, name in enumerate(names, 1)
    ]
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
    meanings = signals.meanings([story.words for story in spoken], vectors)
    return [
        _Story(name, story, _heard(int(trs), story, meaning))
        for name, trs, story, meaning in zip(
            table["story"], table["trs"], spoken, meanings, strict=True
        )
    ]


def _heard(trs: int, spoken: speech.Speech, meaning: np.ndarray) -> Heard:
    clock = responses.Clock(trs, TR, LEAD, DROPPED)
    words = responses.scan(responses.hear_words(spoken.words, meaning, clock), clock)
    loudness = responses.hear_loudness(spoken.sound, spoken.rate, clock)
    shared, own = np.split(words, [signals.SHARED], axis=1)
    return Heard(shared, own, responses.scan(loudness, clock))


def _brain(name: str, anatomy: Subject, seeds: list[int], signal: bool, extra: bool) -> _Brain:
    """Plant in a subject; defects fall on voxels without a planted response."""
    rng = np.random.default_rng(seeds)
    planted = signals.plant(anatomy, rng, signal=signal, extra=extra)
    free = np.flatnonzero(anatomy.region == "none")
    defects = rng.choice(free, NAN_VOXELS + CONSTANT_VOXELS, replace=False)
    return _Brain(name, anatomy, planted, defects)


def _truth(brain: _Brain, seed: int) -> xr.Dataset:
    z, y, x = np.nonzero(brain.anatomy.mask)
    planted = brain.planted
    arrays = {
        "region": planted.region,
        "ceiling": planted.ceiling,
        "ceiling_extra": planted.ceiling_extra,
    }
    return xr.Dataset(
        {name: ("voxel", values) for name, values in arrays.items()},
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
    signal = signals.respond(brain.planted, story.heard)
    ceiling = brain.planted.ceiling
    if story.name != REPEATED:
        return {"data": _spoiled(responses.measure(signal, ceiling, rng), brain.defects)}
    repeats = np.stack([responses.measure(signal, ceiling, rng) for _ in range(REPEATS)])
    repeats = _spoiled(repeats, brain.defects)
    mean = repeats.mean(axis=0)
    if brain.name == STACKED:
        return {"data": np.concatenate([mean[None], repeats])}
    return {"data": mean, "individual_repeats": repeats}


def _spoiled(
    bold: Float[np.ndarray, "*repeat tr voxel"], defects: Int[np.ndarray, " defect"]
) -> Float[np.ndarray, "*repeat tr voxel"]:
    """Some voxels miss their first TR, some never change."""
    bold[..., 0, defects[:NAN_VOXELS]] = np.nan
    bold[..., defects[NAN_VOXELS:]] = 0
    return bold
