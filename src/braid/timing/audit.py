"""How well words meet TRs: a row per run of words per TR, words lost, and drift of each method."""

import wave
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from braid.errors import BadInput
from braid.timing import words
from braid.timing.stimulus import Stimulus

METHODS: tuple[words.Method, ...] = ("fla", "vla")


def audit(
    stimulus: Stimulus, seconds: Mapping[str, float], series: Mapping[str, str]
) -> pd.DataFrame:
    """Compare the TRs that `fla` and `vla` give to words with the times of the words.

    Parameters
    ----------
    stimulus
        Words with their times, and the TRs of each run before trimming.
    seconds
        Per run, how long its sound is.
    series
        Per run, the series through which words and TRs are counted, such as a language.

    Returns
    -------
    pandas.DataFrame
        One row per run: `series`, `run`; `words`, `trs`; `words_per_tr_mean`, `_min`, `_max` and
        `trs_without_words`, by the middles of the words; `words_outside` all TRs; `fla_dropped`,
        `vla_dropped`; `sound_s`, `scan_s`; `sound_clock_s`, how much earlier the run would start
        if sounds were added up instead of scans; and the drift of each method in seconds,
        `fla_drift_mean`, `fla_drift_max` (the largest either way, with its sign) and so for `vla`:
        the middle of the TR that a word is averaged into less the middle of the word, on the clock
        of the scanner. NaN where no word is placed.
    """
    tables = [
        _of_series(stimulus, [run for run in stimulus.times if series[run] == name])
        for name in dict.fromkeys(series[run] for run in stimulus.times)
    ]
    table = pd.concat(tables, ignore_index=True)
    table.insert(0, "series", [series[run] for run in table["run"]])
    sounds = np.array([seconds[run] for run in table["run"]])
    silent = table["scan_s"] - sounds
    return table.assign(
        sound_s=sounds, sound_clock_s=silent.groupby(table["series"]).cumsum() - silent
    )


def seconds(sound: Path) -> float:
    """Length of a sound.

    Raises
    ------
    BadInput
        When it is no WAVE file.
    """
    try:
        with wave.open(str(sound)) as opened:
            return opened.getnframes() / opened.getframerate()
    except (wave.Error, EOFError) as error:
        raise BadInput(sound, "sound", str(error) or "is cut short", "fetch it again") from error


def _of_series(stimulus: Stimulus, runs: list[str]) -> pd.DataFrame:
    spoken = {run: stimulus.events.loc[stimulus.events["run"] == run, :] for run in runs}
    times = {run: stimulus.times[run] for run in runs}
    onsets = {run: table["onset"].to_numpy(float) for run, table in spoken.items()}
    ends = [*accumulate(map(len, spoken.values()))]
    placed = {m: np.split(words.place(onsets, times, m), ends[:-1]) for m in METHODS}
    starts = [*accumulate(map(len, times.values()), initial=0)]
    rows = []
    for i, (run, grid) in enumerate(times.items()):
        own, tr = _own_trs(spoken[run], grid), float(grid[1] - grid[0])
        row = {"run": run} | _density(own, len(grid)) | {"scan_s": len(grid) * tr}
        for method in METHODS:
            row |= _drift(method, placed[method][i], starts[i] + own, tr)
        rows.append(row)
    return pd.DataFrame(rows)


def _own_trs(spoken: pd.DataFrame, grid: Float[np.ndarray, " tr"]) -> Float[np.ndarray, " word"]:
    """Place of the middle of each word among the TRs of its run: 0.5 is the middle of the first."""
    tr = grid[1] - grid[0]
    middles = (spoken["onset"].to_numpy(float) + spoken["offset"].to_numpy(float)) / 2
    return np.round((middles - grid[0]) / tr + 0.5, 6)


def _density(own: Float[np.ndarray, " word"], trs: int) -> dict[str, float]:
    inside = (own >= 0) & (own < trs)
    count = np.bincount(own[inside].astype(int), minlength=trs)
    return {
        "words": len(own),
        "trs": trs,
        "words_per_tr_mean": float(count.mean()),
        "words_per_tr_min": int(count.min()),
        "words_per_tr_max": int(count.max()),
        "trs_without_words": int((count == 0).sum()),
        "words_outside": int((~inside).sum()),
    }


def _drift(
    method: str, rows: Int[np.ndarray, " word"], own: Float[np.ndarray, " word"], tr: float
) -> dict[str, float]:
    late = (rows + 0.5 - own)[rows >= 0] * tr
    some = late.size > 0
    return {
        f"{method}_dropped": len(rows) - late.size,
        f"{method}_drift_mean": float(late.mean()) if some else np.nan,
        f"{method}_drift_max": float(late[np.abs(late).argmax()]) if some else np.nan,
    }
