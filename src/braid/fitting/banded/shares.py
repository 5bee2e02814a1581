"""Bands of features, and the shares of the prior variance that a search tries for them."""

from hashlib import blake2b

import numpy as np
from jaxtyping import Float, Int, Shaped

CONCENTRATIONS = [0.1, 1.0]
"""Of the Dirichlet draws, in turn: nearly one band alone, and any mixture."""


def number_bands(
    X: Float[np.ndarray, "tr feature"], bands: Shaped[np.ndarray, " _"]
) -> tuple[tuple[str, ...], Int[np.ndarray, " feature"]]:
    """Names of the bands in the order in which they first appear, and the number of each feature's.

    Raises
    ------
    ValueError
        When not every feature has a band, or two bands hold the same column. Constant columns are
        no overlap: they predict nothing.
    """
    if X.shape[1] != len(bands):
        raise ValueError(f"X has {X.shape[1]} features, {len(bands)} have a band: they must agree")
    _require_disjoint(X, bands)
    names = tuple(dict.fromkeys(bands.tolist()))
    return names, np.array([names.index(band) for band in bands.tolist()])


def draw_shares(n_draws: int, n_bands: int, seed: int) -> Float[np.ndarray, "draw band"]:
    """Shares that each draw gives the bands: equal ones first, then himalaya's Dirichlet draws.

    Parameters
    ----------
    n_draws, n_bands
        How many.
    seed
        The same shares as himalaya's random search has with this `random_state`.

    References
    ----------
    Dupre la Tour et al. 2022, "Feature-space selection with banded ridge regression", section 2.4.
    """
    # Imported here: it takes a second, and few fits have bands.
    from himalaya.kernel_ridge import generate_dirichlet_samples

    shares = generate_dirichlet_samples(n_draws, n_bands, CONCENTRATIONS, random_state=seed)
    shares[0] = 1 / n_bands
    return np.asarray(shares, np.float64)


def _require_disjoint(X: np.ndarray, bands: np.ndarray) -> None:
    owners: dict[bytes, int] = {}
    for index, column in enumerate(X.T):
        if np.ptp(column):
            first = owners.setdefault(blake2b(column.tobytes()).digest(), index)
            if bands[first] != bands[index]:
                raise ValueError(
                    f"column {index} of band {str(bands[index])!r} is also column {first} of band"
                    f" {str(bands[first])!r}: bands must be disjoint"
                )
