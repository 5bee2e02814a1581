"""How well features are decoded, a row for each subject and decoder, and in sentences."""

from collections.abc import Iterable

import pandas as pd
import xarray as xr

from braid.evaluation.regression.scores import mean_r

OWN = "own"
"""Responses of a decoder that is no control."""


def decoding_rows(decoded: Iterable[xr.Dataset]) -> pd.DataFrame:
    """Average r over the features of each decoder.

    Parameters
    ----------
    decoded
        What `braid.evaluation.regression.decode` gave, with the name of the decoder; without the
        decoded features themselves.

    Returns
    -------
    pandas.DataFrame
        One row each: subject, decoder, label, feature, responses (`own`, or those of a control),
        features (that vary), pictures, r (mean over features) with its 95 % interval over test
        pictures `low` to `high`, and chance, which is 0.
    """
    return pd.DataFrame([_row(one) for one in decoded])


def _row(one: xr.Dataset) -> dict[str, object]:
    names = ("subject", "decoder", "label", "feature", "responses")
    mean = mean_r(one)
    return {
        **{name: one.attrs[name] for name in names},
        "features": int(one["r"].notnull().sum()),
        "pictures": one.sizes["image"],
        "r": mean.value,
        "low": mean.low,
        "high": mean.high,
        "chance": 0.0,
    }


def of_decoders(rows: pd.DataFrame) -> list[str]:
    """Say of each decoder how well it does, and in how many subjects it is above chance.

    Parameters
    ----------
    rows
        What `decoding_rows` returned.
    """
    return [_of_decoder(own) for _, own in rows.groupby("decoder", sort=False)]


def _of_decoder(rows: pd.DataFrame) -> str:
    above, near = rows["low"] > 0, (rows["low"] <= 0) & (rows["high"] >= 0)
    control = "" if rows["responses"].iloc[0] == OWN else " (a control)"
    return (
        f"“{rows['label'].iloc[0]}”{control}: mean r {rows['r'].mean():z.3f} over features and "
        f"subjects; the 95 % interval over pictures is above 0 in {above.sum()} of {len(rows)} "
        f"subjects, holds 0 in {near.sum()}."
    )
