"""The simulated double of NSD: a bucket folder of the same files, known truth.

Voxels of the planted stream `early` respond to brightness, colour and contrast at a place of their
own, those of `ventral` and `lateral` to the meaning of the English captions (static word vectors, a
model that no study fits), those between to both, and voxels without a stream to nothing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import h5py
import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float, Int, Int16
from scipy.stats import zscore

from braid.features import static_vectors
from braid.sources.folders import atomic_folder
from braid.store import save
from braid.twins.nsd import layout, pictures, vision
from braid.twins.nsd.brain import Brain, make_brain, write_volumes
from braid.twins.nsd.layout import Design

PACKAGES = ("tuxpaint", "fashion")
MODELS = ("wordllama",)

SHARED = 0.2  # of the pictures of a subject
DIRECTIONS = 8  # of meaning
BETA_SCALE = 300
LEVEL, SPREAD = 0.4, 1.5  # percent signal change, mean and standard deviation of a voxel
EDGE = 2  # voxels that miss their data in the last session

# Whether a stream responds to what is seen at a place, and to meaning.
_MIXTURE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "unknown": (0, 0),
        "early": (1, 0),
        "midventral": (1, 1),
        "midlateral": (1, 1),
        "midparietal": (1, 0),
        "ventral": (0, 1),
        "lateral": (0, 1),
        "parietal": (1, 1),
    }
)


class _Person(NamedTuple):
    """A row of the table: who came to how many sessions of how many trials, on which grid."""

    name: str
    sessions: int
    trials: int
    shape: tuple[int, int, int]


class _World(NamedTuple):
    """What all subjects share: who is to see which picture, what they show and what they mean."""

    design: Design
    album: pictures.Album
    meaning: Float[np.ndarray, "picture direction"]


def write(
    folder: Path,
    truth: Path,
    given: Mapping[str, Path],
    seed: int,
    *,
    signal: bool = True,
) -> None:
    """Write the folder and, outside it, what was planted.

    Parameters
    ----------
    folder
        Becomes the root of the bucket.
    truth
        Folder of one file per subject, `<subject>.nc`: `region` and `ceiling` per voxel of a
        mask, the ceiling being the expected correlation of the noiseless response with one trial.
        And `pictures.csv`: per picture (`image`, from 0), its `name`, `x`, `y` and `extent`.
    given
        `tuxpaint` and `fashion`, packages; `wordllama`, a folder of static word vectors; and
        `table`, of the columns `subject`, `sessions`, `trials` (of each session), `x`, `y`, `z`
        (voxels).
    seed
        Of pictures, design, weights and noise.
    signal
        Without it the responses are noise alone, the ceiling and `ncsnr` zero everywhere.
    """
    people = _read_people(given["table"])
    brains = {}
    with atomic_folder(folder) as root:
        world = _make_world(root, people, given, seed)
        for number, person in enumerate(people):
            rng = np.random.default_rng([seed, 1 + number])
            brain = brains[person.name] = make_brain(person.shape, rng, signal=signal)
            came = (person.sessions, person.trials)
            layout.write_behaviour(root, world.design, number, *came)
            write_volumes(root, person.name, brain)
            _write_betas(root, person, brain, _drive(world, brain, number, rng), rng)
    for name, brain in brains.items():
        save(truth / f"{name}.nc", _truth(name, brain, seed))
    shown = world.album.plan[["name", "x", "y", "extent"]]
    shown.to_csv(truth / "pictures.csv", index_label="image")


def _read_people(table: Path) -> list[_Person]:
    rows = pd.read_csv(table, sep="\t").to_dict("records")
    return [
        _Person(r["subject"], r["sessions"], r["trials"], (r["x"], r["y"], r["z"])) for r in rows
    ]


def _make_world(
    root: Path, people: Sequence[_Person], given: Mapping[str, Path], seed: int
) -> _World:
    """All sessions of the one who came most often are planned for everyone, as in NSD."""
    rng = np.random.default_rng([seed, 0])
    trials = max(person.sessions * person.trials for person in people)
    shared = round(SHARED * trials / layout.REPEATS)
    design = layout.make_design(len(people), trials, shared, rng)
    layout.write_experiment(root, design)
    (root / layout.PICTURES).mkdir(parents=True)
    album = pictures.write(root / layout.STIMULI, given, design.total, rng)
    layout.write_captions(root, album.captions, album.translated)
    return _World(design, album, _meaning(album.captions, given["wordllama"]))


def _meaning(
    captions: Sequence[Sequence[str]], vectors: Path
) -> Float[np.ndarray, "picture direction"]:
    """Leading principal directions of the captions' vectors, standardised over the pictures."""
    embedded = static_vectors.embed([said for each in captions for said in each], vectors)
    ends = np.cumsum([len(each) for each in captions])
    means = np.stack([part.mean(axis=0) for part in np.split(embedded, ends[:-1])])
    left, _, _ = np.linalg.svd(means - means.mean(axis=0), full_matrices=False)
    return np.asarray(zscore(left[:, :DIRECTIONS], axis=0))


