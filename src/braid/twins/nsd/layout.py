"""The tables of the simulated NSD: what was shown when, what it is called, in the files of NSD."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Int
from scipy.io import savemat

REPEATS = 3
RUNS = 12  # of a session
SUBJECTS = 8  # of the real data, all of which have columns in the table of pictures

EXPERIMENT = "nsddata/experiments/nsd"
PICTURES = "nsddata_stimuli/stimuli/nsd"
STIMULI = f"{PICTURES}/nsd_stimuli.hdf5"

README = """\
SIMULATED DATA: a double of the Natural Scenes Dataset in the same layout.

No brain was scanned and no photograph of COCO is here. The pictures are garments of Fashion-MNIST
and stamps of Tux Paint in drawn scenes; the responses are planted weights on local brightness,
colour and contrast and on the meaning of captions, and noise. The behaviour of the subjects is not
simulated: those columns are empty. Captions in French, Japanese and Chinese, which COCO has not,
say so in a field `language`.

The real data set: Allen, E.J., St-Yves, G., Wu, Y. et al. A massive 7T fMRI dataset to bridge
cognitive neuroscience and artificial intelligence. Nat Neurosci 25, 116-126 (2022).
"""

# What the subject did is not simulated; the columns are there all the same.
_BEHAVIOUR = (
    *("ISCORRECT", "RT", "CHANGEMIND", "MEMORYRECENT", "MEMORYFIRST", "ISOLDCURRENT"),
    *("ISCORRECTCURRENT", "TOTAL1", "TOTAL2", "BUTTON", "MISSINGDATA"),
)
_HOURS = 24 * 7  # from one session to the next
_TRIAL = 4  # s
# savemat begins a file with the time of day, in a text of this length.
_MAT_TEXT = b"MATLAB 5.0 MAT-file, simulated".ljust(116)


class Design(NamedTuple):
    """Which picture each subject is to see in which trial; pictures are counted from 0.

    Attributes
    ----------
    order
        The same for all subjects: per trial, a column of `pictures`.
    pictures
        Per subject, all it is to see, the shared ones first.
    shared
        How many pictures are shared.
    """

    order: Int[np.ndarray, " trial"]
    pictures: Int[np.ndarray, "subject picture"]
    shared: int

    @property
    def total(self) -> int:
        """How many pictures there are."""
        return int(self.pictures.max()) + 1

    def shown(self, subject: int, trials: int) -> Int[np.ndarray, " trial"]:
        """Pictures that `subject` (from 0) saw in the first trials."""
        return self.pictures[subject, self.order[:trials]]


def make_design(subjects: int, trials: int, shared: int, rng: np.random.Generator) -> Design:
    """Let each subject see each of its pictures three times, spread over all trials.

    Parameters
    ----------
    subjects
        How many; each has pictures of its own besides the shared ones.
    trials
        Planned for each subject, a multiple of three.
    shared
        How many pictures all subjects are to see.
    rng
        Gives pictures to subjects and trials.
    """
    each = trials // REPEATS
    own = each - shared
    numbers = rng.permutation(shared + subjects * own)
    common = np.sort(numbers[:shared])
    rows = [np.concatenate([common, part]) for part in np.split(numbers[shared:], subjects)]
    order = rng.permutation(np.repeat(np.arange(each), REPEATS))
    return Design(order, np.stack(rows), shared)


def write_experiment(root: Path, design: Design) -> None:
    """Write the README, the design and the table of pictures."""
    (root / "README").write_text(README)
    (root / EXPERIMENT).mkdir(parents=True)
    _write_design(root / EXPERIMENT / "nsd_expdesign.mat", design)
    _pictures(design).to_csv(root / EXPERIMENT / "nsd_stim_info_merged.csv")


def write_captions(
    root: Path, captions: Sequence[Sequence[str]], translated: Sequence[Mapping[str, str]]
) -> None:
    """Write the captions as COCO has them, mixed up and not only those of NSD.

    Parameters
    ----------
    root
        Of the bucket.
    captions
        Of each picture in English.
    translated
        Of each picture, language to a caption.
    """
    folder = root / PICTURES / "annotations"
    folder.mkdir()
    for split in ("train2017", "val2017"):
        numbers = [n for n in range(len(captions)) if _split(n) == split]
        rows = [row for n in numbers[::-1] for row in _annotations(n, captions[n], translated[n])]
        rows.append({"image_id": 1, "caption": "A photo that NSD did not show."})
        annotations = [row | {"id": count} for count, row in enumerate(rows)]
        files = [{"id": _coco(n), "file_name": f"{_coco(n):012d}.jpg"} for n in numbers]
        held = {"info": {"description": "simulated"}, "images": files, "annotations": annotations}
        (folder / f"captions_{split}.json").write_text(json.dumps(held))


def write_behaviour(root: Path, design: Design, subject: int, sessions: int, trials: int) -> None:
    """Write responses.tsv of `subject` (from 0), who came to so many sessions of so many trials."""
    shown = design.shown(subject, sessions * trials)
    session, trial = np.divmod(np.arange(len(shown)), trials)
    run = trial * RUNS // trials
    table = pd.DataFrame(
        {
            "SUBJECT": subject + 1,
            "SESSION": session + 1,
            "RUN": run + 1,
            "TRIAL": pd.Series(trial).groupby([session, run]).cumcount() + 1,
            "73KID": shown + 1,
            "10KID": design.order[: len(shown)] + 1,
            "TIME": (session * _HOURS + trial * _TRIAL / 3600) / 24,
            "ISOLD": pd.Series(shown).duplicated().astype(int),
        }
    ).assign(**dict.fromkeys(_BEHAVIOUR, np.nan))
    path = root / f"nsddata/ppdata/subj{subject + 1:02d}/behav/responses.tsv"
    path.parent.mkdir(parents=True)
    table.to_csv(path, sep="\t", index=False, na_rep="NaN")


def _write_design(path: Path, design: Design) -> None:
    arrays = {
        "masterordering": design.order[None] + 1.0,
        "subjectim": design.pictures + 1.0,
        "sharedix": design.pictures[:1, : design.shared] + 1.0,
    }
    savemat(path, arrays)
    with path.open("r+b") as file:
        file.write(_MAT_TEXT)


def _pictures(design: Design) -> pd.DataFrame:
    """One row per picture; trials are counted from 1, 0 where it was not to be shown."""
    numbers = range(design.total)
    columns = {
        "cocoId": [_coco(number) for number in numbers],
        "cocoSplit": [_split(number) for number in numbers],
        "cropBox": "(0, 0, 0, 0)",
        "loss": 0.0,
        "nsdId": numbers,
        "flagged": False,
        "BOLD5000": False,
        "shared1000": np.isin(numbers, design.pictures[0, : design.shared]),
    }
    trials = np.zeros((SUBJECTS, len(numbers), REPEATS), int)
    for subject in range(len(design.pictures)):
        shown = design.shown(subject, len(design.order))
        seen = np.argsort(shown, kind="stable").reshape(-1, REPEATS)
        trials[subject, shown[seen[:, 0]]] = seen + 1
    flags = {f"subject{s + 1}": (trials[s] > 0).any(axis=1).astype(int) for s in range(SUBJECTS)}
    when = {
        f"subject{s + 1}_rep{r}": trials[s, :, r] for s in range(SUBJECTS) for r in range(REPEATS)
    }
    return pd.DataFrame(columns | flags | when)


def _annotations(
    number: int, captions: Sequence[str], translated: Mapping[str, str]
) -> list[dict[str, int | str]]:
    """Captions of a picture; those that are not in English say so."""
    english = [{"caption": said} for said in captions]
    others = [{"caption": said, "language": language} for language, said in translated.items()]
    return [{"image_id": _coco(number), **row} for row in (*english, *others)]


def _coco(number: int) -> int:
    return 1000 + 37 * number


def _split(number: int) -> str:
    return "val2017" if number % 8 == 0 else "train2017"
