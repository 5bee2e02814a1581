"""The Little Prince in three languages, Li et al. 2022 (OpenNeuro ds003643 2.0.7, CC0).

49 English, 28 French and 35 Chinese subjects heard nine sections in their own language, TR 2 s.
Recording `lppEN_section1` is a preprocessed run (AFNI, ME-ICA, MNI N27) brought to fsaverage5;
`lppEN_section1_echo-2` (`echoes`) is one echo of the raw run, in the voxels of the subject's own
space, for which no surface is published. Known defects:

- `run-NN` counts the scans of a session: the section is the rank of the run among the subject's
  preprocessed ones. The lock tells; it holds three subjects until it is made anew with all.
- English raw runs start 4 scans before the sound, which the preprocessed ones lack; Chinese ones
  have 4 more at their end. An echo is read at the TRs of the preprocessed run, so that what was
  heard is the same. Of both, the last TRs come after the sound. No file says any of this: the
  README does.
- Sounds are named `section-N` in English, `section_N` in French and Chinese.
- The table of participants starts with a byte order mark; the French took no quiz.
- The French have no coreference annotation and saw no pictures.
- Of the TextGrids, some are in UTF-16.
- The French text and the translations are under copyright: pass on neither text nor sound.
- Those of the words are listed in `braid.datasets.ds003643.words`.

The three echoes are one acquisition, not three repeats: an echo to test on shares its noise with
those trained on.
"""

from collections.abc import Mapping
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float

from braid.datasets import StimulusKind
from braid.datasets.ds003643.tables import (
    CLEANING,
    LOCKED,
    NAME,
    STIMULI,
    TR,
    Recording,
    anatomy_files,
    echoes,
    parse,
    picture_events,
    recordings,
    response_files,
    runs_of,
    shape,
    sound_name,
    stimulus_files,
    subjects,
)
from braid.datasets.ds003643.words import read_participants, read_scans, read_words
from braid.datasets.series import brain_mask, open_series, under_mask
from braid.datasets.surface import on_fsaverage5
from braid.errors import BadInput
from braid.store.pointers import refuse_pointer
from braid.timing import Stimulus, check_count
from braid.timing.stimulus import EVENT_COLUMNS

__all__ = [
    "CLEANING",
    "LOCKED",
    "NAME",
    "STIMULI",
    "TR",
    "anatomy_files",
    "echoes",
    "picture_events",
    "read_anatomy",
    "read_participants",
    "read_responses",
    "read_stimulus",
    "recordings",
    "response_files",
    "runs_of",
    "shape",
    "stimulus_files",
    "subjects",
]


def read_responses(files: Mapping[str, Path], subject: str, recording: str) -> xr.Dataset:
    """Responses to one section.

    Parameters
    ----------
    files
        The paths of `response_files`.
    subject, recording
        Whose responses, and which: preprocessed on the vertices of fsaverage5, or an echo in the
        voxels of the mask that nilearn computes from the first echo of the subject's first run.

    Returns
    -------
    xarray.Dataset
        `bold` (tr, voxel) in float32; `time` in seconds from the start of the sound.

    Raises
    ------
    BadInput
        When a file was not fetched or cannot be read, or the run has not the scans that the
        README says.
    """
    what = parse(recording)
    times = _times(files["scans"], what)
    scans = _scans(files["scans"], what, what.kind)
    with open_series(files["bold"]) as image:
        check_count(files["bold"], recording, image.shape[3], scans, (0, 0))
        if what.echo is None:
            bold = on_fsaverage5(image)
        else:
            bold = _in_native_space(image, files["brightest"], subject)
    bold = bold.isel(tr=slice(what.lead, what.lead + len(times)))
    coords = {
        "run": ("tr", np.full(len(times), recording)),
        "time": ("tr", times, {"units": "s"}),
    }
    identity = {"dataset": NAME, "subject": subject, "recording": recording, "units": "scanner"}
    return xr.Dataset({"bold": bold}).assign_coords(coords).assign_attrs(**bold.attrs, **identity)


def read_stimulus(
    files: Mapping[str, Path], recordings: tuple[str, ...], kind: StimulusKind
) -> Stimulus:
    """Words of these sections, as published but for the repairs, or their sounds.

    Parameters
    ----------
    files
        The paths of `stimulus_files`.
    recordings
        Sections, each a run, of one language or several.
    kind
        `events` for the words, `sound` for the sounds.

    Raises
    ------
    BadInput
        When a file was not fetched or is malformed (`braid.datasets.ds003643.words`), or a section
        has no words, or words after the scan.
    """
    heard = {recording: parse(recording) for recording in recordings}
    times = {name: _times(files["scans"], what) for name, what in heard.items()}
    if kind == "sound":
        sounds = {name: files[sound_name(what)] for name, what in heard.items()}
        for path in sounds.values():
            refuse_pointer(path)
        return Stimulus(pd.DataFrame(columns=pd.Index(EVENT_COLUMNS)), times, sound=sounds)
    languages = {what.language for what in heard.values()}
    words = {language: read_words(files[language], language) for language in languages}
    events = [
        _events(words[what.language], files[what.language], name, what, times[name])
        for name, what in heard.items()
    ]
    return Stimulus(pd.concat(events, ignore_index=True), times)


def read_anatomy(files: Mapping[str, Path], subject: str) -> nib.Nifti1Image:
    """Not offered: maps lie on fsaverage5."""
    raise BadInput(NAME, "anatomy", "has no volume that maps lie on", "draw surfaces instead")


def _times(readme: Path, what: Recording) -> Float[np.ndarray, " tr"]:
    """Middle of each TR of the preprocessed run, in seconds from the start of the sound."""
    return TR * (np.arange(_scans(readme, what, "preproc")) + 0.5)


def _scans(readme: Path, what: Recording, kind: str) -> int:
    """Scans of a section in its `raw` or `preproc` run."""
    scans = read_scans(readme)[kind].get((what.language, what.section))
    if scans is None:
        problem = f"says nothing of section {what.section} in {what.language}"
        raise BadInput(readme, "table of scans", problem, "take a section that was published")
    return int(scans)


def _in_native_space(image: nib.Nifti1Image, brightest: Path, subject: str) -> xr.DataArray:
    with open_series(brightest) as first:
        mask = brain_mask(first)
    return under_mask(image, mask).assign_attrs(space=f"{NAME}_sub-{subject}")


def _events(
    words: pd.DataFrame, path: Path, run: str, what: Recording, times: Float[np.ndarray, " tr"]
) -> pd.DataFrame:
    """Words of one section, when there are any and all were heard during the scan."""
    here = words.loc[words["section"] == what.section].assign(run=run)
    end = here["offset"].max()
    if not end <= times[-1] + TR / 2:
        raise BadInput(
            path,
            f"section {what.section}",
            f"has {len(here)} words, the last of them until {end} s; its scan ends "
            f"{times[-1] + TR / 2:g} s after its sound started",
            "the words or the README are another version's: fetch both again",
        )
    return here.loc[:, list(EVENT_COLUMNS)]
