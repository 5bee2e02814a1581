"""Windows of a fixed number of TRs, cut from recordings of any length.

A recording that is shorter than a window is one window whose end is missing. The published encoder
was never trained on such: it left them out. Here the missing TRs are zeros, the median of a
parcel, and whatever holds nothing else takes no part in attention, so that the states of the other
TRs do not depend on how much is missing.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int


class Windows(NamedTuple):
    """Parts of one recording.

    Attributes
    ----------
    signal
        Zero where TRs are missing.
    present
        Which TRs are not.
    starts
        First TR of each window.
    """

    signal: Float32[np.ndarray, "window parcel tr"]
    present: Bool[np.ndarray, "window tr"]
    starts: Int[np.ndarray, " window"]


def cut(bold: Float32[np.ndarray, "tr parcel"], window: int, stride: int) -> Windows:
    """Cut windows that start at every `stride`-th TR, and one that ends with the recording.

    Parameters
    ----------
    bold
        One recording, scaled.
    window, stride
        TRs.
    """
    trs, parcels = bold.shape
    last = max(trs - window, 0)
    starts = np.unique([*range(0, last, stride), last])
    padded = np.zeros((last + window, parcels), np.float32)
    padded[:trs] = bold
    rows = starts[:, None] + np.arange(window)
    return Windows(padded[rows].transpose(0, 2, 1), rows < trs, starts)
