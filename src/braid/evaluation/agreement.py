"""How often yes-or-no answers agree with the truth: intervals, chance, and models compared."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Bool
from scipy.stats import binom, binomtest

from braid.errors import BadInput

CHANCE = 0.5
LEVEL = 0.05


def accuracy_rows(predictions: Mapping[str, Mapping[str, pd.DataFrame]]) -> pd.DataFrame:
    """Score the models on each pair of languages, against chance and against one another.

    Parameters
    ----------
    predictions
        By pair of languages, then by model: the columns `pair` (which sentences), `label` (0 or 1)
        and `probability` (of 1; 1 is answered from one half on). All models of one pair of
        languages have answered on the same sentences.

    Returns
    -------
    pandas.DataFrame
        One row each: languages, model, n, accuracy, its exact 95 % interval low to high
        (Clopper & Pearson 1934), p_chance (two-sided binomial test), and for each other model
        `p vs <model>` (McNemar's exact test, NaN against itself and where that model was not
        trained). No p is corrected for the number of comparisons.

    Raises
    ------
    BadInput
        When two models have answered on different sentences.
    """
    correct = {languages: _correct(languages, models) for languages, models in predictions.items()}
    rows = [
        {"languages": languages, "model": name} | _row(name, right)
        for languages, right in correct.items()
        for name in right
    ]
    return pd.DataFrame(rows)


def mcnemar(first: Bool[np.ndarray, " pair"], second: Bool[np.ndarray, " pair"]) -> float:
    """Test whether one model is right more often than another on the same pairs.

    Parameters
    ----------
    first, second
        Whether each model was right.

    Returns
    -------
    float
        Two-sided p of McNemar's exact test: of the pairs that one model alone got right, either
        has one half when the models are equally good. 1 where there are none.
    """
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    if not (differ := only_first + only_second):
        return 1.0
    return float(binomtest(only_first, differ).pvalue)


def smallest_n(accuracy: float, digits: int = 4) -> int:
    """Fewest answers of which a printed accuracy would differ from chance (two-sided, 5 %).

    Parameters
    ----------
    accuracy
        Above one half, as a fraction.
    digits
        Decimals of the fraction that were printed: only numbers of answers count of which some
        number of right ones is printed so.
    """
    most = max(4 / (accuracy - CHANCE) ** 2, 10**digits)
    n = np.arange(1, int(most) + 1)
    right = np.round(accuracy * n)
    printed = np.round(right / n, digits) == round(accuracy, digits)
    p = 2 * binom.sf(right - 1, n, CHANCE)
    return int(n[printed & (p < LEVEL)][0])


def _correct(languages: str, models: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Whether each model (column) was right on each pair (row)."""
    right = {
        name: (answers["probability"] >= CHANCE).eq(answers["label"] == 1).set_axis(answers["pair"])
        for name, answers in models.items()
    }
    table = pd.DataFrame(right)
    if table.isna().to_numpy().any():
        problem = f"{', '.join(models)} have answered on different pairs"
        raise BadInput(languages, "pair", problem, "give them the same pairs, shares and seed")
    return table.astype(bool)


def _row(name: str, correct: pd.DataFrame) -> dict[str, float | int]:
    own = correct[name].to_numpy()
    test = binomtest(int(own.sum()), own.size, CHANCE)
    low, high = map(float, test.proportion_ci(1 - LEVEL, "exact"))
    others = {
        f"p vs {other}": mcnemar(own, correct[other].to_numpy())
        for other in correct.columns
        if other != name
    }
    accuracy = {"n": own.size, "accuracy": float(own.mean()), "low": low, "high": high}
    return {**accuracy, "p_chance": float(test.pvalue), **others}
