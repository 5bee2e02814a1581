"""How well words meet TRs, a line for each run."""

import pandas as pd
from matplotlib.figure import Figure

from braid.drawing.table import table

NOTE = """TRs without words and words outside all TRs are counted by the middles of the words.
Sounds added up: how much earlier a run starts on a clock that knows of no silence between runs.
Drift: from the middle of a word to that of the TR whose mean it enters, on average and at most."""


def alignment(title: str, rows: pd.DataFrame) -> Figure:
    """Draw the audit of an alignment.

    Parameters
    ----------
    title
        Title above the table.
    rows
        What `braid.timing.audit` returned.
    """
    shown = {
        "series": rows["series"],
        "run": rows["run"],
        "words": rows["words"],
        "TRs": rows["trs"],
        "words\nper TR": rows["words_per_tr_mean"],
        "fewest\nper TR": rows["words_per_tr_min"],
        "most\nper TR": rows["words_per_tr_max"],
        "TRs without\nwords": rows["trs_without_words"],
        "words\noutside": rows["words_outside"],
        "sound (s)": rows["sound_s"],
        "scan (s)": rows["scan_s"],
        "sounds\nadded up (s)": rows["sound_clock_s"],
    }
    for method in ("fla", "vla"):
        own = {"dropped": "dropped", "drift (s)": "drift_mean", "largest (s)": "drift_max"}
        shown |= {f"{method.upper()}\n{head}": rows[f"{method}_{key}"] for head, key in own.items()}
    return table(title, pd.DataFrame(shown), NOTE, digits=1)
