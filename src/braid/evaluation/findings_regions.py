"""What figures of regions, layers and transfer show, in plain sentences with their numbers."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from braid.evaluation.agreement import CHANCE, smallest_n
from braid.evaluation.comparison import verdict
from braid.evaluation.region_rows import PLACES, leading_layers, top
from braid.study.claims import Claims

LEVEL = 0.05


def of_models(rows: pd.DataFrame, claims: Claims, place: str) -> list[str]:
    """The models from best to worst over the cortex, and where the source's table is at odds.

    Parameters
    ----------
    rows
        What `region_rows.model_rows` returned.
    claims
        What the source printed.
    place
        Its table.
    """
    ranked = rows.sort_values("r cortex", ascending=False)
    order = ", ".join(f"“{row['label']}” {row['r cortex']:.3f}" for _, row in ranked.iterrows())
    winners = [f"{name} “{rows.loc[rows[f'r {name}'].idxmax(), 'label']}”" for name in PLACES]
    return [
        f"{rows['subject'].iloc[0]}: mean r over the cortex, from best to worst: {order}.",
        f"highest mean r: {', '.join(winners)}.",
        *flags(claims, place),
    ]


def flags(claims: Claims, place: str) -> list[str]:
    """Where the source contradicts itself, of all that concerns one of its places."""
    return [
        f"The source, {', '.join(one.places)}: {one.problem}"
        for one in claims.contradictions
        if any(place in told for told in one.places)
    ]


def of_transfer(rows: pd.DataFrame) -> list[str]:
    """How much the group of regions changes in each subject, and in how many of its regions.

    Parameters
    ----------
    rows
        What `region_rows.transfer_rows` returned.
    """
    after = rows.dropna(subset="change")
    before = rows.loc[rows["change"].isna(), "label"].iloc[0]
    groups = after.groupby(["subject", "fit"], sort=False)
    return [_change(own, str(before)) for _, own in groups]


def _change(rows: pd.DataFrame, before: str) -> str:
    group = rows.iloc[-1]
    up = int((rows["change"].iloc[:-1] > 0).sum())
    said = verdict(group["change low"], group["change high"], group["p"])
    return (
        f"{group['subject']}: from “{before}” to “{group['label']}” mean r in the "
        f"{group['region']} group changes by {group['change']:+.4f} (95 % interval "
        f"{group['change low']:+.4f} to {group['change high']:+.4f}, {group['change %']:+.1f} % of "
        f"before, p = {group['p']:.2g} over {group['sections']} sections): "
        f"{said}; {up} of its {len(rows) - 1} regions rise."
    )


def of_maps(rows: pd.DataFrame, printed: Mapping[str, Sequence[str]]) -> list[str]:
    """The best regions of each subject, those of the source beside them.

    Parameters
    ----------
    rows
        What `regions.by_region` returned, of one fit.
    printed
        Subject to the regions that the source names, such as `Pole_occipital-lh`.
    """
    found = []
    for subject, own in top(rows).groupby("subject", sort=False):
        best = {f"{row['region']}-{row['hemi']}": row["r"] for _, row in own.iterrows()}
        ours = ", ".join(f"{name} {r:.3f}" for name, r in best.items())
        theirs = printed.get(str(subject), ())
        shared = len(best.keys() & set(theirs))
        said = f" {shared} of them are among the source's ({', '.join(theirs)})." if theirs else ""
        found.append(f"{subject}: highest mean r in {ours}.{said}")
    return found


def of_layers(rows: pd.DataFrame, regions: pd.DataFrame, fits: Sequence[str]) -> list[str]:
    """The best layer of each subject, how evenly regions prefer layers, and the hemispheres.

    Parameters
    ----------
    rows
        What `region_rows.layer_rows` returned.
    regions
        What `regions.by_region` returned.
    fits
        One for each layer.
    """
    both = rows.loc[rows["hemi"] == "both", :]
    leading = leading_layers(regions, fits)
    found = []
    for subject, own in both.groupby("subject", sort=False):
        whole = own.loc[own["region"] == "cortex", :]
        best = whole.loc[whole["r"].idxmax(), :]
        counts = leading.loc[leading["subject"] == subject, :]
        led = ", ".join(
            f"layer “{row['label']}” in {row['regions']}" for _, row in counts.iterrows()
        )
        found += [
            f"{subject}: mean r over the cortex is highest in layer “{best['label']}” "
            f"({best['r']:.3f}); of the Destrieux regions {led} are predicted best.",
            f"{subject}: {'; '.join(_sides(own, place) for place in PLACES)}.",
        ]
    return found


def _sides(rows: pd.DataFrame, place: str) -> str:
    """In how many layers a hemisphere is ahead with an interval that excludes none."""
    own = rows.loc[rows["region"] == place, :]
    left, right = int((own["lh - rh low"] > 0).sum()), int((own["lh - rh high"] < 0).sum())
    return f"{place}: left ahead in {left}, right in {right} of {len(own)} layers"


def of_classification(rows: pd.DataFrame, printed: Mapping[str, float]) -> list[str]:
    """What each model reached, which pairs of models differ, and what the source's number needs.

    Parameters
    ----------
    rows
        What `agreement.accuracy_rows` returned.
    printed
        The source's accuracy, by pair of languages.
    """
    reached = [_accuracy(row) for row in rows.to_dict("records")]
    differing = [line for _, own in rows.groupby("languages", sort=False) for line in _pairs(own)]
    needed = [
        f"{languages}: the source's {value:.2%} would differ from chance (two-sided, {LEVEL}) with "
        f"{smallest_n(value):,} answers or more; it does not say how many there were."
        for languages, value in printed.items()
    ]
    return [*reached, *differing, *needed]


def _accuracy(row: Mapping[Any, Any]) -> str:
    ahead = row["p_chance"] < LEVEL and row["accuracy"] > CHANCE
    return (
        f"{row['languages']}: “{row['model']}” is right in {row['accuracy']:.1%} of {row['n']:,} "
        f"pairs (95 % interval {row['low']:.1%} to {row['high']:.1%}), p = {row['p_chance']:.2g}: "
        f"{'above chance' if ahead else 'not above chance'}."
    )


def _pairs(rows: pd.DataFrame) -> list[str]:
    """Models of one pair of languages that differ, by McNemar's test, not corrected."""
    models = rows.set_index("model")
    return [
        f"{models['languages'].iloc[0]}: “{a}” and “{b}” differ (McNemar, p = {p:.2g})."
        for a, b in itertools.combinations(models.index, 2)
        if (p := float(models.loc[a, f"p vs {b}"])) < LEVEL  # pyright: ignore[reportArgumentType]
    ]
