"""Pictures from the brain scored against those presented: the rows of a table.

Pictures are the unit: intervals and tests are over them, the subjects being those that there are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from braid.evaluation.comparison import holm, verdict
from braid.evaluation.pictures import interval, paired
from braid.evaluation.printed import PAPER
from braid.study.claims import MEAN, Cells, Claims

Evaluations = Mapping[str, Mapping[str, Sequence[xr.Dataset]]]
TEST = ("difference", "difference low", "difference high", "p")


def average(evaluations: Sequence[xr.Dataset]) -> xr.Dataset:
    """Mean over subjects, picture by picture, of one reconstruction.

    Parameters
    ----------
    evaluations
        Artefacts of `evaluate`, one per subject; pictures that one of them lacks are left out.
    """
    parts = [one[["value", "chance", "better"]] for one in evaluations]
    joined = xr.concat(
        parts,
        "subject",
        data_vars="all",
        coords="minimal",
        compat="override",
        join="inner",
        combine_attrs="override",
    )
    return joined.mean("subject", keep_attrs=True)


def by_subject(evaluations: Iterable[xr.Dataset]) -> Evaluations:
    """Group evaluations: subject, then reconstruction; `mean`, the last, has those of all."""
    groups: dict[str, dict[str, list[xr.Dataset]]] = {}
    every: dict[str, list[xr.Dataset]] = {}
    for one in evaluations:
        name = one.attrs["reconstruction"]
        groups.setdefault(one.attrs["subject"], {})[name] = [one]
        every.setdefault(name, []).append(one)
    return groups | {MEAN: every}


def of_retrieval(found: xr.Dataset, feature: str) -> xr.Dataset:
    """Retrieval as two metrics more, to be set below those of `braid.evaluation.pictures.evaluate`.

    Parameters
    ----------
    found
        What `braid.evaluation.pictures.retrieval` returned.
    feature
        What was retrieved by, such as `z`.
    """
    among = f"retrieval by {feature}, 1 of {found.attrs['gallery']}"
    both = np.stack([found[name].values for name in ("forward", "backward")])
    return xr.Dataset(
        {
            "value": (("metric", "image"), both),
            "chance": ("metric", [found.attrs["chance"]] * 2),
            "better": ("metric", [1, 1]),
        },
        coords={
            "metric": [f"Image {among}", f"Brain {among}"],
            "kind": ("metric", ["retrieval"] * 2),
            "image": found["image"],
        },
    )


def score_rows(evaluations: Iterable[xr.Dataset], against: str, seed: int) -> pd.DataFrame:
    """Score every reconstruction by every metric, and test it against one of them.

    Parameters
    ----------
    evaluations
        Artefacts of `evaluate`, one per subject and reconstruction: `value` (metric, image); per
        metric `kind`, `chance`, and `better`: 1 where higher is better, -1 where lower.
    against
        The reconstruction that the others are compared with.
    seed
        Of the bootstrap and the flips of signs.

    Returns
    -------
    pandas.DataFrame
        One row per subject, reconstruction and metric, the `mean` over subjects last: label, kind,
        pictures, value with its 95 % bootstrap interval over pictures `low` to `high`, chance,
        better, told (whether the interval is on the better side of chance); difference (this minus
        `against`, in the pictures and subjects that both have) with its interval, p (flips of the
        signs of pictures), `p holm` (over all tests of the subject) and verdict; NaN where that one
        has no such metric, and of itself.
    """
    parts = [
        _part(subject, own, named.get(against, ()), seed)
        for subject, named in by_subject(evaluations).items()
        for own in named.values()
    ]
    rows = pd.concat(parts, ignore_index=True)
    tests = rows.loc[rows["p"].notna(), :]
    corrected = tests.groupby("subject")["p"].transform(holm)
    rows = rows.assign(**{"against": against, "p holm": corrected})
    return rows.assign(verdict=[_verdict(row) for row in rows.to_dict("records")])


def _part(
    subject: str, own: Sequence[xr.Dataset], others: Sequence[xr.Dataset], seed: int
) -> pd.DataFrame:
    one, subjects = average(own), {each.attrs["subject"] for each in own}
    same = [other for other in others if other.attrs["subject"] in subjects]
    rows = pd.DataFrame([_score(one.sel(metric=name), seed) for name in one["metric"].values])
    tests = pd.DataFrame(_tests(one, same, seed), columns=["metric", *TEST])
    tests = tests.astype({"metric": str, **dict.fromkeys(TEST, float)})
    names = {"subject": subject, **{n: one.attrs[n] for n in ("reconstruction", "label")}}
    return pd.DataFrame(names, rows.index).join(rows).merge(tests, how="left", on="metric")


def _score(one: xr.Dataset, seed: int) -> dict[str, Any]:
    found = interval(one["value"].values.astype(float), seed)
    chance, better = float(one["chance"]), float(one["better"])
    return {
        "metric": one["metric"].item(),
        "kind": one["kind"].item(),
        "pictures": one.sizes["image"],
        "value": found.mean,
        "low": found.low,
        "high": found.high,
        "chance": chance,
        "better": better,
        "told": all(better * (end - chance) > 0 for end in found[1:]),
    }


def _tests(one: xr.Dataset, others: Sequence[xr.Dataset], seed: int) -> Iterator[tuple[Any, ...]]:
    """Metric, difference, interval and p, of what both have."""
    if others and others[0].attrs["reconstruction"] != one.attrs["reconstruction"]:
        first, second = xr.align(one["value"], average(others)["value"], join="inner")
        for metric in first["metric"].values:
            a, b = (side.sel(metric=metric).values.astype(float) for side in (first, second))
            yield str(metric), *paired(a, b, seed)


def _verdict(row: Mapping[str, Any]) -> str | float:
    if np.isnan(row["p"]):
        return np.nan
    low, high = sorted(row["better"] * row[f"difference {end}"] for end in ("low", "high"))
    return verdict(low, high, row["p holm"])


def beside_source(rows: pd.DataFrame, claims: Claims, figure: str, simulated: bool) -> pd.DataFrame:
    """Put the source's numbers beside those rows that they may be compared with.

    Parameters
    ----------
    rows
        What `score_rows` returned.
    claims
        What the source printed; its numbers name the rows of `figure` that they stand beside.
    figure
        Name of the table.
    simulated
        Whether the responses are, so that the source's numbers are no measure of ours.

    Returns
    -------
    pandas.DataFrame
        With `paper: value` and `beside the paper` (NaN where the source has no such number).
    """
    found = [
        {**ours.where, f"{PAPER}value": number.value, "tolerance": number.tolerance}
        for number in claims.numbers
        if isinstance(ours := number.ours, Cells)
        and (ours.figure, ours.column) == (figure, "value")
    ]
    both = rows.merge(pd.DataFrame(found), how="left")
    off = (both["value"] - both[f"{PAPER}value"]).abs()
    said = np.where(off <= both["tolerance"], "reproduced", "differs")
    judged = pd.Series("simulated data" if simulated else said, both.index)
    return both.drop(columns="tolerance").assign(**{"beside the paper": judged.where(off.notna())})


def printed_rows(claims: Claims, rows: pd.DataFrame) -> pd.DataFrame:
    """Numbers that the source printed by the same metrics, whatever split they are of.

    Parameters
    ----------
    claims
        What the source printed.
    rows
        What `beside_source` returned.

    Returns
    -------
    pandas.DataFrame
        One row each: source (who, and of which split), metric, value, and said: how ours agrees, or
        that ours is not of this split.
    """
    judged = (
        rows.dropna(subset="beside the paper").set_index("metric")["beside the paper"].to_dict()
    )
    found = [
        (
            f"{number.variant}; {number.split}",
            number.metric,
            number.value,
            judged[number.metric] if number.ours else "another split",
        )
        for number in claims.numbers
        if number.metric in set(rows["metric"])
    ]
    return pd.DataFrame(found, columns=["source", "metric", "value", "said"])
