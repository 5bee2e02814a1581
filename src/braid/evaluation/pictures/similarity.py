"""Features of presented and generated pictures, compared: each with each, or pair by pair."""

from collections.abc import Iterable
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

Variant = Literal["takagi2023", "mindeye"]


def correlations(
    presented: Iterable[Float[np.ndarray, "_ feature"]],
    generated: Iterable[Float[np.ndarray, "_ feature"]],
) -> Float[np.ndarray, "image image sample"]:
    """Correlate the features of every presented picture with those of every generated one.

    Parameters
    ----------
    presented
        Features of the pictures, in stretches; they are held together.
    generated
        Features of the samples of the first picture, then of the second and so on, in stretches
        of any length; one is held at a time.

    Returns
    -------
    numpy.ndarray
        Presented, generated for, sample; 0 where all features are the same.
    """
    true = np.concatenate([unit_rows(stretch) for stretch in presented])
    found = np.concatenate([true @ unit_rows(stretch).T for stretch in generated], axis=1)
    return found.reshape(len(true), len(true), -1)


def two_way(
    r: Float[np.ndarray, "image image sample"], variant: Variant
) -> Float[np.ndarray, " image"]:
    """Share of other pictures from which a picture is told apart; chance is one half.

    With r[i, j, k] of presented picture i and sample k of what was generated for picture j:

    - `takagi2023` (Takagi & Nishimoto 2023) asks for which picture something was generated. The
      presented picture i is held; it is right against j when the mean over k of r[i, i, k] is
      greater than the mean over k of r[i, j, k]. Samples are averaged before they are compared.
    - `mindeye` (Scotti et al. 2023 and 2024, after Ozcelik & VanRullen 2023) asks which picture
      was presented. Sample k for picture j is held; it is right against i when r[i, j, k] is less
      than r[j, j, k]. Samples are compared each by itself, and the shares averaged.

    So the one compares along the generated pictures and the other along the presented ones, and a
    presented picture that is like everything lowers the second alone.

    Parameters
    ----------
    r
        What `correlations` gives.
    variant
        Whose.

    Returns
    -------
    numpy.ndarray
        Of each presented picture (`takagi2023`), or of each that was generated for (`mindeye`).
    """
    others = len(r) - 1
    if variant == "takagi2023":
        mean = r.mean(axis=2)
        return (mean < mean.diagonal()[:, None]).sum(axis=1) / others
    return ((r < _own(r)).sum(axis=0) / others).mean(axis=1)


def distance(r: Float[np.ndarray, "image image sample"]) -> Float[np.ndarray, " image"]:
    """One less the correlation of a picture with its samples, mean over these (Ozcelik 2023)."""
    return 1 - _own(r).mean(axis=1, dtype=np.float64)


def category(
    presented: Int[np.ndarray, " image"], generated: Int[np.ndarray, "image sample"]
) -> Float[np.ndarray, " image"]:
    """Share of the samples of each picture that a network puts into the category of the picture."""
    return (generated == presented[:, None]).mean(axis=1)


def unit_rows(values: Float[np.ndarray, "row feature"]) -> Float[np.ndarray, "row feature"]:
    """Rows centred and scaled to norm 1; zeros where all values are the same."""
    centred = values - values.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(centred, axis=1, keepdims=True)
    # The mean of equal numbers may differ from them by rounding.
    varies = np.ptp(values, axis=1, keepdims=True) > 0
    return np.divide(centred, norm, out=np.zeros_like(centred), where=varies)


def _own(r: Float[np.ndarray, "image image sample"]) -> Float[np.ndarray, "image sample"]:
    """Correlations of each picture with its own samples."""
    return r[np.arange(len(r)), np.arange(len(r))]
