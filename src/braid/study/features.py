"""What a feature space is: one model per kind of extractor."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from braid.study.names import Name, Source, Strict
from braid.study.pictures import (
    CaptionVectors,
    DiffusionC,
    DiffusionUNet,
    DiffusionZ,
    DiffusionZC,
    PictureStatistics,
)


class LanguageModel(Strict):
    """Hidden states of a transformer, all layers in one pass."""

    kind: Literal["language_model"]
    model: dict[Source, Name]
    """Row of config/models.tsv, per source."""
    unit: Literal["tr", "word"]
    """`tr`: the text of each TR alone, mean pooled. `word`: each word in its context."""
    context: PositiveInt = 64
    """Longest context of a word, in words (unit `word` only)."""
    stride: PositiveInt = 32
    """Words between the starts of two context windows (unit `word` only)."""
    random_init: bool = False
    """Same architecture with untrained weights: a baseline."""


class TunedModel(Strict):
    """Hidden states of a text model that the study itself has trained, from text alone."""

    kind: Literal["tuned_model"]
    network: Name | dict[Name, Name]
    """Which of the study's networks, or which for each subject."""
    unit: Literal["tr", "word"]
    """As of a `language_model`."""
    context: PositiveInt = 64
    """As of a `language_model`."""
    stride: PositiveInt = 32
    """As of a `language_model`."""

    def of(self, subject: str) -> str:
        """Network of a subject."""
        return self.network if isinstance(self.network, str) else self.network[subject]

    def names(self) -> list[str]:
        """All networks that it may be of."""
        return [self.network] if isinstance(self.network, str) else list(self.network.values())


class StaticVectors(Strict):
    """One vector per word, whatever its context."""

    kind: Literal["static_vectors"]
    model: dict[Source, Name]
    """Row of config/models.tsv, per source."""


class WordRate(Strict):
    """Words per second: a trivial baseline."""

    kind: Literal["word_rate"]


class RunTime(Strict):
    """Onset of the run and time within it: a trivial baseline."""

    kind: Literal["run_time"]


class Conditions(Strict):
    """Indicators of the conditions of an event table, in named bands."""

    kind: Literal["conditions"]
    coding: Literal["onset", "boxcar"]
    """`onset`: each event shared between the two TRs whose middles enclose its onset. `boxcar`:
    fraction of the TR that events cover."""
    bands: dict[Name, dict[Name, tuple[str, ...]]]
    """Band, then column, then the conditions that the column counts."""


Feature = Annotated[
    LanguageModel
    | TunedModel
    | StaticVectors
    | WordRate
    | RunTime
    | Conditions
    | DiffusionZ
    | DiffusionC
    | DiffusionZC
    | DiffusionUNet
    | CaptionVectors
    | PictureStatistics,
    Field(discriminator="kind"),
]
