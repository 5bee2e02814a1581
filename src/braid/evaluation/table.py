"""The designs of one subject on the rows of its responses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from jaxtyping import Float, Shaped

from braid.errors import BadInput
from braid.evaluation.plan import Plan
from braid.evaluation.rows import match_rows, permute_within


@dataclass(frozen=True)
class Table:
    """What all voxels of a subject are fitted with.

    Attributes
    ----------
    labels
        Coordinates of the rows: `run`, and `image` and `shared` where each is a trial of a picture.
    designs
        One array for each feature space.
    bands
        Band of each feature, all feature spaces in order.
    """

    labels: xr.Dataset
    designs: list[Float[np.ndarray, "tr layer _"]]
    bands: Shaped[np.ndarray, " feature"]

    @property
    def runs(self) -> Shaped[np.ndarray, " tr"]:
        """Run of each row."""
        return self.labels["run"].values

    def columns(self, layers: Sequence[int]) -> Float[np.ndarray, "tr feature"]:
        """Features of one layer of each feature space, side by side."""
        chosen = [design[:, i] for design, i in zip(self.designs, layers, strict=True)]
        return np.concatenate(chosen, axis=1)


def tabulate(designs: Sequence[xr.Dataset], responses: xr.Dataset, plan: Plan) -> Table:
    """Bring the designs to the rows of the responses.

    Parameters
    ----------
    designs
        Aligned features, each `design` (tr, layer, feature).
    responses
        Coordinates of the rows, `run` and `time` among them.
    plan
        Whether rows are shuffled, and whether one penalty serves all features.

    Raises
    ------
    BadInput
        When rows do not match, or one penalty is asked for several spaces and layers.
    """
    runs = responses["run"].values
    matched = [match_rows(_layers(design, plan), responses) for design in designs]
    if plan.fit.shuffle:
        random = np.random.default_rng(plan.seed)
        matched = [permute_within(design, runs, random) for design in matched]
    if plan.one_penalty:
        matched = _one_space(matched, plan)
    labels = responses.drop_dims("voxel", errors="ignore")
    return Table(labels, matched, np.concatenate([_bands(design) for design in designs]))


def _layers(design: xr.Dataset, plan: Plan) -> xr.Dataset:
    """All layers to choose from, or the one that the fit is about."""
    layer = plan.fit.layer_on(plan.source)
    return design if layer is None or design.sizes["layer"] == 1 else design.isel(layer=[layer])


def _one_space(designs: list[np.ndarray], plan: Plan) -> list[np.ndarray]:
    """Feature spaces as one, since all voxels and features share the penalty."""
    if len(designs) > 1 and any(design.shape[1] > 1 for design in designs):
        raise BadInput(
            "config/studies",
            f"alpha of “{plan.fit.label}”",
            "shared, over several feature spaces of which one has layers",
            "choose it per voxel, or give the fit one feature space",
        )
    return [np.concatenate(designs, axis=2)]


def _bands(design: xr.Dataset) -> np.ndarray:
    """Band of each feature; a feature space without bands is one band."""
    if "band" in design.coords:
        return design["band"].values
    return np.full(design.sizes["feature"], design.attrs["feature"])
