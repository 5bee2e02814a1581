"""What a fit and a decoder are: folds, penalties, delays."""

from typing import Annotated, Literal

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    StringConstraints,
)

from braid.study.names import Name, Source, Strict, Text

Count = Annotated[int, Field(ge=2)]


class RunFolds(Strict):
    """Whole runs are left out, in `k` groups (one run each when `k` is not given)."""

    kind: Literal["runs"]
    k: Count | None = None

    def count(self, runs: int) -> int:
        """Number of folds of that many runs."""
        return self.k or runs


class BlockFolds(Strict):
    """Contiguous blocks are left out, with a gap on both sides that nobody trains on."""

    kind: Literal["blocks"]
    k: Count
    gap: NonNegativeFloat
    """Seconds."""

    def count(self, runs: int) -> int:
        """Number of folds, whatever the runs."""
        return self.k


class HeldOut(Strict):
    """The named runs are left out, once."""

    kind: Literal["held_out"]
    runs: dict[Source, Annotated[tuple[Name, ...], Field(min_length=1)]]

    def count(self, runs: int) -> int:
        """One fold, whatever the runs."""
        return 1


Folds = Annotated[RunFolds | BlockFolds | HeldOut, Field(discriminator="kind")]


class Fit(Strict):
    """One voxelwise encoding model."""

    label: Text
    """How tables and maps call it."""
    features: Annotated[tuple[Name, ...], Field(min_length=1)]
    solver: Literal["ridge", "banded"] = "ridge"
    delays: Annotated[tuple[NonNegativeFloat, ...], Field(min_length=1)]
    """Seconds, multiples of the TR."""
    edges: Literal["run", "stack"] = "run"
    """`run`: delays stop at the edges of a run. `stack`: they leak across (as HuthLab's code)."""
    alphas: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]
    """Ridge penalties to choose from (added to X'X, not squared)."""
    alpha: Literal["voxel", "shared"] = "voxel"
    inner: Folds
    """Folds, inside the training rows, that choose alpha and layer."""
    shuffle: bool = False
    """Rows of the design permuted within runs: a baseline."""


class Classify(Strict):
    """Category decoding from block patterns."""

    kind: Literal["classify"]
    hemodynamic_lag: NonNegativeFloat
    """Seconds by which the response of a block is read late."""
    C: PositiveFloat
    """Inverse penalty of the linear support vector machine."""
    n_permutations: NonNegativeInt


class Identify(Strict):
    """Two-way identification of unseen categories in a semantic embedding."""

    kind: Literal["identify"]
    hemodynamic_lag: NonNegativeFloat
    """Seconds by which the response of a block is read late."""
    alpha: PositiveFloat
    """Ridge penalty in units of the mean eigenvalue of the training kernel; fixed, not chosen."""
    model: Name
    """Row of config/models.tsv."""
    embedding: Literal["sentence", "static"]
    template: Annotated[str, StringConstraints(pattern=r"\{label\}")] = "{label}"
    """Sentence that a label is put into."""
    texts: dict[str, Text] = {}
    """What to call categories whose label is no word."""
    without: tuple[str, ...] = ()
    """Categories left out altogether."""
    label: Text


Decoder = Annotated[Classify | Identify, Field(discriminator="kind")]
