"""Natural Scenes Dataset, Allen et al. 2022: responses of single trials to photographs, 7 T.

Eight subjects saw photographs of COCO for 3 s each, most of them three times, in 30 to 40 sessions
of 750 trials. The data may not be passed on: they come from a bucket under an agreement
(config/datasets.tsv), and nothing of them may be kept where others can read it. What to know:

- Ids of pictures are counted from 1 in responses.tsv and nsd_expdesign.mat, and from 0 in
  nsd_stim_info_merged.csv and in the rows of nsd_stimuli.hdf5. Here they count from 0.
- Responses are int16, percent signal change times 300. Here they are divided by 300; Takagi &
  Nishimoto 2023 did not, hence the attribute `beta_scale`.
- MATLAB wrote the HDF5 files, so their axes (trial, z, y, x) are those of the masks reversed.
- Masks say -1 outside cortex, 0 in cortex without a label.
- Subjects 3, 4, 6, 8 stopped after 30 or 32 sessions: of the 1,000 shared pictures they saw 930,
  907, 930 and 907, and not every picture three times.
- Voxels at the edge of the imaged volume miss data in some sessions: constant zeros there.
- Level and spread of a voxel drift from session to session, so `CLEANING` z-scores each session,
  as Allen et al. 2022 do before they measure `ncsnr`. Takagi & Nishimoto 2023 did not: they took
  the integers as published and standardised over all training trials.

Known limits: captions are those of COCO and describe the whole photograph, of which NSD shows a
square; they are not in the bucket, the lock says where COCO has them. Maps are slices: the surfaces
are shipped, but bringing this grid to them takes the nonlinear warps of `nsdcode`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import xarray as xr

from braid.datasets import Shape, StimulusKind
from braid.datasets.nsd.design import read_session
from braid.datasets.nsd.photographs import read_captions, read_images
from braid.datasets.nsd.volumes import BETA_SCALE, read_betas, read_volume, read_voxels, space
from braid.timing import Stimulus

NAME = "nsd"
TR = 4 / 3
CLEANING = ("zscore",)
STIMULI: tuple[StimulusKind, ...] = ("events", "images", "captions")

_EXPERIMENT = "nsddata/experiments/nsd"
_PICTURES = "nsddata_stimuli/stimuli/nsd"
_VOLUMES = "nsddata/ppdata/{}/func1pt8mm"
_BETAS = "nsddata_betas/ppdata/{}/func1pt8mm/betas_fithrf_GLMdenoise_RR"
_BEHAVIOUR = "nsddata/ppdata/{}/behav/responses.tsv"
_DESIGN = f"{_EXPERIMENT}/nsd_expdesign.mat"
LOCKED = (
    _DESIGN,
    f"{_EXPERIMENT}/nsd_stim_info_merged.csv",
    f"{_PICTURES}/nsd_stimuli.hdf5",
    f"{_PICTURES}/annotations/captions_*2017.json",
    _BEHAVIOUR.format("subj??"),
    *(f"{_VOLUMES.format('subj??')}/roi/{mask}.nii.gz" for mask in ("nsdgeneral", "streams")),
    f"{_VOLUMES.format('subj??')}/T1_to_func1pt8mm.nii.gz",
    f"{_BETAS.format('subj??')}/betas_session??.hdf5",
    f"{_BETAS.format('subj??')}/ncsnr.nii.gz",
)

_TABLES = Path(__file__).parents[4] / "resources" / NAME
# Pictures planned for every subject; each picture was to be seen so often.
_SHARED = {"public": 1_000, "twin": 100}
_REPEATS = 3


def subjects(source: str) -> tuple[str, ...]:
    """Subjects that `source` (public or twin) has."""
    return tuple(_table(source).index)


def recordings(source: str, subject: str) -> tuple[str, ...]:
    """Sessions of a subject. Their names differ between subjects, as the pictures do."""
    sessions = range(1, int(_table(source).loc[subject, "sessions"]) + 1)
    return tuple(f"{subject}_session{session:02d}" for session in sessions)


def shape(source: str, subject: str, recording: str) -> Shape:
    """Trials and voxels of a session.

    How many voxels the streams add to nsdgeneral is not published, so plans for the public data
    count the voxels of nsdgeneral twice: in subj01, ventral and lateral alone hold as many.
    """
    row = _table(source).loc[subject]
    return Shape(int(row["trials"]), int(row["voxels"]))


def pictures(source: str) -> int:
    """Rows of nsd_stimuli.hdf5: pictures that all subjects were to see, and those of each.

    Whoever came to all sessions saw each of its pictures three times.
    """
    table = _table(source)
    each = int((table["sessions"] * table["trials"]).to_numpy().max()) // _REPEATS
    return _SHARED[source] + len(table) * (each - _SHARED[source])


def response_files(subject: str, recording: str) -> dict[str, str]:
    """Responses of one session, the masks of the subject, and what says which picture was shown."""
    session = recording.removeprefix(f"{subject}_")
    masks = f"{_VOLUMES.format(subject)}/roi"
    return {
        "betas": f"{_BETAS.format(subject)}/betas_{session}.hdf5",
        "ncsnr": f"{_BETAS.format(subject)}/ncsnr.nii.gz",
        "nsdgeneral": f"{masks}/nsdgeneral.nii.gz",
        "streams": f"{masks}/streams.nii.gz",
        "responses": _BEHAVIOUR.format(subject),
        "design": _DESIGN,
    }


def stimulus_files(recordings: tuple[str, ...], kind: StimulusKind) -> dict[str, str]:
    """Trials of each subject under its name, and the pictures or the files that lead to captions.

    The captions are where nsd_access puts them: from COCO, not from the bucket.
    """
    names = sorted({recording.partition("_")[0] for recording in recordings})
    trials = {"design": _DESIGN, **{name: _BEHAVIOUR.format(name) for name in names}}
    annotations = f"{_PICTURES}/annotations"
    further = {
        "events": {},
        "images": {"images": f"{_PICTURES}/nsd_stimuli.hdf5"},
        "captions": {
            "pictures": f"{_EXPERIMENT}/nsd_stim_info_merged.csv",
            "train2017": f"{annotations}/captions_train2017.json",
            "val2017": f"{annotations}/captions_val2017.json",
        },
    }
    return trials | further[kind]


def anatomy_files(subject: str) -> dict[str, str]:
    """T1-weighted volume, warped to the grid of the responses."""
    return {"t1": f"{_VOLUMES.format(subject)}/T1_to_func1pt8mm.nii.gz"}


def read_responses(files: Mapping[str, Path], subject: str, recording: str) -> xr.Dataset:
    """Responses of one session in every voxel of nsdgeneral or of a stream.

    Peak memory is the result itself, 750 trials x 4 bytes a voxel: voxels are read one by one,
    since each is a chunk of its own in the file.

    Parameters
    ----------
    files
        The paths of `response_files`.
    subject, recording
        Whose responses, in which session.

    Returns
    -------
    xr.Dataset
        `bold` (tr, voxel) in percent signal change, a trial in each row; per trial `run`, `time`,
        `image`, `repeat` and `shared` (`braid.datasets.nsd.design.read_trials`); per voxel `i`,
        `j`, `k`, `roi` (stream), `nsdgeneral` and `ncsnr`, the standard deviation of signal over
        that of noise. Voxels are in C order of the reversed axes, as public code has them.

    Raises
    ------
    BadInput
        When a file was not fetched or is damaged, lacks `/betas`, belongs to another subject, or
        the responses are not those of the session's trials on the grid of the masks.
    """
    trials = read_session(files["responses"], files["design"], subject, recording)
    image = read_volume(files["streams"])
    voxels = read_voxels(files)
    bold = read_betas(files["betas"], voxels, (len(trials), *image.shape[::-1]))
    coords = _columns(trials, "tr") | _columns(voxels, "voxel")
    identity = {"dataset": NAME, "subject": subject, "recording": recording, "units": "percent"}
    scale = {"tr": TR, "beta_scale": BETA_SCALE}
    arrays = {"bold": (("tr", "voxel"), bold)}
    return xr.Dataset(arrays, coords, {**identity, **scale, **space(image, subject)})


def read_stimulus(
    files: Mapping[str, Path], recordings: tuple[str, ...], kind: StimulusKind
) -> Stimulus:
    """What was shown in these sessions: one event per trial, and the pictures or their captions.

    The clock counts trials: trial 0 lasts from -0.5 to 0.5. Labels are rows of the pictures.

    Parameters
    ----------
    files
        The paths of `stimulus_files` of the same kind.
    recordings
        Sessions, each a run.
    kind
        `events`, `images` or `captions`.

    Raises
    ------
    BadInput
        When a file was not fetched or is damaged, the trials are another subject's, or a picture
        that was shown is not there or has no caption.
    """
    trials = {
        recording: read_session(files[subject], files["design"], subject, recording)
        for recording in recordings
        for subject in [recording.partition("_")[0]]
    }
    shown = pd.concat(trials.values(), ignore_index=True)
    events = shown[["run"]].assign(
        onset=shown["time"] - 0.5, offset=shown["time"] + 0.5, label=shown["image"].astype(str)
    )
    times = {recording: part["time"].to_numpy() for recording, part in trials.items()}
    seen = np.unique(shown["image"])
    images = read_images(files["images"], seen) if kind == "images" else None
    captions = read_captions(files, seen) if kind == "captions" else None
    return Stimulus(events, times, images=images, captions=captions)


def read_anatomy(files: Mapping[str, Path], subject: str) -> nib.Nifti1Image:
    """T1-weighted volume on the grid of the responses."""
    return read_volume(files["t1"])


@cache
def _table(source: str) -> pd.DataFrame:
    return pd.read_csv(_TABLES / f"{source}.tsv", sep="\t", index_col="subject")


def _columns(table: pd.DataFrame, dim: str) -> dict[str, tuple[str, np.ndarray]]:
    """Columns as coordinates, text as numpy has it."""
    return {
        str(name): (dim, column.to_numpy(str if column.dtype == "str" else None))
        for name, column in table.items()
    }
