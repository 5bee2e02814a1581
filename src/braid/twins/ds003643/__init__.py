"""The simulated double of ds003643: same files, names, shapes and defects, known truth.

Sentences of one story are spoken in English, French and Chinese. Voxels of a planted language
region respond to the meaning of the sentence that is being said, which is that of the English
sentence in every language (static word vectors, a model that no study fits): what a model of many
languages should find. Voxels of a planted auditory region respond to the loudness, all others to
nothing. Raw echoes are written of one section only.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import nibabel as nib
import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float, Int16
from nibabel.affines import apply_affine
from scipy.spatial.distance import cdist
from scipy.stats import zscore

from braid.features import static_vectors
from braid.store import save
from braid.twins import annex, mni, parallel, responses, speech
from braid.twins.ds003643 import echoes, texts
from braid.twins.ds003643.texts import Spoken
from braid.twins.mni import Brain

PACKAGES = ("wesnoth",)
MODELS = ("wordllama",)

TR = 2.0
LOCALES = MappingProxyType({"EN": "en", "FR": "fr", "CN": "zh_CN"})
VOICES = MappingProxyType({"EN": "en-us", "FR": "fr", "CN": "cmn"})
LEADS = MappingProxyType({"EN": 4, "FR": 0, "CN": 0})  # scans of raw runs before the sound
# Subjects of Luo & Kobayashi, and the series number of the run before their first section.
SUBJECTS = MappingProxyType({"EN": ("EN057", 14), "FR": ("FR025", 0), "CN": ("CN003", 4)})

SENTENCES = 110  # a section, more than are spoken
DIRECTIONS = 6  # of meaning
VOXEL = 8.0  # mm
SMOOTH = 8.0  # mm, standard deviation of what neighbours have in common
LEVEL, SPREAD = 1000, 50  # of preprocessed values

_MESSAGE = "Simulated double of OpenNeuro ds003643"


class _Row(NamedTuple):
    """A row of the table: a section in one language, its seconds and its scans."""

    language: str
    section: int
    audio: float
    raw: int
    preproc: int
    echoes: str


class _Section(NamedTuple):
    """A spoken section, and what a brain makes of it in each scan of its raw run."""

    language: str
    number: int
    scans: slice
    echoes: bool
    spoken: speech.Speech
    sentences: list[str]
    meaning: Float[np.ndarray, "tr direction"]
    loudness: Float[np.ndarray, "tr 1"]


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
        `table` (columns `language`, `section`, `audio` in seconds, scans of the `raw` and the
        `preproc` run, and whether the `echoes` are written), the package `wesnoth`, and the folder
        of `wordllama`.
    seed
        Of the order of the sentences, of weights and of noise.
    signal
        Without it the same voxels get noise alone, and the ceiling is zero everywhere.
    """
    table = pd.read_csv(given["table"], sep="\t")
    rows = [_Row(*row) for row in table[[*_Row._fields]].itertuples(index=False, name=None)]
    sections = _tell(rows, given["wesnoth"], given["wordllama"], seed)
    brain = mni.make_brain(VOXEL)
    brain = brain._replace(ceiling=brain.ceiling * signal)
    languages = list(dict.fromkeys(table["language"]))
    with annex.dataset(folder, _MESSAGE) as root:
        texts.write(root, table, [SUBJECTS[name][0] for name in languages])
        for number, language in enumerate(languages):
            own = [section for section in sections if section.language == language]
            _write_stimuli(root, language, own)
            _write_subject(root, own, brain, [seed, number])
    for language in languages:
        subject = SUBJECTS[language][0]
        save(truth / f"{subject}.nc", _truth(subject, brain, seed))


def script(archive: Path, sections: int, seed: int) -> list[pd.DataFrame]:
    """Deal the sentences to the sections, the same ones in all languages.

    Returns
    -------
    list of pandas.DataFrame
        One per section, with a column per language: EN, FR, CN.
    """
    table = parallel.sentences(archive, tuple(LOCALES.values())).set_axis(list(LOCALES), axis=1)
    order = np.random.default_rng(seed).permutation(len(table))
    starts = range(0, SENTENCES * sections, SENTENCES)
    return [table.iloc[order[start : start + SENTENCES]] for start in starts]


def _tell(rows: Sequence[_Row], archive: Path, vectors: Path, seed: int) -> list[_Section]:
    """Speak every section in every language and filter what is heard."""
    scripts = script(archive, max(row.section for row in rows), seed)
    meanings = _meanings(scripts, vectors)
    return [
        _heard(row, scripts[row.section - 1][row.language].tolist(), meanings[row.section - 1])
        for row in rows
    ]


def _meanings(scripts: Sequence[pd.DataFrame], vectors: Path) -> list[np.ndarray]:
    """Leading directions of the vectors of the English sentences, of unit variance, by section."""
    english = pd.concat(scripts)["EN"].tolist()
    embedded = static_vectors.embed(english, vectors).astype(float)
    left, _, _ = np.linalg.svd(embedded - embedded.mean(axis=0), full_matrices=False)
    return np.split(np.asarray(zscore(left[:, :DIRECTIONS], axis=0)), len(scripts))


