"""Which picture each trial of NSD showed, and the splits of the trials into training and test."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from braid.errors import BadInput
from braid.store.pointers import refuse_pointer

# Takagi & Nishimoto 2023, section 3.2: sessions 1-37 of a subject who came to all 40.
PAPER_SESSIONS = 37
PAPER_COUNTS: Mapping[str, int] = MappingProxyType(
    {
        "trials": 27_750,
        "train_trials": 24_980,
        "train_images": 8_859,
        "test_trials": 2_770,
        "test_images": 982,
    }
)

_PICTURE = "73KID"
_KEYS = ("masterordering", "subjectim", "sharedix")
_REFETCH = "fetch it again and check its digest against the lock"


class Split(NamedTuple):
    """Trials to train on and to test on; those of later sessions are in neither.

    `counts` has what the paper reports: trials and distinct images of each part.
    """

    train: Bool[np.ndarray, " trial"]
    test: Bool[np.ndarray, " trial"]
    counts: Mapping[str, int]


def read_trials(responses: Path, design: Path, subject: str) -> pd.DataFrame:
    """Read all trials of a subject, and hold the two files that list their pictures together.

    Parameters
    ----------
    responses
        `responses.tsv` of the subject, one row per trial in the order of presentation.
    design
        `nsd_expdesign.mat`.
    subject
        `subj01` to `subj08`.

    Returns
    -------
    pd.DataFrame
        One row per trial: `run` (name of the session), `time` (trial in the session, from 0),
        `image` (row of nsd_stimuli.hdf5, from 0), `repeat` (how often the subject had seen it
        before), `shared` (whether it is one of the pictures that every subject was to see).

    Raises
    ------
    BadInput
        When a file is unreadable or lacks a field, is another subject's, or they disagree.
    """
    table = _read_responses(responses, subject)
    sessions = table["SESSION"]
    planned, shared = _read_design(design, subject)
    _require_same(responses, table[_PICTURE].to_numpy(), planned)
    return pd.DataFrame(
        {
            "run": [f"{subject}_session{session:02d}" for session in sessions],
            "time": table.groupby("SESSION").cumcount().astype(float),
            "image": table[_PICTURE] - 1,
            "repeat": table.groupby(_PICTURE).cumcount(),
            "shared": np.isin(table[_PICTURE], shared),
        }
    )


def read_session(responses: Path, design: Path, subject: str, recording: str) -> pd.DataFrame:
    """Read the trials of one session; parameters, columns and errors are those of `read_trials`."""
    trials = read_trials(responses, design, subject)
    found = trials.query("run == @recording").reset_index(drop=True)
    if found.empty:
        last = trials["run"].iloc[-1]
        problem = f"no trial of {recording}; the last session is {last}"
        raise BadInput(responses, "SESSION", problem, "ask for a session that took place")
    return found


def full_split(trials: pd.DataFrame, sessions: int) -> Split:
    """Test on every trial of a shared picture, train on all others, of the first sessions.

    Parameters
    ----------
    trials
        Columns `run`, `image` and `shared`, of one subject.
    sessions
        How many sessions to use.
    """
    used = (trials["run"].str[-2:].astype(int) <= sessions).to_numpy()
    shared = trials["shared"].to_numpy(bool)
    train, test = used & ~shared, used & shared
    images = trials["image"].to_numpy()
    counts = {
        "trials": int(used.sum()),
        "train_trials": int(train.sum()),
        "train_images": len(np.unique(images[train])),
        "test_trials": int(test.sum()),
        "test_images": len(np.unique(images[test])),
    }
    return Split(train, test, MappingProxyType(counts))


def paper_split(trials: pd.DataFrame) -> Split:
    """Split sessions 1-37 as Takagi & Nishimoto 2023: test on shared pictures, seen once or more.

    The sessions 38-40 were not public then, so not every shared picture is in the split, and of
    those that are not each was seen three times: 2,770 trials of 982 pictures.

    Raises
    ------
    BadInput
        When there are as many trials as in the paper but its other counts do not come out.
    """
    split = full_split(trials, PAPER_SESSIONS)
    if split.counts["trials"] == PAPER_COUNTS["trials"] and split.counts != PAPER_COUNTS:
        raise BadInput(
            "nsd_expdesign.mat",
            "split of sessions 1-37",
            f"gives {dict(split.counts)}, but the paper reports {dict(PAPER_COUNTS)}",
            "take pictures and shared pictures from the same release, both counted from 0",
        )
    return split


def _read_responses(path: Path, subject: str) -> pd.DataFrame:
    refuse_pointer(path)
    columns = ["SUBJECT", "SESSION", _PICTURE]
    try:
        table = pd.read_csv(path, sep="\t", usecols=columns, dtype=int)
    except ValueError as error:
        raise BadInput(path, ", ".join(columns), f"not readable ({error})", _REFETCH) from error
    found = sorted(set(table["SUBJECT"]))
    if found != [_number(subject)]:
        problem = f"trials of subjects {found}, expected those of {subject}"
        raise BadInput(path, "SUBJECT", problem, "take the file from the subject's own folder")
    return table


def _read_design(path: Path, subject: str) -> tuple[Int[np.ndarray, " trial"], np.ndarray]:
    """Pictures in the order planned for the subject, and the shared ones, both counted from 1."""
    refuse_pointer(path)
    try:
        held = loadmat(path, variable_names=_KEYS)
        order, pictures, shared = (held[key].astype(int) for key in _KEYS)
        return pictures[_number(subject) - 1, order.ravel() - 1], shared.ravel()
    except (OSError, ValueError, KeyError, IndexError, MatReadError) as error:
        raise BadInput(path, ", ".join(_KEYS), f"not readable ({error!r})", _REFETCH) from error


def _require_same(path: Path, shown: np.ndarray, planned: np.ndarray) -> None:
    if len(shown) > len(planned) or (shown != planned[: len(shown)]).any():
        raise BadInput(
            path,
            _PICTURE,
            f"the pictures of its {len(shown)} trials are not those of nsd_expdesign.mat",
            "take both from the same release; they are counted from 1",
        )


def _number(subject: str) -> int:
    return int(subject.removeprefix("subj"))
