"""The losses of networks while they were trained, as a figure draws them."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd


def losses(trained: Iterable[tuple[str | Path, Mapping[str, str]]]) -> pd.DataFrame:
    """Read what training wrote down.

    Parameters
    ----------
    trained
        Folder of each network, with `log.csv` and `training.json` in it, and its names: `network`
        and `subject`.

    Returns
    -------
    pandas.DataFrame
        One row for each validation: network, subject, step (updates of the weights),
        learning_rate, training_loss (mean since the validation before), validation_loss, best
        (whether the weights that were kept are of that step), and stopped_early.
    """
    return pd.concat([_of(Path(folder), names) for folder, names in trained], ignore_index=True)


def _of(folder: Path, names: Mapping[str, str]) -> pd.DataFrame:
    log = pd.read_csv(folder / "log.csv")
    ended = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    validated = log["validation_loss"].notna()
    since = validated.shift(fill_value=False).cumsum()
    rows = log.assign(training_loss=log["training_loss"].groupby(since).transform("mean"))
    rows = rows.loc[validated, :]
    best = rows["step"] == ended["best_step"]
    named = rows.assign(**names, best=best, stopped_early=ended["stopped_early"])
    return named[["network", "subject", *log.columns, "best", "stopped_early"]]
