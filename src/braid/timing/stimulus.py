"""A stimulus as the scanner meets it: events on one clock, and the TRs on the same."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Stimulus:
    """What was presented, and when the scanner looked.

    Attributes
    ----------
    events
        One row per word or event: `run`, `onset` and `offset` in seconds from the start of the
        stimulus of that run, `label` (a word, or a condition).
    times
        Per run, the middle of each TR in seconds on the same clock, before trimming.
    trim
        TRs that the responses lack at the start and at the end of each run.
    """

    events: pd.DataFrame
    times: Mapping[str, np.ndarray]
    trim: tuple[int, int] = (0, 0)
