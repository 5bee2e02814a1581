"""Grids of pictures: which are shown, by a rule, and what is said of them."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float

from braid.evaluation.picture_rows import by_subject
from braid.study.claims import MEAN

PLACES = ("best", "median", "worst")


def chosen(evaluation: xr.Dataset, metric: str, count: int) -> pd.DataFrame:
    """Choose pictures by rule: the best, those in the middle, and the worst by one metric.

    Parameters
    ----------
    evaluation
        Artefact of `evaluate`.
    metric
        Its label.
    count
        How many of each.

    Returns
    -------
    pandas.DataFrame
        One row per picture, from best to worst: place, image, rank (from 1).
    """
    one = evaluation.sel(metric=metric)
    order = np.argsort(-(one["value"] * one["better"]).values, kind="stable")
    middle = (len(order) - count) // 2
    starts = dict(zip(PLACES, (0, middle, len(order) - count), strict=True))
    found = [(place, start + i) for place, start in starts.items() for i in range(count)]
    images = evaluation["image"].values[order]
    rows = [(place, int(images[rank]), rank + 1) for place, rank in found]
    return pd.DataFrame(rows, columns=["place", "image", "rank"])


def grid_rows(
    evaluations: Iterable[xr.Dataset], judged: str, metric: str, count: int
) -> pd.DataFrame:
    """Choose pictures of each subject by one of its reconstructions, and score all of them there.

    Parameters
    ----------
    evaluations
        Artefacts of `evaluate`, one per subject and reconstruction.
    judged
        The reconstruction that pictures are chosen by.
    metric, count
        As of `chosen`.

    Returns
    -------
    pandas.DataFrame
        One row per subject, chosen picture and reconstruction: what `chosen` returns, label,
        metric, value, and pictures: how many there are to choose from.
    """
    named = by_subject(evaluations)
    return pd.concat(
        [
            _grid(one, chosen(own[judged][0], metric, count), metric).assign(subject=subject)
            for subject, own in named.items()
            if subject != MEAN
            for [one] in own.values()
        ],
        ignore_index=True,
    )


def _grid(one: xr.Dataset, rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    values: Float[np.ndarray, " row"] = (
        one["value"].sel(metric=metric, image=rows["image"].to_numpy()).values
    )
    names = {name: one.attrs[name] for name in ("reconstruction", "label")}
    return rows.assign(**names, metric=metric, value=values, pictures=one.sizes["image"])


def rule(rows: pd.DataFrame, judged: str, samples: int) -> str:
    """Say how pictures were chosen, and which of the samples are shown.

    Parameters
    ----------
    rows
        What `grid_rows` returned.
    judged
        The reconstruction that pictures were chosen by.
    samples
        How many there are of each picture.
    """
    label = rows.loc[rows["reconstruction"] == judged, "label"].iloc[0]
    return (
        f"Of each subject the best, the median and the worst pictures by {rows['metric'].iloc[0]} "
        f"of “{label}”. Shown is always the first of {samples} samples, not the best; the number "
        "under a picture is the mean over its samples."
    )


def of_grid(rows: pd.DataFrame, said: str) -> list[str]:
    """How pictures were chosen, and how good those of each place are.

    Parameters
    ----------
    rows
        What `grid_rows` returned.
    said
        What `rule` returned.
    """
    groups = rows.groupby(["subject", "reconstruction"], sort=False)
    return [said, *(_of_places(own) for _, own in groups)]


def _of_places(rows: pd.DataFrame) -> str:
    first, means = rows.iloc[0], rows.pivot_table(index="place", values="value")["value"]
    places = ", ".join(f"{place} {means[place]:.3f}" for place in PLACES)
    return f"{first['subject']}, “{first['label']}”: {first['metric']} {places}."


def sample_rows(made: Sequence[xr.Dataset]) -> pd.DataFrame:
    """Say of each generator how often an independent judge agrees with its captions.

    Parameters
    ----------
    made
        What `braid.drawing.samples.samples` draws.

    Returns
    -------
    pandas.DataFrame
        One row each: label, accuracy, low, high, chance, guidance, captions, samples.
    """
    names = ("label", "accuracy", "low", "high", "chance", "guidance")
    rows = pd.DataFrame([{name: one.attrs[name] for name in names} for one in made])
    return rows.assign(
        captions=[one.sizes["caption"] for one in made],
        samples=[one.sizes["sample"] for one in made],
    )


def of_samples(rows: pd.DataFrame) -> list[str]:
    """One sentence for each generator.

    Parameters
    ----------
    rows
        What `sample_rows` returned.
    """
    return [
        f"“{row['label']}”: an independent judge names what the caption says in "
        f"{row['accuracy']:.1%} of the pictures (95 % interval {row['low']:.1%} to "
        f"{row['high']:.1%}, chance {row['chance']:.1%}) at guidance {row['guidance']:g}."
        for row in rows.to_dict("records")
    ]
