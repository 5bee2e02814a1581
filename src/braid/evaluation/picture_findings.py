"""What pictures from the brain show, as checks with a margin and in plain sentences."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from braid.evaluation.picture_rows import average, by_subject
from braid.evaluation.pictures import Interval, interval
from braid.study.claims import MEAN, Claims

# Names that a study gives to its three main reconstructions.
Z, C, ZC = "z", "c", "zc"
# Correlation of pixels beyond chance that counts as none.
NEAR = 0.1
# Metrics whose chance does not depend on the pictures.
IDENTIFIES = ("two_way", "category")


class Check(NamedTuple):
    """Something that must hold, and what was found.

    Attributes
    ----------
    check
        In words.
    margin
        Mean over pictures.
    low, high
        Its 95 % bootstrap interval over pictures.
    holds
        Whether the interval lies where it should.
    """

    check: str
    margin: float
    low: float
    high: float
    holds: bool


def checks(evaluations: Iterable[xr.Dataset], nulls: Collection[str], seed: int) -> pd.DataFrame:
    """Ask what z and c carry, whether both beat either, and whether nulls are at chance.

    Parameters
    ----------
    evaluations
        As `braid.evaluation.picture_rows.score_rows` takes them; every subject has the
        reconstructions `z`, `c` and `zc`, by metrics of the kinds luminance, chroma, pixels and
        category among others.
    nulls
        Reconstructions from anything but the subject's own responses: they must not be above
        chance.
    seed
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row per subject and check, the `mean` over subjects last: subject, check, margin, low,
        high, holds. The margin is the difference from chance, or from the other reconstruction, of
        the mean over the metrics in question; over all metrics together, each is standardised over
        the pictures of z, c and zc first.
    """
    return pd.DataFrame(
        [
            {"subject": subject} | check._asdict()
            for subject, named in by_subject(evaluations).items()
            for check in _of_subject({n: average(own) for n, own in named.items()}, nulls, seed)
        ]
    )


def _of_subject(
    own: Mapping[str, xr.Dataset], nulls: Collection[str], seed: int
) -> Iterator[Check]:
    z, c = own[Z], own[C]
    for kind in ("luminance", "chroma"):
        kept = gain(z, kind)
        yield _above(f"z alone keeps {kind}", kept, seed)
        yield _above(f"z alone keeps {kind} better than c alone", kept - gain(c, kind), seed)
    yield _above("c alone keeps the category", gain(c, "category"), seed)
    yield _near("c alone correlates with the pixels as chance does", gain(c, "pixels"), seed)
    combined = together([own[name] for name in (Z, C, ZC)])
    for name in (Z, C):
        change = combined.sel(reconstruction=ZC) - combined.sel(reconstruction=name)
        yield _above(f"z with c beats {name} alone over all metrics", change, seed)
    for name in nulls:
        label = own[name].attrs["label"]
        yield _not_above(f"“{label}” is at chance", gain(own[name], *IDENTIFIES), seed)


def gain(one: xr.Dataset, *kinds: str) -> xr.DataArray:
    """How much better than chance each picture is, mean over the metrics of some kinds."""
    gained = (one["value"] - one["chance"]) * one["better"]
    return gained.isel(metric=np.flatnonzero(one["kind"].isin(list(kinds)))).mean("metric")


def together(evaluations: Iterable[xr.Dataset]) -> xr.DataArray:
    """All metrics as one, in standard deviations over all pictures of these reconstructions.

    Returns
    -------
    xr.DataArray
        (reconstruction, image), higher is better.
    """
    parts = [
        (one["value"] * one["better"]).assign_coords(reconstruction=one.attrs["reconstruction"])
        for one in evaluations
    ]
    every = xr.concat(parts, "reconstruction", join="inner")
    over = ["reconstruction", "image"]
    return ((every - every.mean(over)) / every.std(over)).mean("metric")


def _above(check: str, margin: xr.DataArray, seed: int) -> Check:
    found = _margin(margin, seed)
    return Check(check, *found, found.low > 0)


def _not_above(check: str, margin: xr.DataArray, seed: int) -> Check:
    found = _margin(margin, seed)
    return Check(check, *found, found.low <= 0)


def _near(check: str, margin: xr.DataArray, seed: int) -> Check:
    found = _margin(margin, seed)
    return Check(check, *found, max(-found.low, found.high) < NEAR)


def _margin(margin: xr.DataArray, seed: int) -> Interval:
    return interval(margin.values.astype(float), seed)


def of_checks(found: pd.DataFrame) -> list[str]:
    """One sentence for each check.

    Parameters
    ----------
    found
        What `checks` returned.
    """
    single = found.loc[found["subject"] != MEAN, :]
    return [
        f"{row['check']}: {'yes' if row['holds'] else 'no'} ({row['margin']:+.3f}, 95 % interval "
        f"{row['low']:+.3f} to {row['high']:+.3f}, mean over subjects; holds in {own.sum()} of "
        f"{len(own)} subjects)."
        for row in found.loc[found["subject"] == MEAN, :].to_dict("records")
        for own in [single.loc[single["check"] == row["check"], "holds"]]
    ]


def of_tests(rows: pd.DataFrame) -> list[str]:
    """Say of each reconstruction in how many metrics it is worse than the one compared with.

    Parameters
    ----------
    rows
        What `braid.evaluation.picture_rows.score_rows` returned.
    """
    means = rows.loc[rows["subject"] == MEAN, :]
    labels = dict(zip(means["reconstruction"], means["label"], strict=True))
    tests = means.dropna(subset="p").groupby("label", sort=False)
    return [_of_test(str(label), own, labels) for label, own in tests]


def _of_test(label: str, rows: pd.DataFrame, labels: Mapping[str, str]) -> str:
    other = labels[rows["against"].iloc[0]]
    counts = rows["verdict"].value_counts()
    return (
        f"“{label}” against “{other}”: worse in {counts.get('worse', 0)}, better in "
        f"{counts.get('better', 0)} of {len(rows)} metrics (mean over subjects; flips of the signs "
        f"of pictures, Holm)."
    )


def of_source(rows: pd.DataFrame) -> list[str]:
    """One sentence for each number of the source that stands beside one of ours.

    Parameters
    ----------
    rows
        What `braid.evaluation.picture_rows.beside_source` returned.
    """
    return [
        f"{row['metric']}: {row['value']:.3f} here, {row['paper: value']:g} printed: "
        f"{row['beside the paper']}."
        for row in rows.dropna(subset="paper: value").to_dict("records")
    ]


def notes(rows: pd.DataFrame, claims: Claims, options: Mapping[str, Any]) -> list[str]:
    """What a reader of the table must know, in sentences that stand under it.

    Parameters
    ----------
    rows
        What `braid.evaluation.picture_rows.score_rows` returned.
    claims
        What the source printed.
    options
        `split` (test pictures, in words), `samples` (of each picture), and `networks`: label of a
        metric to the network, or what stands in for it, and its layer.
    """
    labels = dict(zip(rows["reconstruction"], rows["label"], strict=True))
    networks = "; ".join(f"{metric}: {name}" for metric, name in options["networks"].items())
    return [
        f"Mean over subjects [95 % bootstrap interval over {rows['pictures'].max():,} pictures], "
        "in small letters each subject. Bold: the interval is better than chance. ▲ better, "
        f"▼ worse than “{labels[rows['against'].iloc[0]]}” (flips of the signs of pictures, Holm).",
        f"Test: {options['split']}; samples of each picture: {options['samples']}.",
        f"Networks here: {networks}.",
        f"Printed: {claims.source}. Numbers of another split are no measure of ours.",
    ]
