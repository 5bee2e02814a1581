"""What every fit asks of its arrays, and where voxels that cannot be fitted are set aside."""

import numpy as np
from jaxtyping import Bool, Float, Real


def require_finite(X: np.ndarray) -> None:
    """Refuse a design matrix with a NaN or infinite value.

    Parameters
    ----------
    X
        Features (tr, feature).

    Raises
    ------
    ValueError
        Naming the first row and column that are not finite, and how many there are.
    """
    bad = np.argwhere(~np.isfinite(X))
    if len(bad):
        row, column = bad[0]
        raise ValueError(
            f"X is {X[row, column]} at row {row}, column {column}"
            f" ({len(bad)} values are not finite): repair the features before the fit"
        )


def require_aligned(X: np.ndarray, Y: np.ndarray, runs: np.ndarray) -> None:
    """Refuse features, responses and run labels of different length: none is ever cut to fit.

    Raises
    ------
    ValueError
        With the three lengths.
    """
    if not len(X) == len(Y) == len(runs):
        raise ValueError(f"X has {len(X)} TRs, Y {len(Y)}, runs {len(runs)}: they must agree")


def usable(Y: Real[np.ndarray, "tr voxel"]) -> Bool[np.ndarray, " voxel"]:
    """Voxels whose values are all finite and not all the same."""
    finite = np.isfinite(Y).all(axis=0)
    varies = np.zeros_like(finite)
    varies[finite] = np.ptp(Y[:, finite], axis=0) > 0
    return varies


def require_usable(Y: Real[np.ndarray, "tr voxel"]) -> Bool[np.ndarray, " voxel"]:
    """Return `usable(Y)`, refusing responses that have no usable voxel at all.

    Raises
    ------
    ValueError
        When every voxel is constant or not finite.
    """
    kept = usable(Y)
    if not kept.any():
        raise ValueError(f"none of the {len(kept)} voxels of Y is finite and varies")
    return kept


def unmask(
    values: Float[np.ndarray, "*rest kept"], kept: Bool[np.ndarray, " voxel"]
) -> Float[np.ndarray, "*rest voxel"]:
    """Put the values of the kept voxels back in their places, NaN in the others."""
    full = np.full((*values.shape[:-1], len(kept)), np.nan, dtype=values.dtype)
    full[..., kept] = values
    return full
