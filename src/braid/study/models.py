"""The study file itself."""

from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from braid.study.chance import Chance
from braid.study.encoders import Encoder
from braid.study.features import Feature
from braid.study.fits import Decoder, Fit, Folds
from braid.study.inherit import inherit
from braid.study.names import Name, Source, Strict, Text
from braid.study.pictures import Metric, Reconstruct, Retrieval
from braid.study.trained import Network

Kind = Literal[
    "alignment",
    "bands",
    "change_map",
    "classification",
    "comparison",
    "confusion",
    "decoding",
    "difference",
    "feature_maps",
    "flatmap",
    "identification",
    "languages",
    "layers",
    "loss_curves",
    "picture_table",
    "reconstructions",
    "recovery",
    "roi_lines",
    "roi_maps",
    "roi_table",
    "samples",
    "slices",
    "summary",
    "table",
]


class Level(Strict):
    """A fit on a line of several, such as that of a latent with so much noise."""

    fit: Name
    series: Text
    """What the line is drawn over."""
    level: float
    """Where the fit stands on it."""


class Figure(Strict):
    """One figure or table of a study; its target is `<study>_<figure>`."""

    kind: Kind
    title: Text
    caption: Text
    fits: tuple[Name, ...] = ()
    baselines: tuple[Name, ...] = ()
    """Fits without a claim, whose mean r is said beside that of a map."""
    against: Name | None = None
    """Fit that the others of a table are compared with, run by run."""
    networks: tuple[Name, ...] = ()
    """Networks whose training is shown."""
    decoders: tuple[Name, ...] = ()
    reconstructions: tuple[Name, ...] = ()
    controls: tuple[Name, ...] = ()
    """Reconstructions that must not succeed, or that show how far success can go."""
    metric: Name | None = None
    """What chooses the pictures that are shown: the best, the median and the worst."""
    count: PositiveInt = 2
    """Of each of these."""
    levels: tuple[Level, ...] = ()
    """Fits that are shown as lines, by region."""
    demo: bool = True
    """Whether `make demo` shows it, which takes minutes: not what needs a network trained."""
    sources: tuple[Source, ...] = ("public", "twin")
    """Sources on which the figure exists: only a twin has a planted truth to recover."""


class Study(Strict):
    """One study: data set, features, fits and figures."""

    id: Name
    title: Text
    citation: Text
    dataset: Name
    default_source: Source
    """Where responses come from unless `--config source=` says otherwise."""
    simulated: tuple[Source, ...] = ()
    """Sources whose responses are simulated."""
    subjects: dict[Source, Annotated[tuple[Name, ...], Field(min_length=1)]]
    seed: NonNegativeInt = 0
    """Of permutations, shifts, draws and random weights."""
    chance: Chance
    split: Folds
    """Folds whose left-out rows are the test data."""
    encoders: dict[Name, Encoder] = {}
    networks: dict[Name, Network] = {}
    features: dict[Name, Feature] = {}
    fits: dict[Name, Fit] = {}
    decoders: dict[Name, Decoder] = {}
    reconstructions: dict[Name, Reconstruct] = {}
    metrics: dict[Name, Metric] = {}
    """What generated and presented pictures are compared by."""
    retrieval: Retrieval | None = None
    figures: Annotated[dict[Name, Figure], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _inherit(cls, content: Any) -> Any:
        """Entries may be `like` others of their section."""
        names = ("networks", "fits", "decoders", "reconstructions")
        sections = {n: content[n] for n in names if isinstance(content.get(n), dict)}
        return content | {name: inherit(entries) for name, entries in sections.items()}

    def figures_on(self, source: str) -> dict[str, Figure]:
        """Figures that exist on `source`, by name."""
        return {name: figure for name, figure in self.figures.items() if source in figure.sources}
