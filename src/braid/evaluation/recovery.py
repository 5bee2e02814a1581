"""What was found in a twin, against what had been planted there."""

import numpy as np
import xarray as xr

from braid.errors import BadInput

LEVEL = 0.05


def recover(
    scores: xr.Dataset, truth: xr.Dataset, baseline: xr.Dataset | None = None
) -> xr.Dataset:
    """Compare the map of a fit with the planted one, over the voxels that are not masked.

    Parameters
    ----------
    scores
        `r` and `q` (voxel) of one subject of a twin.
    truth
        `ceiling` (voxel): planted correlation of the noiseless response with one measurement;
        zero where nothing was planted. `ceiling_extra` (voxel), where there is such a part: the
        same of what the features of a baseline lack.
    baseline
        `r` (voxel) of that subject under the baseline.

    Returns
    -------
    xr.Dataset
        `r`, `ceiling`, `found` (q < 0.05) and `planted` (voxel); attributes `correlation` (of r
        with the ceiling, all voxels), `correlation_planted` (in planted voxels), `precision`,
        `recall`, `dice` of found against planted, and `false_positives`: share of the voxels
        without signal that were found. Given a baseline and a part that it lacks:
        `gain_correlation`, of the gain in r over the baseline with `ceiling_extra`, and `gain`,
        its mean in the voxels that have that part.

    Raises
    ------
    BadInput
        When the voxels are not those that were planted.
    """
    if scores.sizes["voxel"] != truth.sizes["voxel"]:
        raise BadInput(
            f"truth of {truth.attrs['subject']}",
            "voxel",
            f"{truth.sizes['voxel']} voxels planted, {scores.sizes['voxel']} scored",
            "simulate and fit again, from the same twin",
        )
    scored = np.isfinite(scores["r"].values)
    ceiling, r = truth["ceiling"].values[scored], scores["r"].values[scored]
    planted, found = ceiling > 0, scores["q"].values[scored] < LEVEL
    arrays = {"r": r, "ceiling": ceiling, "planted": planted, "found": found}
    return xr.Dataset(
        {name: ("voxel", values) for name, values in arrays.items()},
        attrs={
            "subject": scores.attrs["subject"],
            "correlation": float(np.corrcoef(r, ceiling)[0, 1]),
            "correlation_planted": float(np.corrcoef(r[planted], ceiling[planted])[0, 1]),
            **_overlap(planted, found),
            **(_gain(scores, truth, baseline) if baseline and "ceiling_extra" in truth else {}),
        },
    )


def _gain(scores: xr.Dataset, truth: xr.Dataset, baseline: xr.Dataset) -> dict[str, float]:
    gain = (scores["r"] - baseline["r"]).values.astype(float)
    kept = np.isfinite(gain)
    gain, extra = gain[kept], truth["ceiling_extra"].values[kept]
    return {
        "gain": float(gain[extra > 0].mean()),
        "gain_correlation": float(np.corrcoef(gain, extra)[0, 1]),
    }


def _overlap(planted: np.ndarray, found: np.ndarray) -> dict[str, float]:
    hits = int((planted & found).sum())
    return {
        "precision": hits / max(int(found.sum()), 1),
        "recall": hits / max(int(planted.sum()), 1),
        "dice": 2 * hits / max(int(found.sum() + planted.sum()), 1),
        "false_positives": float(found[~planted].mean()),
    }