def _drive(
    world: _World, brain: Brain, subject: int, rng: np.random.Generator
) -> Float[np.ndarray, "trial voxel"]:
    """Noiseless response of each masked voxel to each planned trial, of unit variance."""
    mixture = np.array([_MIXTURE[name] for name in brain.region]).T
    weights = rng.standard_normal((DIRECTIONS, mixture.shape[1]))
    meant = np.asarray(zscore(world.meaning @ weights, axis=0))
    both = mixture[1] * meant
    sees = mixture[0] > 0
    both[:, sees] += vision.respond(world.album.seen, int(sees.sum()), rng)
    shown = both[world.design.pictures[subject]]
    spread = shown.std(axis=0)
    standard = (shown - shown.mean(axis=0)) / np.where(spread > 0, spread, 1)
    return standard[world.design.order]


def _write_betas(
    root: Path,
    person: _Person,
    brain: Brain,
    drive: Float[np.ndarray, "trial voxel"],
    rng: np.random.Generator,
) -> None:
    folder = root / f"nsddata_betas/ppdata/{person.name}/func1pt8mm/betas_fithrf_GLMdenoise_RR"
    for session in range(person.sessions):
        start = session * person.trials
        betas = _measure(brain, drive[start : start + person.trials], rng)
        if session == person.sessions - 1:
            betas[(slice(None), *_edge(brain))] = 0
        with h5py.File(folder / f"betas_session{session + 1:02d}.hdf5", "w") as file:
            file.create_dataset("betas", data=betas, chunks=(len(betas), 1, 1, 1))


def _measure(
    brain: Brain, drive: Float[np.ndarray, "trial voxel"], rng: np.random.Generator
) -> Int16[np.ndarray, "trial z y x"]:
    """Noise in all of the brain, and the response to each trial under the masks."""
    noise = rng.standard_normal((len(drive), *brain.inside.shape[::-1]))
    i, j, k = brain.masked
    ceiling = _ceiling(brain)
    noise[:, k, j, i] = ceiling * drive + np.sqrt(1 - ceiling**2) * noise[:, k, j, i]
    percent = np.where(brain.inside.T, LEVEL + SPREAD * noise, 0)
    return np.rint(BETA_SCALE * percent).astype(np.int16)


def _ceiling(brain: Brain) -> Float[np.ndarray, " voxel"]:
    snr = brain.ncsnr[brain.masked]
    return snr / np.sqrt(1 + snr**2)


def _edge(brain: Brain) -> tuple[Int[np.ndarray, " voxel"], ...]:
    """Places (k, j, i) of some voxels without a planted response."""
    at = np.flatnonzero(brain.region == "unknown")[:EDGE]
    i, j, k = brain.masked
    return k[at], j[at], i[at]


def _truth(subject: str, brain: Brain, seed: int) -> xr.Dataset:
    i, j, k = brain.masked
    return xr.Dataset(
        {"region": ("voxel", brain.region), "ceiling": ("voxel", _ceiling(brain))},
        {"i": ("voxel", i), "j": ("voxel", j), "k": ("voxel", k)},
        {"dataset": "nsd", "subject": subject, "seed": seed},
    )
