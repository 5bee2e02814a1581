"""What turns the responses of a subject into brain vectors, one for each TR."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from braid.study.names import Name, Source, Strict


class BrainLM(Strict):
    """Hidden states of a masked autoencoder that was trained on resting brains, frozen."""

    kind: Literal["brainlm"]
    network: dict[Source, Name]
    """A network of the study, or a row of config/models.tsv."""


class ExplainableVariance(Strict):
    """The voxels that respond most alike when a run is repeated."""

    kind: Literal["explainable_variance"]
    run: dict[Source, Name]
    """The repeated run; nothing else of it may be trained on or tested."""
    voxels: dict[Source, PositiveInt]
    corrected: bool = False
    """Whether explainable variance is corrected for the number of repeats."""


class EncodingSelected(Strict):
    """The voxels that an encoding model predicts best, of those that it predicts significantly."""

    kind: Literal["encoding_selected"]
    fit: Name
    voxels: dict[Source, PositiveInt]
    sees_test: bool = False
    """Whether the fit may score the voxels on the test runs: a leak, as the source may have had."""


class Compressed(Strict):
    """The code of an autoencoder that the study has trained."""

    kind: Literal["autoencoder"]
    network: Name


Encoder = Annotated[
    BrainLM | ExplainableVariance | EncodingSelected | Compressed, Field(discriminator="kind")
]
