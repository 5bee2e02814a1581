"""A stimulus as the scanner meets it: what was presented, and the TRs on the same clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import h5py
import numpy as np
import pandas as pd
from jaxtyping import Int, UInt8

EVENT_COLUMNS = ("run", "onset", "offset", "label")


@dataclass(frozen=True)
class Images:
    """Pictures in one HDF5 data set (image, height, width, channel) of uint8, read on demand."""

    path: Path
    key: str

    def read(self, numbers: Int[np.ndarray, " image"]) -> UInt8[np.ndarray, "image height width 3"]:
        """Read pictures by their rows, in any order, repeated or not."""
        rows, where = np.unique(numbers, return_inverse=True)
        with h5py.File(self.path, "r") as file:
            return np.asarray(file[self.key][rows])[where]  # pyright: ignore[reportIndexIssue]


@dataclass(frozen=True)
class Stimulus:
    """What was presented, and when the scanner looked.

    Attributes
    ----------
    events
        One row per word or event: `run`, `onset` and `offset` in seconds from the start of the
        stimulus of that run, `label` (a word, a condition, or the number of an image).
    times
        Per run, the middle of each TR in seconds on the same clock, before trimming.
    trim
        TRs that the responses lack at the start and at the end of each run.
    sound
        Per run, a sound file that starts with the stimulus.
    images
        Pictures, whose rows the labels of the events count from 0.
    captions
        Columns `image` (row of the picture), `caption` and `language` (such as `en`), one row per
        caption.
    """

    events: pd.DataFrame
    times: Mapping[str, np.ndarray]
    trim: tuple[int, int] = (0, 0)
    sound: Mapping[str, Path] = field(default_factory=lambda: MappingProxyType({}))
    images: Images | None = None
    captions: pd.DataFrame | None = None


def merge(parts: Sequence[Stimulus]) -> Stimulus:
    """Give pictures and captions that were read one after the other as one stimulus."""
    return Stimulus(
        parts[0].events,
        parts[0].times,
        images=next((part.images for part in parts if part.images), None),
        captions=next((part.captions for part in parts if part.captions is not None), None),
    )


def shown(stimulus: Stimulus, first: int, end: int) -> Int[np.ndarray, " image"]:
    """Numbers of the pictures that were shown, from `first` to before `end`, each once."""
    numbers = np.unique(stimulus.events["label"].to_numpy(int))
    return numbers[(numbers >= first) & (numbers < end)]