def _heard(
    row: _Row, sentences: list[str], meaning: Float[np.ndarray, "sentence direction"]
) -> _Section:
    voice, lead = VOICES[row.language], LEADS[row.language]
    spoken = speech.speak(" ".join(sentences), row.audio, voice)
    lengths = [len(speech.tokens(sentence, voice)) for sentence in sentences]
    of_word = np.repeat(np.arange(len(lengths)), lengths)[: len(spoken.words)]
    clock = responses.Clock(row.raw, TR, TR * lead, (0, 0))
    return _Section(
        row.language,
        row.section,
        slice(lead, lead + row.preproc),
        row.echoes == "yes",
        spoken,
        sentences[: of_word[-1] + 1],
        responses.scan(responses.hear_words(spoken.words, meaning[of_word], clock), clock),
        responses.scan(responses.hear_loudness(spoken.sound, spoken.rate, clock), clock),
    )


def _write_stimuli(root: Path, language: str, sections: Sequence[_Section]) -> None:
    hyphen = "-" if language == "EN" else "_"
    for section in sections:
        sound, rate = _halved(section.spoken.sound), section.spoken.rate // 2
        name = f"task-lpp{language}_section{hyphen}{section.number}.wav"
        speech.write_wav(root / "stimuli" / name, sound, rate, 1)
    texts.write_annotations(root, language, [_annotated(s) for s in sections])


def _halved(sound: Int16[np.ndarray, " sample"]) -> Int16[np.ndarray, " half"]:
    """Half the samples, to save space: each is the mean of two."""
    pairs = sound[: len(sound) // 2 * 2].reshape(-1, 2)
    return pairs.mean(axis=1).astype(np.int16)


def _annotated(section: _Section) -> Spoken:
    spoken, voice = section.spoken, VOICES[section.language]
    tenths = spoken.sound[: len(spoken.sound) // 2205 * 2205].reshape(-1, 2205).astype(float)
    return Spoken(
        section.language,
        section.number,
        spoken.words,
        [speech.tokens(sentence, voice) for sentence in section.sentences],
        np.sqrt((tenths**2).mean(axis=1)),
        round(len(spoken.sound) / spoken.rate, 4),
    )


def _write_subject(
    root: Path, sections: Sequence[_Section], brain: Brain, seeds: Sequence[int]
) -> None:
    """Write the runs of the one subject of a language, who has weights of its own."""
    subject, before = SUBJECTS[sections[0].language]
    rng = np.random.default_rng(seeds)
    weights = _weights(brain, rng)
    raw, derived = root / f"sub-{subject}", root / f"derivatives/sub-{subject}/func"
    for folder in (raw / "anat", raw / "func", derived):
        folder.mkdir(parents=True)
    for section in sections:
        name = f"sub-{subject}_task-lpp{section.language}_run-{before + section.number:02d}"
        response = _noiseless(section, brain, weights)
        bold = responses.measure(response[section.scans], brain.ceiling, rng)
        volumes = mni.volume(LEVEL + SPREAD * bold, brain, TR, np.int16)
        nib.save(volumes, derived / f"{name}_space-MNIColin27_desc-preproc_bold.nii.gz")
        if section.echoes:
            echoes.write(raw / "func", name, section.language, response, brain, rng)
    head = nib.Nifti1Image(LEVEL * brain.mask.astype(np.int16), brain.affine)
    nib.save(head, raw / f"anat/sub-{subject}_T1w.nii.gz")
    if sections[0].language == "FR":
        texts.write_head(raw / f"anat/sub-{subject}_T1w.json")


def _weights(brain: Brain, rng: np.random.Generator) -> Float[np.ndarray, "direction language"]:
    """Draw what voxels of the language region respond to; neighbours respond alike."""
    places = apply_affine(brain.affine, mni.place(brain).T)[brain.region == "language"]
    near = np.exp(-(cdist(places, places) ** 2) / (2 * SMOOTH**2))
    return rng.standard_normal((DIRECTIONS, len(places))) @ near


def _noiseless(
    section: _Section, brain: Brain, weights: Float[np.ndarray, "direction language"]
) -> Float[np.ndarray, "tr voxel"]:
    signal = np.zeros((len(section.meaning), len(brain.region)))
    signal[:, brain.region == "language"] = zscore(section.meaning @ weights, axis=0)
    signal[:, brain.region == "auditory"] = zscore(section.loudness, axis=0)
    return signal


def _truth(subject: str, brain: Brain, seed: int) -> xr.Dataset:
    region, ceiling = mni.vertex_truth(brain)
    half = len(region) // 2
    return xr.Dataset(
        {"region": ("voxel", region), "ceiling": ("voxel", ceiling)},
        {
            "hemi": ("voxel", np.repeat(["lh", "rh"], half)),
            "vertex": ("voxel", np.tile(np.arange(half), 2)),
        },
        {"dataset": "ds003643", "subject": subject, "seed": seed},
    )
