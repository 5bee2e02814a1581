"""What Luo & Kobayashi train beside their BrainLM: an autoencoder of responses, and transfer."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from braid.study.names import Name, Source, Strict

Share = Annotated[float, Field(gt=0, lt=0.5)]


class Autoencoder(Strict):
    """A code for responses from which they can be rebuilt."""

    kind: Literal["autoencoder"]
    sizes: dict[Source, Annotated[tuple[PositiveInt, ...], Field(min_length=1)]]
    """Widths of the layers after the voxels, the last one that of the code; decoding mirrors."""


class Matching(Strict):
    """Whether two sentences in two languages are translations of each other."""

    languages: tuple[Name, Name]
    """Of `braid.datasets.xnli.LANGUAGES`; of the first one, half of the sentences are exchanged."""
    pairs: PositiveInt | None = None
    """The first so many of all; all of them when not given."""
    validation: Share
    """Share of the pairs that tells when to stop."""
    test: Share
    """Share of the pairs that nothing is chosen on."""
    cosine: Literal["matched", "printed"] = "matched"
    """Second term of the loss (`braid.networks.transfer.loss`); `printed` has the wrong sign."""
    tokenised: bool = False
    """Whether sentences come cut into words by spaces, as vectors of words need them."""
    shuffle: bool = False
    """Labels permuted among the pairs of training and validation: a baseline."""


class Transfer(Matching):
    """A text model, tuned on sentences of both languages."""

    kind: Literal["transfer"]
    model: dict[Source, Name]
    """A text model that the study has tuned, or a row of config/models.tsv."""
    trained_layers: PositiveInt | Literal["all"] = "all"
    """Upper layers that are trained; `all` trains the embeddings, too."""


class TransferVectors(Matching):
    """Word vectors of each language, fixed, behind a map to common axes: a baseline."""

    kind: Literal["transfer_vectors"]
    tokenised: bool = True
    """Whether sentences come cut into words by spaces."""
    models: dict[Source, tuple[Name, Name]]
    """Rows of config/models.tsv, one for each language."""
    width: PositiveInt
    """Common axes."""
