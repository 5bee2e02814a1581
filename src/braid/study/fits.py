"""What a fit and a decoder are: folds, penalties, delays."""

from typing import Annotated, Literal

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    StringConstraints,
)

from braid.study.chance import Chance
from braid.study.names import Name, Source, Strict, Text
from braid.study.pictures import Regress

Scheme = Literal[
    "lebel2023",
    "kobayashi2025",
    "luo2025",
    "luo2025_leave_one_out",
    "takagi2023",
    "takagi2023_text",
    "denk2023",
    "nakagi2024",
]

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


class EchoFolds(Strict):
    """One echo of each raw run is left out, the others of the same runs are trained on.

    Echoes share their noise: a flaw to show, not a test.
    """

    kind: Literal["echo"]
    test: PositiveInt
    """Number of the echo."""

    def count(self, runs: int) -> int:
        """One fold, whatever the runs."""
        return 1


class PictureFolds(Strict):
    """Pictures are left out with all their trials, in `k` groups.

    As outer folds, means over the trials of each picture are scored.
    """

    kind: Literal["pictures"]
    k: Count

    def count(self, runs: int) -> int:
        """Number of folds, whatever the runs."""
        return self.k


class SharedPictures(Strict):
    """The pictures that all subjects saw are left out, once, and their trials averaged."""

    kind: Literal["shared"]
    sessions: dict[Source, PositiveInt]
    """Sessions that are used: the first ones."""

    def count(self, runs: int) -> int:
        """One fold, whatever the runs."""
        return 1


Folds = Annotated[
    RunFolds | BlockFolds | HeldOut | EchoFolds | PictureFolds | SharedPictures,
    Field(discriminator="kind"),
]
Alignment = Literal["lanczos", "fla", "vla"]


class Fit(Strict):
    """One voxelwise encoding model."""

    like: Name | None = Field(default=None, exclude=True)
    """As the fit of this name, but for what is said here."""
    label: Text
    """How tables and maps call it."""
    features: Annotated[tuple[Name, ...], Field(min_length=1)]
    solver: Literal["ridge", "banded"] = "ridge"
    alignment: Alignment = "lanczos"
    """How words reach the TRs: by Lanczos interpolation, or as Luo & Kobayashi 2025 do, five to a
    TR (`fla`) or by the TR that they begin in (`vla`)."""
    layer: dict[Source, Annotated[int, Field(ge=-1)]] | None = None
    """Layer of every feature space that has layers (-1 is the last); chosen on training rows where
    a source has none."""
    subjects: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    """Whom it is fitted to, when not to all."""
    runs: dict[Source, Annotated[tuple[Name, ...], Field(min_length=1)]] | None = None
    """The only recordings that it may use, when not all: a fit that chooses voxels for others."""
    split: Folds | None = None
    """Folds whose left-out rows are scored, in place of the study's."""
    chance: Chance | None = None
    """Test of chance, in place of the study's."""
    scheme: Scheme | None = None
    """Fit as this source did, flaws included (`braid.fitting.published.schemes`), in place of
    `solver`. What the source leaves open is taken from here; `delays` must have as many as the
    scheme has."""
    delays: Annotated[tuple[NonNegativeFloat, ...], Field(min_length=1)]
    """Seconds, multiples of the TR."""
    edges: Literal["run", "stack"] = "run"
    """`run`: delays stop at the edges of a run. `stack`: they leak across (as HuthLab's code)."""
    alphas: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]
    """Ridge penalties to choose from (added to X'X, not squared)."""
    alpha: Literal["voxel", "shared"] = "voxel"
    inner: Folds
    """Folds, inside the training rows, that choose alpha and layer."""
    score: Literal["r", "r2"] | None = None
    """What chooses; when not given, r for ridge, and r2 for banded ridge, which splits R2."""
    tolerance: Annotated[float, Field(ge=0, lt=0.01)] = 0.0
    """Largest error of a ridge score that a shorter sum over penalties may bring; 0 is exact."""
    n_draws: PositiveInt = 50
    """Random draws of the shares of the bands (banded ridge)."""
    shuffle: bool = False
    """Rows of the design permuted within runs: a baseline."""

    def layer_on(self, source: Source) -> int | None:
        """Layer on data of a source; None when it is to be chosen."""
        return self.layer.get(source) if self.layer else None


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


Decoder = Annotated[Classify | Identify | Regress, Field(discriminator="kind")]
