"""Words counted into TRs, by fixed or variable length, as Luo & Kobayashi (2025) align them.

Both count TRs through all runs of a series, such as the sections of an audiobook: the first TR of
a run follows the last of the run before. What seconds of a run no TR was taken in, or were scanned
before its sound, neither knows; `braid.timing.audit` shows what that costs.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int

Method = Literal["fla", "vla"]

WORDS_PER_TR = 5


def place(
    onsets: Mapping[str, np.ndarray], times: Mapping[str, np.ndarray], method: Method
) -> Int[np.ndarray, " word"]:
    """TR that each word of a series of runs is averaged into.

    Parameters
    ----------
    onsets
        Per run, in the order of presentation, the onset of each word in seconds from the start of
        the stimulus.
    times
        Per run, in the same order, the middle of each TR in seconds.
    method
        `fla`: five consecutive words to each TR, whatever their times. `vla`: the words that begin
        in the TR, with `global_onsets`.

    Returns
    -------
    Int[np.ndarray, " word"]
        Counted through all runs; -1 for none.

    References
    ----------
    Luo & Kobayashi (2025), "fixed-length" and "variable-length approach" of aligning speech and
    text.
    """
    trs = sum(map(len, times.values()))
    if method == "fla":
        return fixed_length(sum(map(len, onsets.values())), trs)
    return variable_length(global_onsets(onsets, times), trs, _spacing(times))


def fixed_length(words: int, trs: int) -> Int[np.ndarray, " word"]:
    """Words 5i to 5i + 4 go to TR i; fewer than five at the end, or past the last TR, to none."""
    rows = np.arange(words) // WORDS_PER_TR
    return np.where(rows < min(words // WORDS_PER_TR, trs), rows, -1)


def variable_length(
    onsets: Float[np.ndarray, " word"], trs: int, tr: float
) -> Int[np.ndarray, " word"]:
    """Words with an onset in (i TR, (i + 1) TR] go to TR i; others, among them those at 0, to none.

    The source first rounds onsets up to whole seconds, which with its TR of 2 s changes nothing.
    Rounded to microseconds, so that sums of decimals that should be equal are.
    """
    rows = np.ceil(np.round(onsets / tr, 6)).astype(int) - 1
    return np.where(rows < trs, np.maximum(rows, -1), -1)


def global_onsets(
    onsets: Mapping[str, np.ndarray], times: Mapping[str, np.ndarray]
) -> Float[np.ndarray, " word"]:
    """Onsets of all runs in seconds, each counted from the end of the scan of the run before.

    The source adds something up over the sections and does not publish what. Scans it must be, if
    words are to meet the TRs that they are regressed on: sounds are shorter than their scans.
    """
    ends = np.cumsum([len(grid) for grid in times.values()]) * _spacing(times)
    starts = np.concatenate([[0.0], ends[:-1]])
    return np.concatenate([onsets[run] + s for run, s in zip(times, starts, strict=True)])


def average(
    values: Float[np.ndarray, "word feature"], rows: Int[np.ndarray, " word"], trs: int
) -> Float[np.ndarray, "tr feature"]:
    """Mean of the words of each TR, in the precision of `values`; zeros where there are none."""
    kept = np.flatnonzero(rows >= 0)
    count = np.bincount(rows[kept], minlength=trs)
    weights = (1 / count[rows[kept]], (rows[kept], kept))
    return sp.csr_array(weights, shape=(trs, len(rows))).astype(values.dtype) @ values


def _spacing(times: Mapping[str, np.ndarray]) -> float:
    """Seconds from one TR to the next."""
    first = next(iter(times.values()))
    return float(first[1] - first[0])
